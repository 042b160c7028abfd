//! `FilterLogEvents` and `DescribeLogGroups` (source: their pages in the CloudWatch Logs API reference).

use rps_contract::log_metrics;
use rps_contract::names::Function;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::AwsError;
use crate::logs::{Line, Logs, invalid, read};
use crate::names::{LOG_STREAM, arn, log_group};

/// The events of a page, at most, and where nothing is said.
const MAX_EVENTS: usize = 10_000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct EventsRequest {
    log_group_name: Option<String>,
    /// The name or the ARN.
    log_group_identifier: Option<String>,
    /// Milliseconds since 1970; both ends belong to the range.
    start_time: Option<u64>,
    end_time: Option<u64>,
    filter_pattern: Option<String>,
    limit: Option<usize>,
    next_token: Option<String>,
    /// There is one stream: it changes nothing.
    #[serde(rename = "interleaved")]
    _interleaved: Option<bool>,
}

/// The events of a group that are asked for, the oldest first.
pub(super) fn events(logs: &Logs, body: &[u8]) -> Result<Value, AwsError> {
    let request: EventsRequest = read(body)?;
    let function = function(&request)?;
    let limit = limit(request.limit)?;
    let first_id = request.next_token.as_deref().map_or(Ok(0), read_token)?;
    let pattern = Pattern::parse(request.filter_pattern.as_deref().unwrap_or_default())?;
    let start = request.start_time.unwrap_or(0);
    let end = request.end_time.unwrap_or(u64::MAX);
    let mut found = logs.group(function).kept.into_iter().filter(|line| {
        line.id >= first_id && (start..=end).contains(&line.at_ms) && pattern.matches(&line.message)
    });
    let events: Vec<Value> = found
        .by_ref()
        .take(limit)
        .map(|line| event(&line))
        .collect();
    let mut answer = json!({ "events": events, "searchedLogStreams": [] });
    if let Some(next) = found.next() {
        answer["nextToken"] = json!(next.id.to_string());
    }
    Ok(answer)
}

fn function(request: &EventsRequest) -> Result<Function, AwsError> {
    let names = [&request.log_group_name, &request.log_group_identifier];
    let mut names = names.into_iter().flatten();
    let (Some(name_or_arn), None) = (names.next(), names.next()) else {
        let message = "Give either logGroupName or logGroupIdentifier.";
        return Err(invalid(message));
    };
    let name = name_or_arn.strip_prefix(&arn("logs", "log-group:"));
    let name = name.unwrap_or(name_or_arn);
    let mut all = Function::ALL.into_iter();
    all.find(|function| log_group(*function) == name)
        .ok_or_else(|| {
            let message = "The specified log group does not exist.";
            AwsError::bad_request("ResourceNotFoundException", message)
        })
}

fn limit(limit: Option<usize>) -> Result<usize, AwsError> {
    let limit = limit.unwrap_or(MAX_EVENTS);
    let allowed = (1..=MAX_EVENTS).contains(&limit);
    let message = || invalid(format!("limit must be 1 to {MAX_EVENTS}, not {limit}."));
    allowed.then_some(limit).ok_or_else(message)
}

/// A token is the id of the next event.
fn read_token(token: &str) -> Result<u64, AwsError> {
    let invalid = |_| invalid("The specified nextToken is invalid.");
    token.parse().map_err(invalid)
}

fn event(line: &Line) -> Value {
    json!({
        "logStreamName": LOG_STREAM,
        "timestamp": line.at_ms,
        "message": line.message,
        "ingestionTime": line.at_ms,
        // AWS's ids have 56 digits, and are in order.
        "eventId": format!("{:056}", line.id),
    })
}

/// Each pattern without its spaces, and the levels it lets through.
const KNOWN: [(&str, &[&str]); 2] = [
    (r#"{$.level="ERROR"}"#, &["ERROR"]),
    (
        r#"{($.level="ERROR")||($.level="WARN")}"#,
        &["ERROR", "WARN"],
    ),
];

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Pattern {
    All,
    Levels(&'static [&'static str]),
}

impl Pattern {
    pub(super) fn parse(pattern: &str) -> Result<Self, AwsError> {
        let dense: String = pattern.split_whitespace().collect();
        if dense.is_empty() {
            return Ok(Self::All);
        }
        let known = KNOWN.into_iter().find(|(known, _)| *known == dense);
        known
            .map(|(_, levels)| Self::Levels(levels))
            .ok_or_else(|| {
                invalid(format!(
                    "The local AWS does not know the filter pattern {pattern}. It knows {} and {}.",
                    KNOWN[0].0, KNOWN[1].0
                ))
            })
    }

    /// A line that is no JSON, as that of a panic, has no level.
    pub(super) fn matches(&self, line: &str) -> bool {
        match self {
            Self::All => true,
            Self::Levels(levels) => {
                let line: Value = serde_json::from_str(line).unwrap_or_default();
                line["level"]
                    .as_str()
                    .is_some_and(|level| levels.contains(&level))
            }
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct GroupsRequest {
    log_group_name_prefix: Option<String>,
}

/// The groups whose names have the prefix, by their names.
pub(super) fn groups(logs: &Logs, body: &[u8]) -> Result<Value, AwsError> {
    let request: GroupsRequest = read(body)?;
    let prefix = request.log_group_name_prefix.unwrap_or_default();
    let mut functions = Function::ALL.to_vec();
    functions.sort_by_key(|it| it.name());
    let asked = |it: &Function| log_group(*it).starts_with(&prefix);
    let groups: Vec<Value> = functions
        .into_iter()
        .filter(asked)
        .map(|function| group(logs, function))
        .collect();
    Ok(json!({ "logGroups": groups }))
}

fn group(logs: &Logs, function: Function) -> Value {
    let name = log_group(function);
    let filters = log_metrics::ALL.iter();
    let filters = filters.filter(|it| it.functions.contains(&function));
    let arn = arn("logs", &format!("log-group:{name}"));
    json!({
        "logGroupName": name,
        "logGroupArn": arn,
        "arn": format!("{arn}:*"),
        "logGroupClass": "STANDARD",
        "creationTime": logs.created_ms,
        "metricFilterCount": filters.count(),
        "storedBytes": logs.group(function).bytes,
    })
}
