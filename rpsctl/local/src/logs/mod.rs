//! CloudWatch Logs: the last lines of each function, and the numbers in all of them.
//!
//! | module | holds |
//! |---|---|
//! | `filter` | `FilterLogEvents`: which lines are asked for |
//! | `pattern` | the filter patterns that are known here |
//! | `groups` | `DescribeLogGroups`: what was written |
//! | `usage` | what is counted of a line, and taken out of it |

mod filter;
mod groups;
mod pattern;
mod usage;

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
};

use axum::{
    body::Body,
    http::{Response, StatusCode},
    response::IntoResponse,
};
use rps_contract::names::Function;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{OnLog, clock, lock, metrics::Metrics};

/// Lines kept of each function.
const KEPT_LINES: usize = 1000;

/// The one log stream of a group.
pub(crate) const STREAM: &str = "local";

/// The log group of a function.
pub(crate) fn group(function: Function) -> String {
    format!("/aws/lambda/{}", function.name())
}

/// One line of a function.
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
    /// The oldest first.
    of: HashMap<Function, VecDeque<Line>>,
    /// Of all lines there ever were.
    bytes: HashMap<Function, u64>,
}

/// The last lines of each function.
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

    /// What keeps each line here and passes it on.
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
        *lines.bytes.entry(function).or_default() += bytes;
        let line = Line {
            id: lines.next_id,
            at_ms: clock::now_ms(),
            message: line.to_owned(),
        };
        lines.next_id += 1;
        let kept = lines.of.entry(function).or_default();
        if kept.len() == KEPT_LINES {
            kept.pop_front();
        }
        kept.push_back(line);
    }

    /// The lines that are kept of a function, the oldest first.
    fn of(&self, function: Function) -> Vec<Line> {
        let lines = lock(&self.lines);
        let kept = lines.of.get(&function).into_iter().flatten();
        kept.cloned().collect()
    }

    /// The bytes of all lines of a function, those that are no longer kept too: AWS would keep them.
    fn bytes(&self, function: Function) -> u64 {
        let lines = lock(&self.lines);
        lines.bytes.get(&function).copied().unwrap_or_default()
    }

    /// Answers one request. `operation` is what stands behind `Logs_20140328.` in `X-Amz-Target`.
    pub(crate) fn handle(&self, operation: &str, body: &[u8]) -> Response<Body> {
        let answer = match operation {
            "FilterLogEvents" => filter::answer(self, body),
            "DescribeLogGroups" => groups::answer(self, body),
            _ => Err(Refusal::Operation(operation.to_owned())),
        };
        let (status, body) = match answer {
            Ok(body) => (StatusCode::OK, body),
            Err(refusal) => (StatusCode::BAD_REQUEST, refusal.body()),
        };
        let headers = [("content-type", "application/x-amz-json-1.1")];
        (status, headers, body.to_string()).into_response()
    }
}

/// Reads a request. What is not known here is refused, because to ignore it would answer another question.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| {
        Refusal::Parameter(format!("The local AWS does not understand this: {error}"))
    })
}

/// Why a request was refused.
#[derive(Debug, PartialEq, Eq)]
enum Refusal {
    /// What was sent makes no sense, or is not done here.
    Parameter(String),
    /// No function writes to that group.
    NoGroup,
    Operation(String),
}

impl Refusal {
    fn body(&self) -> Value {
        let (kind, message) = match self {
            Self::Parameter(message) => ("InvalidParameterException", message.clone()),
            Self::NoGroup => (
                "ResourceNotFoundException",
                "The specified log group does not exist.".to_owned(),
            ),
            Self::Operation(operation) => (
                "UnknownOperationException",
                format!("The local AWS does not do {operation}."),
            ),
        };
        json!({ "__type": kind, "message": message })
    }
}

#[cfg(test)]
mod tests;
