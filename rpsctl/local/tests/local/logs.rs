//! The lines of functions in CloudWatch Logs, with the unmodified SDK.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::types::FilteredLogEvent;

use crate::support::player::Player;
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

/// The events of `join-game` once there are so many with that text; a process is read as it writes.
pub(crate) async fn until(logs: &Client, text: &str, count: usize) -> Vec<FilteredLogEvent> {
    soon(async {
        loop {
            let events = events(logs, JOIN_GAME, None).await;
            let with_text = events.iter().filter(|it| message(it).contains(text));
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
async fn the_lines_of_a_function_and_those_of_lambda_are_kept() {
    let host = host().await;
    let logs = sdk::logs(&host);
    let before = now_ms();
    let mut player = Player::connect(&host).await;
    let pid = player.pid().await;
    player.ask("exit").await;
    player.json().await;
    let events = until(&logs, "Runtime exited: exit status: 3", 1).await;
    assert!(events.iter().any(|it| message(it) == format!("PID {pid}")));
    for event in &events {
        let at = event.timestamp.unwrap();
        assert!((before..=now_ms()).contains(&at), "{event:?}");
        assert_eq!(event.ingestion_time, Some(at));
        assert!(event.log_stream_name.is_some());
    }
    let ids: Vec<_> = events.iter().map(|it| it.event_id.as_deref()).collect();
    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
}

#[tokio::test]
async fn lines_are_found_by_level() {
    let host = host().await;
    let logs = sdk::logs(&host);
    let mut player = Player::connect(&host).await;
    player.ask("log").await;
    player.json().await;
    until(&logs, "a panic's line", 1).await;
    for (pattern, levels) in [
        (ERRORS, &["ERROR"][..]),
        (ERRORS_AND_WARNINGS, &["WARN", "ERROR"]),
    ] {
        let found = events(&logs, JOIN_GAME, Some(pattern)).await;
        assert_eq!(found.len(), levels.len(), "{found:?}");
        for (event, level) in found.iter().zip(levels) {
            assert!(message(event).contains(level), "{event:?}");
        }
    }
}

#[tokio::test]
async fn a_group_is_there_before_its_function_has_run_and_others_are_not() {
    let host = host().await;
    let logs = sdk::logs(&host);
    assert!(events(&logs, "/aws/lambda/decide", None).await.is_empty());
    let filter = |group| logs.filter_log_events().log_group_name(group);
    let unknown = filter("/aws/lambda/x").send().await;
    assert_eq!(sdk::code(unknown), "ResourceNotFoundException");
    let pattern = filter("/aws/lambda/decide").filter_pattern("ERROR");
    assert_eq!(sdk::code(pattern.send().await), "InvalidParameterException");
    let other = logs.describe_queries().send().await;
    assert_eq!(sdk::code(other), "UnknownOperationException");
}
