//! Tests the delivery of the queue's messages to `decide`.

use std::time::Duration;

use aws_lambda_events::sqs::SqsMessage;
use rps_contract::names::MAX_RECEIVE_COUNT;
use rps_local::Options;
use serde_json::json;

use crate::pause::{pause, resume};
use crate::support::{Host, host, http, options, sdk, until};

/// A local AWS with a short visibility timeout, which is longer than the function's timeout. `decide` is warm, as in
/// a game.
async fn host_with_visibility_timeout(visibility_timeout_s: u32) -> Host {
    let mut host = Host::start(Options {
        function_timeout: Duration::from_secs(u64::from(visibility_timeout_s) - 1),
        visibility_timeout_s,
        ..options()
    })
    .await;
    warm_up(&mut host).await;
    host
}

async fn warm_up(host: &mut Host) {
    host.send_message("warm up", 0).await;
    next(host, 1).await;
    until_empty(host).await;
}

/// The number of visible, hidden and delayed messages.
async fn message_count(host: &Host, queue_url: &str) -> u64 {
    let numbers = [
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesNotVisible",
        "ApproximateNumberOfMessagesDelayed",
    ];
    let request = json!({ "QueueUrl": queue_url, "AttributeNames": numbers });
    let endpoint = &host.local.urls().endpoint;
    let response = http::aws(endpoint, "AmazonSQS.GetQueueAttributes", &request)
        .await
        .json();
    let number = |name: &&str| {
        response["Attributes"][*name]
            .as_str()
            .unwrap()
            .parse::<u64>()
            .unwrap()
    };
    numbers.iter().map(number).sum()
}

async fn until_empty(host: &Host) {
    let url = &host.local.urls().queue_url;
    until(async || message_count(host, url).await == 0).await;
}

/// Waits for `count` messages from the next batches.
async fn next(host: &mut Host, count: usize) -> Vec<SqsMessage> {
    let mut messages = Vec::new();
    while messages.len() < count {
        messages.extend(host.log.batch().await.records);
    }
    messages
}

fn receives(message: &SqsMessage) -> &str {
    &message.attributes["ApproximateReceiveCount"]
}

#[tokio::test]
async fn a_message_is_delivered_after_its_delay_and_then_deleted() {
    let mut host = host().await;
    warm_up(&mut host).await;
    host.send_message("later", 1).await;
    let message = next(&mut host, 1).await.remove(0);
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    let sent: u128 = message.attributes["SentTimestamp"].parse().unwrap();
    // The maximum depends on the machine; the queue's unit tests check it with a paused clock.
    let delay_ms = now.as_millis() - sent;
    assert!(delay_ms >= 1000, "after {delay_ms} ms");
    assert_eq!(message.body.as_deref(), Some("later"));
    assert_eq!(receives(&message), "1");
    assert_eq!(message.event_source.as_deref(), Some("aws:sqs"));
    let arn = "arn:aws:sqs:us-east-1:000000000000:rps-rounds";
    assert_eq!(message.event_source_arn.as_deref(), Some(arn));
    until_empty(&host).await;
}

#[tokio::test]
async fn only_the_failed_message_of_a_batch_is_delivered_again() {
    // A timeout that lets a busy machine delete the other message in time.
    let mut host = host_with_visibility_timeout(6).await;
    let lambda = sdk::lambda(&host);
    // Both messages are in the queue when the mapping resumes, so they make one batch.
    pause(&lambda).await;
    for body in ["fail", "fine"] {
        host.send_message(body, 0).await;
    }
    resume(&lambda).await;
    let first = host.log.batch().await.records;
    assert_eq!(first.len(), 2);
    let failed = first
        .iter()
        .find(|message| message.body.as_deref() == Some("fail"))
        .unwrap();
    let again = next(&mut host, 1).await;
    assert_eq!(again.len(), 1);
    assert_eq!(again[0].message_id, failed.message_id);
    assert_eq!(receives(&again[0]), "2");
}

#[tokio::test]
async fn after_a_failed_invocation_or_an_unknown_id_the_whole_batch_is_delivered_again() {
    for body in ["fail-batch", "unknown"] {
        let mut host = host_with_visibility_timeout(2).await;
        host.send_message(body, 0).await;
        let first = next(&mut host, 1).await;
        let again = next(&mut host, 1).await;
        assert_eq!(again[0].message_id, first[0].message_id);
        assert_eq!(receives(&again[0]), "2");
    }
}

#[tokio::test]
async fn a_message_becomes_a_dead_letter_after_its_last_receive() {
    let mut host = host_with_visibility_timeout(2).await;
    let lambda = sdk::lambda(&host);
    pause(&lambda).await;
    host.send_message("fail", 0).await;
    // All receives but the last two, because each delivery takes a visibility timeout.
    let urls = host.local.urls();
    let receive = json!({ "QueueUrl": urls.queue_url, "VisibilityTimeout": 0 });
    for _ in 0..MAX_RECEIVE_COUNT - 2 {
        let received = http::aws(&urls.endpoint, "AmazonSQS.ReceiveMessage", &receive).await;
        assert_eq!(received.json()["Messages"][0]["Body"], "fail");
    }
    resume(&lambda).await;
    for receive in [MAX_RECEIVE_COUNT - 1, MAX_RECEIVE_COUNT] {
        let message = next(&mut host, 1).await;
        assert_eq!(receives(&message[0]), receive.to_string());
    }
    until_empty(&host).await;
    let dead = &host.local.urls().dead_letter_queue_url;
    assert_eq!(message_count(&host, dead).await, 1);
}

#[tokio::test]
async fn games_in_the_data_file_get_new_round_timers_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let data = Some(directory.path().join("rps.db"));
    let earlier = rps_local::start(Options {
        data: data.clone(),
        ..Options::default()
    })
    .await
    .unwrap();
    let game = "0f0e0d0c-0b0a-4908-8706-050403020100";
    let deadline_ms = 1_707_503_008_941_u64;
    for item in [
        json!({
            "pk": { "S": format!("G#{game}") },
            "round": { "N": "3" },
            "deadline_ms": { "N": deadline_ms.to_string() },
        }),
        json!({ "pk": { "S": "G#without a round" } }),
        json!({ "pk": { "S": "C#nobody" }, "round": { "N": "1" }, "deadline_ms": { "N": "1" } }),
    ] {
        let put = json!({ "TableName": earlier.urls().table, "Item": item });
        let endpoint = &earlier.urls().endpoint;
        let response = http::aws(endpoint, "DynamoDB_20120810.PutItem", &put).await;
        assert_eq!(response.status, 200, "{}", response.text());
    }
    earlier.stop().await;

    let mut host = Host::start(Options { data, ..options() }).await;
    let records = host.log.batch().await.records;
    let bodies: Vec<_> = records
        .iter()
        .map(|record| record.body.as_deref())
        .collect();
    let round_timer: rps_game::RoundTimer = serde_json::from_str(bodies[0].unwrap()).unwrap();
    assert_eq!(round_timer.game.to_string(), game);
    assert_eq!(
        (round_timer.round, round_timer.deadline_ms),
        (3, deadline_ms)
    );
    assert_eq!((round_timer.v, bodies.len()), (rps_game::VERSION, 1));
    until_empty(&host).await;
}
