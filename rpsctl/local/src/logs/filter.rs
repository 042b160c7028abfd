//! `FilterLogEvents` (source: its page in the CloudWatch Logs API reference).

use rps_contract::names::Function;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Line, Logs, Refusal, STREAM, group, pattern::Pattern, read};
use crate::{ACCOUNT, REGION};

/// The events of a page, at most, and where nothing is said.
const MAX_EVENTS: usize = 10_000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Request {
    log_group_name: Option<String>,
    /// The name or the ARN.
    log_group_identifier: Option<String>,
    /// Milliseconds since 1970; both ends belong to the range.
    start_time: Option<u64>,
    end_time: Option<u64>,
    filter_pattern: Option<String>,
    limit: Option<usize>,
    next_token: Option<String>,
    start_from_head: Option<bool>,
    // There is one stream, and no data protection: these change nothing.
    #[serde(rename = "interleaved")]
    _interleaved: Option<bool>,
    #[serde(rename = "unmask")]
    _unmask: Option<bool>,
}

/// The events of a group that are asked for, the oldest first.
pub(super) fn answer(logs: &Logs, body: &[u8]) -> Result<Value, Refusal> {
    let request: Request = read(body)?;
    let function = function(&request)?;
    let limit = limit(request.limit)?;
    if request.start_from_head == Some(false) {
        let message = "The local AWS gives the earliest events first: leave out startFromHead.";
        return Err(Refusal::Parameter(message.to_owned()));
    }
    let first_id = request.next_token.as_deref().map_or(Ok(0), read_token)?;
    let pattern = Pattern::parse(request.filter_pattern.as_deref().unwrap_or_default())?;
    let start = request.start_time.unwrap_or(0);
    let end = request.end_time.unwrap_or(u64::MAX);
    let mut found = logs.of(function).into_iter().filter(|line| {
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

fn function(request: &Request) -> Result<Function, Refusal> {
    let names = [&request.log_group_name, &request.log_group_identifier];
    let mut names = names.into_iter().flatten();
    let (Some(name), None) = (names.next(), names.next()) else {
        let message = "Give either logGroupName or logGroupIdentifier.";
        return Err(Refusal::Parameter(message.to_owned()));
    };
    let arn = format!("arn:aws:logs:{REGION}:{ACCOUNT}:log-group:");
    let name = name.strip_prefix(&arn).unwrap_or(name);
    let mut all = Function::ALL.into_iter();
    all.find(|function| group(*function) == name)
        .ok_or(Refusal::NoGroup)
}

fn limit(limit: Option<usize>) -> Result<usize, Refusal> {
    let limit = limit.unwrap_or(MAX_EVENTS);
    let allowed = (1..=MAX_EVENTS).contains(&limit);
    let message = || Refusal::Parameter(format!("limit must be 1 to {MAX_EVENTS}, not {limit}."));
    allowed.then_some(limit).ok_or_else(message)
}

/// A token is the id of the next event.
fn read_token(token: &str) -> Result<u64, Refusal> {
    let invalid = |_| Refusal::Parameter("The specified nextToken is invalid.".to_owned());
    token.parse().map_err(invalid)
}

fn event(line: &Line) -> Value {
    json!({
        "logStreamName": STREAM,
        "timestamp": line.at_ms,
        "message": line.message,
        "ingestionTime": line.at_ms,
        // AWS's ids have 56 digits, and are in order.
        "eventId": format!("{:056}", line.id),
    })
}
