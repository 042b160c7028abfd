//! CloudWatch Logs: the last lines of each function, and the numbers in all of them.
//!
//! | module | holds |
//! |---|---|
//! | `operations` | `FilterLogEvents` with the filter patterns that are known here, and `DescribeLogGroups` |
//! | `usage` | the metrics of a line, and the numbers in it |

mod operations;
mod usage;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use axum::response::Response;
use rps_contract::names::Function;
use serde::de::DeserializeOwned;

use crate::error::{AwsError, respond};
use crate::metrics::Metrics;
use crate::options::OnLog;
use crate::{clock, lock};

/// Lines kept of each function.
const KEPT_LINES: usize = 1000;

#[derive(Debug, Clone)]
struct Line {
    /// Counted over all functions.
    id: u64,
    /// Milliseconds since 1970.
    at_ms: u64,
    message: String,
}

#[derive(Default)]
struct Lines {
    next_id: u64,
    of: HashMap<Function, Group>,
}

#[derive(Default, Clone)]
struct Group {
    /// The last lines, the oldest first.
    kept: VecDeque<Line>,
    /// The bytes of all lines, those that are no longer kept too: AWS would keep them.
    bytes: u64,
}

pub(crate) struct Logs {
    lines: Mutex<Lines>,
    metrics: Arc<Metrics>,
    /// Milliseconds since 1970.
    created_ms: u64,
}

impl Logs {
    pub(crate) fn new(metrics: &Arc<Metrics>) -> Self {
        Self {
            lines: Mutex::default(),
            metrics: Arc::clone(metrics),
            created_ms: clock::now_ms(),
        }
    }

    pub(crate) fn before(self: &Arc<Self>, on_log: OnLog) -> OnLog {
        let logs = Arc::clone(self);
        Arc::new(move |function, line| {
            logs.keep(function, line);
            on_log(function, line);
        })
    }

    fn keep(&self, function: Function, line: &str) {
        // AWS takes no empty events.
        if line.is_empty() {
            return;
        }
        let bytes = usage::bytes(line);
        usage::count(&self.metrics, function, line, bytes);
        let mut lines = lock(&self.lines);
        let line = Line {
            id: lines.next_id,
            at_ms: clock::now_ms(),
            message: line.to_owned(),
        };
        lines.next_id += 1;
        let group = lines.of.entry(function).or_default();
        group.bytes += bytes;
        if group.kept.len() == KEPT_LINES {
            group.kept.pop_front();
        }
        group.kept.push_back(line);
    }

    fn group(&self, function: Function) -> Group {
        let lines = lock(&self.lines);
        lines.of.get(&function).cloned().unwrap_or_default()
    }

    /// Answers one request. `operation` is what stands behind `Logs_20140328.` in `X-Amz-Target`.
    pub(crate) fn handle(&self, operation: &str, body: &[u8]) -> Response {
        let answer = match operation {
            "FilterLogEvents" => operations::events(self, body),
            "DescribeLogGroups" => operations::groups(self, body),
            _ => {
                let message = format!("The local AWS does not do {operation}.");
                Err(AwsError::bad_request("UnknownOperationException", message))
            }
        };
        respond("application/x-amz-json-1.1", answer)
    }
}

/// Reads a request. What is not known here is refused, because to ignore it would answer another question.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, AwsError> {
    serde_json::from_slice(body)
        .map_err(|error| invalid(format!("The local AWS does not understand this: {error}")))
}

/// What was sent makes no sense, or is not done here.
fn invalid(message: impl Into<String>) -> AwsError {
    AwsError::bad_request("InvalidParameterException", message)
}

#[cfg(test)]
mod tests;
