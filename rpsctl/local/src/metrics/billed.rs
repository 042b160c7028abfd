//! What AWS bills and no metric of AWS says exactly. These numbers are in a namespace of ours, so that an estimate from
//! the metrics of AWS can be compared with them.

use std::time::Duration;

use crate::metrics::Metric;

const fn billed(name: &'static str, unit: &'static str) -> Metric {
    Metric::new("rps-local/Billed", name, &[], unit)
}

pub(crate) const SQS_REQUESTS: Metric = billed("SqsRequests", "Count");
pub(crate) const MESSAGES: Metric = billed("Messages", "Count");
/// Each minute of a connection is counted when it begins.
pub(crate) const CONNECTION_MINUTES: Metric = billed("ConnectionMinutes", "Count");
/// Memory by time of invocations, with the time of INIT, which `Duration` excludes.
pub(crate) const GB_SECONDS: Metric = billed("GbSeconds", "None");

/// "Every 64 KB chunk of a payload is billed as 1 request" (Amazon SQS pricing).
#[expect(clippy::cast_precision_loss, reason = "a request has 1 MB at most")]
pub(crate) fn sqs_requests(bytes: u64) -> f64 {
    bytes.div_ceil(64 * 1024).max(1) as f64
}

/// WebSocket messages are "metered in 32 KB increments" (Amazon API Gateway pricing).
#[expect(clippy::cast_precision_loss, reason = "a message has 128 KB at most")]
pub(crate) fn messages(bytes: usize) -> f64 {
    bytes.div_ceil(32 * 1024).max(1) as f64
}

/// The time of an invocation is "rounded up to the nearest 1 ms" (AWS Lambda pricing).
pub(crate) fn gb_seconds(memory_mb: u32, took: Duration) -> f64 {
    f64::from(memory_mb) / 1024.0 * (took.as_secs_f64() * 1000.0).ceil() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invocation_is_rounded_up_to_a_millisecond() {
        for (us, ms) in [(1, 1.0), (1000, 1.0), (1001, 2.0), (2_500_000, 2500.0)] {
            let billed = gb_seconds(128, Duration::from_micros(us));
            assert!((billed - ms / 8000.0).abs() < 1e-12, "{us} us: {billed}");
        }
    }
}
