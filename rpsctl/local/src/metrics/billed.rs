//! What AWS bills and no metric of AWS says exactly. These numbers are in a namespace of ours, so that what is
//! estimated from the metrics of AWS can be held to them.

use super::Metric;

/// Requests of SQS, each as many as its messages have 64 KB ("Every 64 KB chunk of a payload is billed as 1
/// request", Amazon SQS pricing).
pub(crate) const SQS_REQUESTS: Metric = billed("SqsRequests", "Count");

/// Messages of the WebSocket API, each as many as it has 32 KB ("metered in 32 KB increments", Amazon API
/// Gateway pricing).
pub(crate) const MESSAGES: Metric = billed("Messages", "Count");

/// Minutes of connections, each counted when it begins.
pub(crate) const CONNECTION_MINUTES: Metric = billed("ConnectionMinutes", "Count");

/// Memory by time of invocations. Unlike `Duration` it has the time of INIT in it.
pub(crate) const GB_SECONDS: Metric = billed("GbSeconds", "None");

/// What one request of SQS can carry at its price, bytes.
const SQS_CHUNK: u64 = 64 * 1024;

/// What one message of the WebSocket API can carry at its price, bytes.
const MESSAGE_CHUNK: usize = 32 * 1024;

const fn billed(name: &'static str, unit: &'static str) -> Metric {
    Metric {
        namespace: "rps-local/Billed",
        name,
        dimensions: &[],
        unit,
    }
}

/// What a request of SQS with so many bytes of messages counts as.
#[expect(clippy::cast_precision_loss, reason = "a request has 1 MB at most")]
pub(crate) fn sqs_requests(bytes: u64) -> f64 {
    bytes.div_ceil(SQS_CHUNK).max(1) as f64
}

/// What a message of so many bytes counts as.
#[expect(clippy::cast_precision_loss, reason = "a message has 128 KB at most")]
pub(crate) fn messages(bytes: usize) -> f64 {
    bytes.div_ceil(MESSAGE_CHUNK).max(1) as f64
}

/// What an invocation of a function with that memory counts as: "rounded up to the nearest 1 ms".
pub(crate) fn gb_seconds(memory_mb: u32, took: std::time::Duration) -> f64 {
    f64::from(memory_mb) / 1024.0 * (took.as_secs_f64() * 1000.0).ceil() / 1000.0
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{gb_seconds, messages, sqs_requests};

    #[test]
    #[expect(clippy::float_cmp, reason = "whole numbers are exact in a double")]
    fn what_was_begun_is_billed() {
        for (kb, requests) in [(0, 1.0), (64, 1.0), (65, 2.0), (256, 4.0)] {
            assert_eq!(sqs_requests(kb * 1024), requests, "{kb} KB");
        }
        assert_eq!(sqs_requests(64 * 1024 + 1), 2.0);
        for (bytes, count) in [
            (0, 1.0),
            (1, 1.0),
            (32_768, 1.0),
            (32_769, 2.0),
            (131_072, 4.0),
        ] {
            assert_eq!(messages(bytes), count, "{bytes} bytes");
        }
    }

    #[test]
    fn an_invocation_is_rounded_up_to_a_millisecond() {
        for (us, ms) in [(1, 1.0), (1000, 1.0), (1001, 2.0), (2_500_000, 2500.0)] {
            let billed = gb_seconds(128, Duration::from_micros(us));
            assert!((billed - ms / 8000.0).abs() < 1e-12, "{us} us: {billed}");
        }
    }
}
