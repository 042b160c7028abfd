//! Tests the functions' log lines in CloudWatch Logs with the unmodified SDK.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::types::FilteredLogEvent;

use crate::support::player::LocalPlayer;
use crate::support::{host, sdk, soon};

const JOIN_GAME: &str = "/aws/lambda/join-game";
const ERRORS: &str = r#"{ $.level = "ERROR" }"#;
const ERRORS_AND_WARNINGS: &str = r#"{ ($.level = "ERROR") || ($.level = "WARN") }"#;

async fn events(logs: &Client, group: &str, pattern: Option<&str>) -> Vec<FilteredLogEvent> {
    let filter = logs
        .filter_log_events()
        .log_group_name(group)
        .set_filter_pattern(pattern.map(str::to_owned));
    filter.send().await.unwrap().events.unwrap()
}

/// Waits until `count` events of `join-game` contain the text, and returns all its events.
pub(crate) async fn until(logs: &Client, text: &str, count: usize) -> Vec<FilteredLogEvent> {
    soon(async {
        loop {
            let events = events(logs, JOIN_GAME, None).await;
            let with_text = events.iter().filter(|event| message(event).contains(text));
            if with_text.count() >= count {
                return events;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await
}

fn message(event: &FilteredLogEvent) -> &str {
    event.message.as_deref().unwrap()
}

fn now_ms() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(now.as_millis()).unwrap()
}

#[tokio::test]
async fn the_log_contains_the_lines_of_the_function_and_of_lambda() {
    let host = host().await;
    let logs = sdk::logs(&host);
    let before = now_ms();
    let mut player = LocalPlayer::connect(&host).await;
    let pid = player.pid().await;
    player.send_task("exit").await;
    player.json().await;
    let events = until(&logs, "Runtime exited: exit status: 3", 1).await;
    let pid_line = format!("PID {pid}");
    assert!(events.iter().any(|event| message(event) == pid_line));
    for event in &events {
        let time = event.timestamp.unwrap();
        assert!((before..=now_ms()).contains(&time), "{event:?}");
        assert_eq!(event.ingestion_time, Some(time));
        assert!(event.log_stream_name.is_some());
    }
    let ids = events.iter().map(|event| event.event_id.as_deref());
    let ids: Vec<_> = ids.collect();
    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
}

#[tokio::test]
async fn lines_can_be_filtered_by_level() {
    let host = host().await;
    let logs = sdk::logs(&host);
    let mut player = LocalPlayer::connect(&host).await;
    player.send_task("log").await;
    player.json().await;
    until(&logs, "a panic's line", 1).await;
    for (pattern, levels) in [
        (ERRORS, &["ERROR"][..]),
        (ERRORS_AND_WARNINGS, &["WARN", "ERROR"]),
    ] {
        let matches = events(&logs, JOIN_GAME, Some(pattern)).await;
        assert_eq!(matches.len(), levels.len(), "{matches:?}");
        for (event, level) in matches.iter().zip(levels) {
            assert!(message(event).contains(level), "{event:?}");
        }
    }
}

#[tokio::test]
async fn every_function_has_a_log_group_before_its_first_invocation() {
    let host = host().await;
    let logs = sdk::logs(&host);
    assert!(events(&logs, "/aws/lambda/decide", None).await.is_empty());
    let filter = |group| logs.filter_log_events().log_group_name(group);
    let unknown = filter("/aws/lambda/x").send().await;
    assert_eq!(sdk::error_code(unknown), "ResourceNotFoundException");
    let pattern = filter("/aws/lambda/decide").filter_pattern("ERROR");
    assert_eq!(
        sdk::error_code(pattern.send().await),
        "InvalidParameterException"
    );
    let other = logs.describe_queries().send().await;
    assert_eq!(sdk::error_code(other), "UnknownOperationException");
}
