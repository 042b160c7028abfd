//! Tests the stored lines and the filters.

use serde_json::{Value, json};

use super::operations::{FilterPattern, events};
use super::*;

fn filter(logs: &Logs, request: &Value) -> Result<Value, AwsError> {
    events(logs, request.to_string().as_bytes())
}

/// Requests all pages of the lines of `decide`. Returns the messages and the number of pages.
fn messages(logs: &Logs, mut request: Value) -> (Vec<String>, usize) {
    request["logGroupName"] = json!("/aws/lambda/decide");
    let (mut messages, mut pages) = (Vec::new(), 0);
    loop {
        let response = filter(logs, &request).unwrap();
        let events = response["events"].as_array().unwrap();
        let message = |event: &Value| event["message"].as_str().unwrap().to_owned();
        messages.extend(events.iter().map(message));
        pages += 1;
        let Some(token) = response.get("nextToken") else {
            return (messages, pages);
        };
        request["nextToken"] = token.clone();
    }
}

fn logs(lines: impl IntoIterator<Item = String>) -> Logs {
    let logs = Logs::new(&Arc::default());
    for line in lines {
        logs.add(Function::Decide, &line);
        logs.add(Function::Connection, "a line of another function");
    }
    logs
}

#[test]
fn only_the_last_lines_are_stored() {
    let line = |number: usize| format!("line {number}");
    let logs = logs((0..MAX_LINES + 5).map(line));
    let expected: Vec<_> = (5..MAX_LINES + 5).map(line).collect();
    assert_eq!(messages(&logs, json!({})), (expected, 1));
}

#[test]
fn pages_have_no_gaps_or_repetitions() {
    let lines: Vec<_> = (0..7).map(|number| format!("line {number}")).collect();
    let logs = logs(lines.clone());
    assert_eq!(messages(&logs, json!({ "limit": 3 })), (lines.clone(), 3));
    assert_eq!(messages(&logs, json!({ "limit": 7 })), (lines, 1));
}

#[test]
fn empty_lines_are_not_stored() {
    let logs = logs(["a", "", "b"].map(str::to_owned));
    let expected = ["a", "b"].map(str::to_owned).to_vec();
    assert_eq!(messages(&logs, json!({})), (expected, 1));
}

#[test]
fn the_time_range_includes_both_ends() {
    let logs = logs(["a".to_owned()]);
    let at_ms = logs.function_log(Function::Decide).lines[0].at_ms;
    for (start, end, count) in [
        (at_ms, at_ms, 1),
        (at_ms + 1, at_ms + 9, 0),
        (0, at_ms - 1, 0),
    ] {
        let request = json!({ "startTime": start, "endTime": end });
        assert_eq!(messages(&logs, request).0.len(), count, "{start} {end}");
    }
}

#[test]
fn a_line_that_is_not_json_has_no_level() {
    let errors = FilterPattern::parse(r#"{ $.level = "ERROR" }"#).unwrap();
    assert!(errors.matches(r#"{"level":"ERROR"}"#));
    assert!(!errors.matches("thread 'main' panicked at ERROR"));
}

#[test]
fn the_error_names_an_unsupported_pattern() {
    for pattern in [
        "ERROR",
        r#"{ $.level = "INFO" }"#,
        r#"{ $.level != "ERROR" }"#,
    ] {
        let error = FilterPattern::parse(pattern).unwrap_err().body();
        assert_eq!(error["__type"], "InvalidParameterException");
        assert!(error["message"].as_str().unwrap().contains(pattern));
    }
}

#[test]
fn invalid_parameters_are_errors() {
    let logs = Logs::new(&Arc::default());
    let group = "/aws/lambda/decide";
    for request in [
        json!({}),
        json!({ "logGroupName": group, "logGroupIdentifier": group }),
        json!({ "logGroupName": group, "limit": 0 }),
        json!({ "logGroupName": group, "limit": 10_001 }),
        json!({ "logGroupName": group, "nextToken": "x" }),
        json!({ "logGroupName": group, "logStreamNames": ["local"] }),
    ] {
        let error = filter(&logs, &request).unwrap_err().body();
        assert_eq!(error["__type"], "InvalidParameterException", "{request}");
    }
    for name in ["/aws/lambda/another", "decide", ""] {
        let unknown = filter(&logs, &json!({ "logGroupName": name }));
        assert_eq!(unknown.unwrap_err().kind, "ResourceNotFoundException");
    }
}

#[test]
fn a_group_can_be_identified_by_name_or_arn() {
    let logs = logs(["a".to_owned()]);
    let arn = "arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/decide";
    for group in [arn, "/aws/lambda/decide"] {
        let response = filter(&logs, &json!({ "logGroupIdentifier": group })).unwrap();
        assert_eq!(response["events"][0]["message"], "a");
    }
}
