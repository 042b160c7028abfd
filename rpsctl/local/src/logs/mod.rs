//! CloudWatch Logs: stores each function's last lines and counts metrics from all lines.
//!
//! | module | contents |
//! |---|---|
//! | `operations` | `FilterLogEvents` with the supported filter patterns, and `DescribeLogGroups` |
//! | `usage` | the billed bytes of a line, and the game's metric filters |

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

/// The number of lines stored per function.
const MAX_LINES: usize = 1000;

#[derive(Debug, Clone)]
struct LogLine {
    /// Ascending over all functions.
    id: u64,
    /// Milliseconds since 1970.
    at_ms: u64,
    message: String,
}

#[derive(Default)]
struct LogStore {
    next_id: u64,
    functions: HashMap<Function, FunctionLog>,
}

#[derive(Default, Clone)]
struct FunctionLog {
    /// The last lines, the oldest first.
    lines: VecDeque<LogLine>,
    /// The bytes of all lines, including removed ones, because AWS would store all.
    bytes: u64,
}

pub(crate) struct Logs {
    store: Mutex<LogStore>,
    metrics: Arc<Metrics>,
    /// Milliseconds since 1970.
    created_ms: u64,
}

impl Logs {
    pub(crate) fn new(metrics: &Arc<Metrics>) -> Self {
        Self {
            store: Mutex::default(),
            metrics: Arc::clone(metrics),
            created_ms: clock::now_ms(),
        }
    }

    /// Returns a callback that stores each line and then calls `on_log`.
    pub(crate) fn wrap(self: &Arc<Self>, on_log: OnLog) -> OnLog {
        let logs = Arc::clone(self);
        Arc::new(move |function, line| {
            logs.add(function, line);
            on_log(function, line);
        })
    }

    fn add(&self, function: Function, line: &str) {
        // AWS does not accept empty events.
        if line.is_empty() {
            return;
        }
        let bytes = usage::bytes(line);
        usage::count(&self.metrics, function, line, bytes);
        let mut store = lock(&self.store);
        let line = LogLine {
            id: store.next_id,
            at_ms: clock::now_ms(),
            message: line.to_owned(),
        };
        store.next_id += 1;
        let log = store.functions.entry(function).or_default();
        log.bytes += bytes;
        if log.lines.len() == MAX_LINES {
            log.lines.pop_front();
        }
        log.lines.push_back(line);
    }

    fn function_log(&self, function: Function) -> FunctionLog {
        let store = lock(&self.store);
        store.functions.get(&function).cloned().unwrap_or_default()
    }

    /// Handles a request. `operation` is the part of `X-Amz-Target` after `Logs_20140328.`.
    pub(crate) fn handle(&self, operation: &str, body: &[u8]) -> Response {
        let result = match operation {
            "FilterLogEvents" => operations::events(self, body),
            "DescribeLogGroups" => operations::groups(self, body),
            _ => {
                let message = format!("The local AWS does not support {operation}.");
                Err(AwsError::bad_request("UnknownOperationException", message))
            }
        };
        respond("application/x-amz-json-1.1", result)
    }
}

/// Reads a request. Unknown parameters are errors: ignoring them could return something else than requested.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, AwsError> {
    serde_json::from_slice(body)
        .map_err(|error| invalid(format!("The local AWS cannot read the request: {error}")))
}

/// The request is invalid or not supported.
fn invalid(message: impl Into<String>) -> AwsError {
    AwsError::bad_request("InvalidParameterException", message)
}

#[cfg(test)]
mod tests;
