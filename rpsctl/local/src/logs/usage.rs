//! Counts a line's billed bytes and the values that the game's metric filters read from it.

use rps_contract::log_metrics::{self, LogMetric};
use rps_contract::names::Function;
use serde_json::Value;

use crate::metrics::{LocalMetric, Metrics};
use crate::names::{TABLE, log_group};

const INCOMING_BYTES: LocalMetric =
    LocalMetric::new("AWS/Logs", "IncomingBytes", &["LogGroupName"], "Bytes");

/// The overhead per event in bytes. `PutLogEvents` adds it to compute a batch's size. AWS does not document whether
/// the metric adds it too; counting it cannot underestimate the bill.
const EVENT_BYTES: usize = 26;

pub(super) fn bytes(line: &str) -> u64 {
    (line.len() + EVENT_BYTES) as u64
}

#[expect(clippy::cast_precision_loss, reason = "no line is that long")]
pub(super) fn count(metrics: &Metrics, function: Function, line: &str, bytes: u64) {
    metrics.count(INCOMING_BYTES, &[&log_group(function)], bytes as f64);
    for metric in log_metrics::ALL {
        if let Some(value) = value(metric, function, line) {
            // The namespace and the table have the same name, which derives from the stack's name.
            let metric = LocalMetric::new(TABLE, metric.name, &[], "None");
            metrics.count(metric, &[], value);
        }
    }
}

/// The line's value for the metric, if the metric's filter matches.
fn value(metric: LogMetric, function: Function, line: &str) -> Option<f64> {
    // Most lines match no filter; do not parse them as JSON.
    if !metric.functions.contains(&function) || !line.contains(metric.line) {
        return None;
    }
    let line: Value = serde_json::from_str(line).ok()?;
    let fields = &line["fields"];
    if fields["message"] != metric.line {
        return None;
    }
    metric
        .field
        .map_or(Some(1.0), |field| fields[field].as_f64())
}
