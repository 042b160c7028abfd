//! How long AWS takes: random times for the search of faults, and AWS's usual times for a [load](crate::load).

use crate::stream::Stream;
use crate::world::World;

/// What a function computes per call, microseconds of a whole CPU (docs/performance.md), and its share of a CPU with
/// 128 MB.
const CALL_CPU_US: u64 = 250;
const CPU_SHARE: [u64; 2] = [128, 1769];

#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    /// From a player to API Gateway.
    Frame,
    /// From API Gateway to a player.
    Answer,
    /// From API Gateway or SQS to a running function, and back.
    Invocation,
    /// The start of a function.
    ColdStart,
    /// From the close of a connection to its `$disconnect`.
    Disconnect,
    /// From the due time of a queue message to `decide`.
    Delivery,
    /// A call to AWS.
    Call(&'static str),
}

impl Step {
    /// The lowest and the highest random time, microseconds.
    fn range(self) -> [u64; 2] {
        match self {
            Self::Frame => [1000, 40_000],
            Self::Answer => [1000, 100_000],
            Self::Invocation => [500, 5000],
            Self::ColdStart => [50_000, 1_000_000],
            Self::Disconnect => [1000, 50_000],
            Self::Delivery => [1000, 200_000],
            Self::Call(_) => [2000, 20_000],
        }
    }

    /// AWS's times, milliseconds: the shortest, p50, p90, p99 and the longest. docs/performance.md has the sources. The
    /// players' own network is left out.
    fn quantiles(self) -> [u64; 5] {
        match self {
            Self::Frame | Self::Answer => [0; 5],
            Self::Invocation | Self::Disconnect | Self::Call("SendMessage") => [4, 8, 15, 40, 200],
            Self::ColdStart => [80, 120, 200, 400, 1000],
            Self::Delivery => [8, 16, 34, 105, 500],
            Self::Call("PostToConnection" | "DeleteConnection") => [5, 10, 20, 50, 200],
            Self::Call(_) => [2, 4, 6, 15, 60],
        }
    }

    fn cpu_us(self) -> u64 {
        match self {
            Self::Call(_) => CALL_CPU_US * CPU_SHARE[1] / CPU_SHARE[0],
            _ => 0,
        }
    }
}

impl World {
    /// Microseconds.
    pub(crate) fn latency_us(&self, stream: Stream, step: Step) -> u64 {
        if self.load.is_some() {
            return step.cpu_us() + between_quantiles(stream, step.quantiles());
        }
        let [low, high] = step.range();
        stream.duration(low, high)
    }

    pub(crate) async fn takes(&self, stream: Stream, step: Step) {
        self.executor.sleep(self.latency_us(stream, step)).await;
    }
}

/// A random time in microseconds. Between two quantiles all times are alike.
fn between_quantiles(stream: Stream, [least, p50, p90, p99, most]: [u64; 5]) -> u64 {
    let permille = stream.child(1).between(0, 999);
    let (low, high) = match permille {
        0..500 => (least, p50),
        500..900 => (p50, p90),
        900..990 => (p90, p99),
        _ => (p99, most),
    };
    stream.child(2).between(low * 1000, high * 1000)
}
