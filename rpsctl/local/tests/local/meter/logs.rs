//! Tests the bytes of log lines, the metrics from them, and the empty list of alarms.

use aws_sdk_cloudwatchlogs::types::LogGroup;
use serde_json::json;

use crate::logs::until;
use crate::support::player::LocalPlayer;
use crate::support::{Host, host, http, meter, sdk};

const GROUP: &str = "/aws/lambda/join-game";

fn incoming_bytes<'a>(dimensions: &'a [(&'a str, &'a str)]) -> meter::MetricQuery<'a> {
    ("AWS/Logs", "IncomingBytes", dimensions)
}

async fn groups(host: &Host, prefix: Option<&str>) -> Vec<LogGroup> {
    let describe = sdk::logs(host).describe_log_groups();
    let describe = describe.set_log_group_name_prefix(prefix.map(str::to_owned));
    describe.send().await.unwrap().log_groups.unwrap()
}

#[tokio::test]
async fn a_line_counts_its_text_and_26_bytes() {
    let host = host().await;
    let dimensions = [("LogGroupName", GROUP)];
    let metric = incoming_bytes(&dimensions);
    assert_eq!(meter::datapoint(&host, metric).await, None);
    let mut player = LocalPlayer::connect(&host).await;
    player.send_task("log").await;
    player.text().await;
    let logs = sdk::logs(&host);
    let lines = until(&logs, "a panic's line", 1).await;
    let bytes: usize = lines
        .iter()
        .map(|line| line.message().unwrap().len() + 26)
        .sum();
    let datapoint = meter::datapoint(&host, metric).await.unwrap();
    assert_eq!(datapoint.sum.unwrap().to_string(), bytes.to_string());
    assert_eq!(datapoint.unit.unwrap().as_str(), "Bytes");
    let stored = groups(&host, Some(GROUP)).await[0].stored_bytes.unwrap();
    assert_eq!(usize::try_from(stored).unwrap(), bytes);
}

#[tokio::test]
async fn every_function_has_a_log_group_and_a_prefix_filters_the_list() {
    let host = host().await;
    let names = async |prefix| -> Vec<String> {
        let groups = groups(&host, prefix).await.into_iter();
        groups.map(|group| group.log_group_name.unwrap()).collect()
    };
    let all = ["connection", "decide", "join-game", "receive-play"];
    let all = all.map(|name| format!("/aws/lambda/{name}"));
    assert_eq!(names(None).await, all);
    assert_eq!(names(Some("/aws/lambda/")).await, all);
    assert_eq!(names(Some("/aws/lambda/d")).await, all[1..2]);
    assert_eq!(names(Some("decide")).await, [""; 0]);
    for group in groups(&host, None).await {
        assert_eq!(group.stored_bytes, Some(0), "{group:?}");
    }
}

#[tokio::test]
async fn the_metric_filters_count_games_and_minutes() {
    let host = host().await;
    let mut player = LocalPlayer::connect(&host).await;
    let line = |fields| json!({ "level": "INFO", "fields": fields }).to_string();
    for line in [
        line(json!({ "message": "no game over", "text": "game over" })),
        line(json!({ "message": "connection closed", "minutes": "seven" })),
        "game over".to_owned(),
        line(json!({ "message": "game over", "reason": "plays" })),
        line(json!({ "message": "connection closed", "minutes": 7 })),
    ] {
        // The filters read only the lines of `connection`; the same lines of `join-game` do not count.
        for action in ["join-game", "anything"] {
            let say = json!({ "action": action, "do": "say", "line": line });
            player.send(say.to_string()).await;
            player.text().await;
        }
    }
    meter::until(&host, (rps_local::TABLE, "ConnectionMinutes", &[]), 7.0).await;
    meter::until(&host, (rps_local::TABLE, "Games", &[]), 1.0).await;
    let minutes = (rps_local::TABLE, "ConnectionMinutes", &[][..]);
    let minutes = meter::datapoint(&host, minutes).await.unwrap();
    assert_eq!(minutes.sample_count, Some(1.0));
}

#[tokio::test]
async fn the_list_of_alarms_is_empty_in_both_protocols() {
    let host = host().await;
    let alarms = sdk::cloudwatch(&host).describe_alarms();
    let alarms = alarms.alarm_name_prefix(rps_local::TABLE).send().await;
    let alarms = alarms.unwrap();
    assert!(alarms.metric_alarms().is_empty());
    assert!(alarms.composite_alarms().is_empty());
    let target = "GraniteServiceVersion20100801.DescribeAlarms";
    let response = http::aws(&host.local.urls().endpoint, target, &json!({})).await;
    assert_eq!(response.status, 200);
    assert_eq!(response.json()["MetricAlarms"], json!([]));
}
