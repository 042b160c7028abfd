//! Injects faults at random times, so that a test can prove the game's guarantees on the running system.
//!
//! Lambda, SQS, DynamoDB and API Gateway each ask the [`FaultInjector`] at one place. Every fault that strikes counts in the metrics' namespace
//! `rps-local/Faults`.

use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastrand::Rng;
use tokio::time::sleep;

use crate::lock;
use crate::metrics::{LocalMetric, Metrics};

/// How often each fault strikes, in percent, and within which time, in milliseconds. By default none strikes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Faults {
    /// Percent of the invocations whose process is killed. The caller gets an error, as from a crashed function. Nobody
    /// repeats a `$disconnect`, so some of them are lost.
    pub killed_invocations: u8,
    /// The longest time from the start of an invocation to the kill; half of the kills come within an eighth of it. A
    /// result that comes earlier is lost, but the effects of the invocation remain.
    pub kill_within_ms: u32,
    /// Percent of the sent messages that the queue delivers twice.
    pub duplicate_messages: u8,
    /// Percent of the sent messages that the queue delivers late.
    pub delayed_messages: u8,
    /// The longest time by which a message or a duplicate comes late.
    pub delay_within_ms: u32,
    /// Percent of the calls to DynamoDB that are throttled. Only the calls that the functions make, which read or
    /// write one item, are throttled.
    pub throttled_calls: u8,
    /// Percent of the players' connections that break without a close frame.
    pub dropped_connections: u8,
    /// The longest time from `$connect` to the break. Connections that close earlier do not break.
    pub drop_within_ms: u32,
}

impl Faults {
    /// All faults, much more often than on AWS.
    pub const ALL: Self = Self {
        killed_invocations: 10,
        kill_within_ms: 100,
        duplicate_messages: 10,
        delayed_messages: 10,
        delay_within_ms: 3000,
        throttled_calls: 10,
        dropped_connections: 5,
        drop_within_ms: 2000,
    };
}

const KILLED: LocalMetric = fault("KilledInvocations");
const DUPLICATE: LocalMetric = fault("DuplicateMessages");
const DELAYED: LocalMetric = fault("DelayedMessages");
const THROTTLED: LocalMetric = fault("ThrottledCalls");
const DROPPED: LocalMetric = fault("DroppedConnections");

const fn fault(name: &'static str) -> LocalMetric {
    LocalMetric::new("rps-local/Faults", name, &[], "Count")
}

/// Decides when a fault strikes.
#[derive(Debug, Default)]
pub(crate) struct FaultInjector {
    faults: Faults,
    random: Mutex<Rng>,
    metrics: Arc<Metrics>,
}

impl FaultInjector {
    pub(crate) fn new(faults: Faults, metrics: &Arc<Metrics>) -> Self {
        Self {
            faults,
            // Always the same seed: only the order of the requests differs between two runs.
            random: Mutex::new(Rng::with_seed(1)),
            metrics: Arc::clone(metrics),
        }
    }

    /// The time from the start of an invocation to the kill of its process.
    pub(crate) fn kill_after(&self) -> Option<Duration> {
        let random = self.strike(self.faults.killed_invocations)?;
        self.count(KILLED);
        // Most calls of a function to AWS come soon after its start.
        Some(ms(self.faults.kill_within_ms).mul_f64(random.powi(3)))
    }

    /// The time by which a sent message comes late.
    pub(crate) fn message_delay(&self) -> Duration {
        let Some(random) = self.strike(self.faults.delayed_messages) else {
            return Duration::ZERO;
        };
        self.count(DELAYED);
        ms(self.faults.delay_within_ms).mul_f64(random)
    }

    /// The time by which a duplicate of a sent message comes late.
    pub(crate) fn duplicate_delay(&self) -> Option<Duration> {
        let random = self.strike(self.faults.duplicate_messages)?;
        self.count(DUPLICATE);
        Some(ms(self.faults.delay_within_ms).mul_f64(random))
    }

    /// Whether DynamoDB throttles a call.
    pub(crate) fn throttles(&self, operation: &str) -> bool {
        let is_of_function =
            ["GetItem", "PutItem", "UpdateItem", "DeleteItem"].contains(&operation);
        let throttles = is_of_function && self.strike(self.faults.throttled_calls).is_some();
        if throttles {
            self.count(THROTTLED);
        }
        throttles
    }

    /// Waits until a new connection breaks, which is never for most connections.
    pub(crate) async fn until_dropped(&self) {
        let Some(random) = self.strike(self.faults.dropped_connections) else {
            return pending().await;
        };
        sleep(ms(self.faults.drop_within_ms).mul_f64(random)).await;
        self.count(DROPPED);
    }

    /// With this probability, a random number from 0 to 1.
    fn strike(&self, percent: u8) -> Option<f64> {
        if percent == 0 {
            return None;
        }
        let mut random = lock(&self.random);
        (random.u8(..100) < percent).then(|| random.f64())
    }

    fn count(&self, fault: LocalMetric) {
        self.metrics.count(fault, &[], 1.0);
    }
}

fn ms(ms: u32) -> Duration {
    Duration::from_millis(ms.into())
}
