//! `FilterLogEvents` and `DescribeLogGroups` (source: their pages in the CloudWatch Logs API reference).

use rps_contract::log_metrics;
use rps_contract::names::Function;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::AwsError;
use crate::logs::{LogLine, Logs, invalid, read};
use crate::names::{LOG_STREAM, arn, log_group};

/// The maximum and the default number of events per page.
const MAX_EVENTS: usize = 10_000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct FilterEventsRequest {
    log_group_name: Option<String>,
    /// A name or an ARN.
    log_group_identifier: Option<String>,
    /// Milliseconds since 1970; the range includes both ends.
    start_time: Option<u64>,
    end_time: Option<u64>,
    filter_pattern: Option<String>,
    limit: Option<usize>,
    next_token: Option<String>,
    /// Has no effect, because each group has one stream.
    #[serde(rename = "interleaved")]
    _interleaved: Option<bool>,
}

/// Returns the requested events of a log group, the oldest first.
pub(super) fn events(logs: &Logs, body: &[u8]) -> Result<Value, AwsError> {
    let request: FilterEventsRequest = read(body)?;
    let function = function(&request)?;
    let limit = limit(request.limit)?;
    let first_id = request.next_token.as_deref().map_or(Ok(0), read_token)?;
    let pattern = FilterPattern::parse(request.filter_pattern.as_deref().unwrap_or_default())?;
    let start = request.start_time.unwrap_or(0);
    let end = request.end_time.unwrap_or(u64::MAX);
    let lines = logs.function_log(function).lines.into_iter();
    let mut matches = lines.filter(|line| {
        line.id >= first_id && (start..=end).contains(&line.at_ms) && pattern.matches(&line.message)
    });
    let events: Vec<Value> = matches
        .by_ref()
        .take(limit)
        .map(|line| event(&line))
        .collect();
    let mut response = json!({ "events": events, "searchedLogStreams": [] });
    if let Some(next) = matches.next() {
        response["nextToken"] = json!(next.id.to_string());
    }
    Ok(response)
}

fn function(request: &FilterEventsRequest) -> Result<Function, AwsError> {
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
    let message = || invalid(format!("Invalid limit {limit}: use 1 to {MAX_EVENTS}."));
    allowed.then_some(limit).ok_or_else(message)
}

/// A token contains the id of the next event.
fn read_token(token: &str) -> Result<u64, AwsError> {
    let invalid = |_| invalid("The specified nextToken is invalid.");
    token.parse().map_err(invalid)
}

fn event(line: &LogLine) -> Value {
    json!({
        "logStreamName": LOG_STREAM,
        "timestamp": line.at_ms,
        "message": line.message,
        "ingestionTime": line.at_ms,
        // AWS's ids have 56 digits and are ascending.
        "eventId": format!("{:056}", line.id),
    })
}

/// The supported patterns, without spaces, and the levels that they match.
const SUPPORTED_PATTERNS: [(&str, &[&str]); 2] = [
    (r#"{$.level="ERROR"}"#, &["ERROR"]),
    (
        r#"{($.level="ERROR")||($.level="WARN")}"#,
        &["ERROR", "WARN"],
    ),
];

#[derive(Debug, PartialEq, Eq)]
pub(super) enum FilterPattern {
    All,
    Levels(&'static [&'static str]),
}

impl FilterPattern {
    pub(super) fn parse(pattern: &str) -> Result<Self, AwsError> {
        let without_spaces: String = pattern.split_whitespace().collect();
        if without_spaces.is_empty() {
            return Ok(Self::All);
        }
        let supported = SUPPORTED_PATTERNS
            .into_iter()
            .find(|(supported, _)| *supported == without_spaces);
        supported
            .map(|(_, levels)| Self::Levels(levels))
            .ok_or_else(|| {
                let [(errors, _), (errors_and_warnings, _)] = SUPPORTED_PATTERNS;
                invalid(format!(
                    "The local AWS does not support the filter pattern {pattern}: use {errors} or {errors_and_warnings}."
                ))
            })
    }

    /// A line that is not JSON, such as a panic's, has no level.
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

/// Returns the log groups with the name prefix, sorted by name.
pub(super) fn groups(logs: &Logs, body: &[u8]) -> Result<Value, AwsError> {
    let request: GroupsRequest = read(body)?;
    let prefix = request.log_group_name_prefix.unwrap_or_default();
    let mut functions = Function::ALL.to_vec();
    functions.sort_by_key(|function| function.name());
    let has_prefix = |function: &Function| log_group(*function).starts_with(&prefix);
    let groups: Vec<Value> = functions
        .into_iter()
        .filter(has_prefix)
        .map(|function| group(logs, function))
        .collect();
    Ok(json!({ "logGroups": groups }))
}

fn group(logs: &Logs, function: Function) -> Value {
    let name = log_group(function);
    let filters = log_metrics::ALL
        .iter()
        .filter(|metric| metric.functions.contains(&function));
    let arn = arn("logs", &format!("log-group:{name}"));
    json!({
        "logGroupName": name,
        "logGroupArn": arn,
        "arn": format!("{arn}:*"),
        "logGroupClass": "STANDARD",
        "creationTime": logs.created_ms,
        "metricFilterCount": filters.count(),
        "storedBytes": logs.function_log(function).bytes,
    })
}
