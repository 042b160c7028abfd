//! What the lines of functions weigh, the numbers in them, and that nobody is alarmed.

use aws_sdk_cloudwatchlogs::types::LogGroup;
use serde_json::json;

use crate::logs::until;
use crate::support::player::Player;
use crate::support::{Host, host, http, meter, sdk};

const GROUP: &str = "/aws/lambda/join-game";

fn incoming<'a>(of: &'a [(&'a str, &'a str)]) -> meter::Metric<'a> {
    ("AWS/Logs", "IncomingBytes", of)
}

async fn groups(host: &Host, prefix: Option<&str>) -> Vec<LogGroup> {
    let describe = sdk::logs(host).describe_log_groups();
    let describe = describe.set_log_group_name_prefix(prefix.map(str::to_owned));
    describe.send().await.unwrap().log_groups.unwrap()
}

#[tokio::test]
async fn a_line_weighs_its_text_and_26_bytes() {
    let host = host().await;
    let of = [("LogGroupName", GROUP)];
    assert_eq!(meter::datapoint(&host, incoming(&of)).await, None);
    let mut player = Player::connect(&host).await;
    player.ask("log").await;
    player.text().await;
    let logs = sdk::logs(&host);
    let lines = until(&logs, "a panic's line", 1).await;
    let bytes: usize = lines
        .iter()
        .map(|it| it.message().unwrap().len() + 26)
        .sum();
    let counted = meter::datapoint(&host, incoming(&of)).await.unwrap();
    assert_eq!(counted.sum.unwrap().to_string(), bytes.to_string());
    assert_eq!(counted.unit.unwrap().as_str(), "Bytes");
    let stored = groups(&host, Some(GROUP)).await[0].stored_bytes.unwrap();
    assert_eq!(usize::try_from(stored).unwrap(), bytes);
}

#[tokio::test]
async fn every_function_has_a_group_and_a_prefix_selects() {
    let host = host().await;
    let names = async |prefix| -> Vec<String> {
        let groups = groups(&host, prefix).await.into_iter();
        groups.map(|it| it.log_group_name.unwrap()).collect()
    };
    let all = ["connection", "decide", "join-game", "receive-play"];
    let all = all.map(|it| format!("/aws/lambda/{it}"));
    assert_eq!(names(None).await, all);
    assert_eq!(names(Some("/aws/lambda/")).await, all);
    assert_eq!(names(Some("/aws/lambda/d")).await, all[1..2]);
    assert_eq!(names(Some("decide")).await, [""; 0]);
    for group in groups(&host, None).await {
        assert_eq!(group.stored_bytes, Some(0), "{group:?}");
    }
}

#[tokio::test]
async fn the_numbers_of_the_game_are_taken_out_of_its_lines() {
    let host = host().await;
    let mut player = Player::connect(&host).await;
    let line = |fields| json!({ "level": "INFO", "fields": fields }).to_string();
    for line in [
        line(json!({ "message": "no game over", "text": "game over" })),
        line(json!({ "message": "connection closed", "minutes": "seven" })),
        "game over".to_owned(),
        line(json!({ "message": "game over", "reason": "plays" })),
        line(json!({ "message": "connection closed", "minutes": 7 })),
    ] {
        // Both lines are those of `connection`; `join-game` says them here too, and does not count.
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
async fn there_are_no_alarms_in_both_protocols() {
    let host = host().await;
    let alarms = sdk::cloudwatch(&host).describe_alarms();
    let alarms = alarms.alarm_name_prefix(rps_local::TABLE).send().await;
    let alarms = alarms.unwrap();
    assert!(alarms.metric_alarms().is_empty());
    assert!(alarms.composite_alarms().is_empty());
    let target = "GraniteServiceVersion20100801.DescribeAlarms";
    let answer = http::aws(&host.local.urls().endpoint, target, &json!({})).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["MetricAlarms"], json!([]));
}
