//! What CloudWatch counts of a line, and the numbers that the game's metric filters take out of it.

use rps_contract::log_metrics::{self, LogMetric};
use rps_contract::names::Function;
use serde_json::Value;

use crate::metrics::{Metric, Metrics};
use crate::names::{TABLE, log_group};

const INCOMING_BYTES: Metric = Metric::new("AWS/Logs", "IncomingBytes", &["LogGroupName"], "Bytes");

/// What each event has besides its message. So `PutLogEvents` computes the size of a batch; that the metric does
/// the same AWS does not say, and rather too much is counted here than too little.
const EVENT_BYTES: usize = 26;

pub(super) fn bytes(line: &str) -> u64 {
    (line.len() + EVENT_BYTES) as u64
}

#[expect(clippy::cast_precision_loss, reason = "no line is that long")]
pub(super) fn count(metrics: &Metrics, function: Function, line: &str, bytes: u64) {
    metrics.count(INCOMING_BYTES, &[&log_group(function)], bytes as f64);
    for metric in log_metrics::ALL {
        if let Some(value) = value(metric, function, line) {
            // The namespace is named after the stack, as its table is.
            let metric = Metric::new(TABLE, metric.name, &[], "None");
            metrics.count(metric, &[], value);
        }
    }
}

/// The metric's value in that line, if it is one of its lines.
fn value(metric: LogMetric, function: Function, line: &str) -> Option<f64> {
    // Most lines are of no metric, and need not be read as JSON.
    if !metric.functions.contains(&function) || !line.contains(metric.line) {
        return None;
    }
    let line: Value = serde_json::from_str(line).ok()?;
    let fields = &line["fields"];
    if fields["message"] != metric.line {
        return None;
    }
    metric.field.map_or(Some(1.0), |it| fields[it].as_f64())
}
