//! CloudWatch Logs: the last lines of each function, and `FilterLogEvents`.
//!
//! | module | holds |
//! |---|---|
//! | `filter` | `FilterLogEvents`: which lines are asked for |
//! | `pattern` | the filter patterns that are known here |

mod filter;
mod pattern;

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
};

use axum::{
    body::Body,
    http::{Response, StatusCode},
    response::IntoResponse,
};
use rps_core::names::Function;
use serde_json::{Value, json};

use crate::{OnLog, clock, lock};

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
}

/// The last lines of each function.
#[derive(Default)]
pub(crate) struct Logs(Mutex<Lines>);

impl Logs {
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
        let mut lines = lock(&self.0);
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
        let lines = lock(&self.0);
        let kept = lines.of.get(&function).into_iter().flatten();
        kept.cloned().collect()
    }

    /// Answers one request. `operation` is what stands behind `Logs_20140328.` in `X-Amz-Target`.
    pub(crate) fn handle(&self, operation: &str, body: &[u8]) -> Response<Body> {
        let answer = match operation {
            "FilterLogEvents" => filter::answer(self, body),
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
