//! Billed quantities for which AWS has no exact metric. They have their own namespace, so that tests can compare
//! them with estimates from AWS's metrics.

use std::time::Duration;

use crate::metrics::LocalMetric;

const fn billed(name: &'static str, unit: &'static str) -> LocalMetric {
    LocalMetric::new("rps-local/Billed", name, &[], unit)
}

pub(crate) const SQS_REQUESTS: LocalMetric = billed("SqsRequests", "Count");
pub(crate) const MESSAGES: LocalMetric = billed("Messages", "Count");
/// Each connection counts a minute when the minute begins.
pub(crate) const CONNECTION_MINUTES: LocalMetric = billed("ConnectionMinutes", "Count");
/// Memory multiplied by time, including INIT, which the metric `Duration` excludes.
pub(crate) const GB_SECONDS: LocalMetric = billed("GbSeconds", "None");

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

/// The duration of an invocation is "rounded up to the nearest 1 ms" (AWS Lambda pricing).
pub(crate) fn gb_seconds(memory_mb: u32, duration: Duration) -> f64 {
    f64::from(memory_mb) / 1024.0 * (duration.as_secs_f64() * 1000.0).ceil() / 1000.0
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
