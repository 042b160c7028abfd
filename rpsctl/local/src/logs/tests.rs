//! Which lines are kept, and which are given.

use serde_json::{Value, json};

use super::operations::{Pattern, events};
use super::*;

fn asked(logs: &Logs, request: &Value) -> Result<Value, AwsError> {
    events(logs, request.to_string().as_bytes())
}

/// The messages of all pages of a request for the lines of `decide`, and the number of pages.
fn messages(logs: &Logs, mut request: Value) -> (Vec<String>, usize) {
    request["logGroupName"] = json!("/aws/lambda/decide");
    let (mut messages, mut pages) = (Vec::new(), 0);
    loop {
        let answer = asked(logs, &request).unwrap();
        let events = answer["events"].as_array().unwrap();
        let message = |event: &Value| event["message"].as_str().unwrap().to_owned();
        messages.extend(events.iter().map(message));
        pages += 1;
        let Some(token) = answer.get("nextToken") else {
            return (messages, pages);
        };
        request["nextToken"] = token.clone();
    }
}

fn logs(lines: impl IntoIterator<Item = String>) -> Logs {
    let logs = Logs::new(&Arc::default());
    for line in lines {
        logs.keep(Function::Decide, &line);
        logs.keep(Function::Connection, "another function's");
    }
    logs
}

#[test]
fn the_last_lines_are_kept() {
    let line = |number: usize| format!("line {number}");
    let logs = logs((0..KEPT_LINES + 5).map(line));
    let expected: Vec<_> = (5..KEPT_LINES + 5).map(line).collect();
    assert_eq!(messages(&logs, json!({})), (expected, 1));
}

#[test]
fn pages_follow_each_other_without_gap_or_repetition() {
    let lines: Vec<_> = (0..7).map(|number| format!("line {number}")).collect();
    let logs = logs(lines.clone());
    assert_eq!(messages(&logs, json!({ "limit": 3 })), (lines.clone(), 3));
    assert_eq!(messages(&logs, json!({ "limit": 7 })), (lines, 1));
}

#[test]
fn an_empty_line_is_no_event() {
    let logs = logs(["a", "", "b"].map(str::to_owned));
    let expected = ["a", "b"].map(str::to_owned).to_vec();
    assert_eq!(messages(&logs, json!({})), (expected, 1));
}

#[test]
fn both_ends_of_the_time_belong_to_it() {
    let logs = logs(["a".to_owned()]);
    let at_ms = logs.group(Function::Decide).kept[0].at_ms;
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
    let errors = Pattern::parse(r#"{ $.level = "ERROR" }"#).unwrap();
    assert!(errors.matches(r#"{"level":"ERROR"}"#));
    assert!(!errors.matches("thread 'main' panicked at ERROR"));
}

#[test]
fn other_patterns_are_refused_in_words() {
    for pattern in [
        "ERROR",
        r#"{ $.level = "INFO" }"#,
        r#"{ $.level != "ERROR" }"#,
    ] {
        let refused = Pattern::parse(pattern).unwrap_err().body();
        assert_eq!(refused["__type"], "InvalidParameterException");
        assert!(refused["message"].as_str().unwrap().contains(pattern));
    }
}

#[test]
fn what_makes_no_sense_is_refused() {
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
        let refused = asked(&logs, &request).unwrap_err().body();
        assert_eq!(refused["__type"], "InvalidParameterException", "{request}");
    }
    for name in ["/aws/lambda/another", "decide", ""] {
        let unknown = asked(&logs, &json!({ "logGroupName": name }));
        assert_eq!(unknown.unwrap_err().kind, "ResourceNotFoundException");
    }
}

#[test]
fn a_group_is_known_by_its_name_and_its_arn() {
    let logs = logs(["a".to_owned()]);
    let arn = "arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/decide";
    for group in [arn, "/aws/lambda/decide"] {
        let answer = asked(&logs, &json!({ "logGroupIdentifier": group })).unwrap();
        assert_eq!(answer["events"][0]["message"], "a");
    }
}
