//! The queue's messages on their way to `decide`.

use std::time::Duration;

use aws_lambda_events::sqs::SqsMessage;
use rps_local::Options;
use serde_json::json;

use crate::pause::{pause, resume};
use crate::support::{Host, host, http, options, sdk, until};

/// A host that brings failed messages again soon, but after the function's timeout. It is warm, as in a
/// game.
async fn impatient(visibility_timeout_s: u32) -> Host {
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

/// How many messages the queue holds, wherever they are.
async fn messages(host: &Host, queue_url: &str) -> u64 {
    let numbers = [
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesNotVisible",
        "ApproximateNumberOfMessagesDelayed",
    ];
    let request = json!({ "QueueUrl": queue_url, "AttributeNames": numbers });
    let endpoint = &host.local.urls().endpoint;
    let answer = http::aws(endpoint, "AmazonSQS.GetQueueAttributes", &request)
        .await
        .json();
    let number = |name: &&str| {
        answer["Attributes"][*name]
            .as_str()
            .unwrap()
            .parse::<u64>()
            .unwrap()
    };
    numbers.iter().map(number).sum()
}

async fn until_empty(host: &Host) {
    let url = &host.local.urls().queue_url;
    until(async || messages(host, url).await == 0).await;
}

/// Messages of the next batches, until there are so many.
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
async fn a_message_is_handed_over_when_it_is_due_and_then_deleted() {
    let mut host = host().await;
    warm_up(&mut host).await;
    host.send_message("later", 1).await;
    let message = next(&mut host, 1).await.remove(0);
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    let sent: u128 = message.attributes["SentTimestamp"].parse().unwrap();
    // How late it may be is the machine's business; the tests of the queue have a clock of their own.
    let after = now.as_millis() - sent;
    assert!(after >= 1000, "after {after} ms");
    assert_eq!(message.body.as_deref(), Some("later"));
    assert_eq!(receives(&message), "1");
    assert_eq!(message.event_source.as_deref(), Some("aws:sqs"));
    let arn = "arn:aws:sqs:us-east-1:000000000000:rps-rounds";
    assert_eq!(message.event_source_arn.as_deref(), Some(arn));
    until_empty(&host).await;
}

#[tokio::test]
async fn only_the_failed_message_of_a_batch_comes_again() {
    // Long enough to delete the other message on a busy machine.
    let mut host = impatient(6).await;
    let lambda = sdk::lambda(&host);
    // Both are there when the mapping is resumed, so that they make one batch.
    pause(&lambda).await;
    for body in ["fail", "fine"] {
        host.send_message(body, 0).await;
    }
    resume(&lambda).await;
    let first = host.log.batch().await.records;
    assert_eq!(first.len(), 2);
    let failed = first
        .iter()
        .find(|it| it.body.as_deref() == Some("fail"))
        .unwrap();
    let again = next(&mut host, 1).await;
    assert_eq!(again.len(), 1);
    assert_eq!(again[0].message_id, failed.message_id);
    assert_eq!(receives(&again[0]), "2");
}

#[tokio::test]
async fn a_failed_invocation_and_an_unknown_id_bring_all_again() {
    for body in ["fail-batch", "unknown"] {
        let mut host = impatient(2).await;
        host.send_message(body, 0).await;
        let first = next(&mut host, 1).await;
        let again = next(&mut host, 1).await;
        assert_eq!(again[0].message_id, first[0].message_id);
        assert_eq!(receives(&again[0]), "2");
    }
}

#[tokio::test]
async fn a_message_that_fails_five_times_is_a_dead_letter() {
    let mut host = impatient(2).await;
    host.send_message("fail", 0).await;
    for delivery in 1..=5 {
        let message = next(&mut host, 1).await;
        assert_eq!(receives(&message[0]), delivery.to_string());
    }
    until_empty(&host).await;
    let dead = &host.local.urls().dead_letter_queue_url;
    assert_eq!(messages(&host, dead).await, 1);
}

#[tokio::test]
async fn the_games_of_a_host_that_is_gone_get_their_clock_messages_again() {
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
        let answer = http::aws(endpoint, "DynamoDB_20120810.PutItem", &put).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    earlier.stop().await;

    let mut host = Host::start(Options { data, ..options() }).await;
    let records = host.log.batch().await.records;
    let bodies: Vec<_> = records.iter().map(|it| it.body.as_deref()).collect();
    let tick: rps_game::Tick = serde_json::from_str(bodies[0].unwrap()).unwrap();
    assert_eq!(tick.game.to_string(), game);
    assert_eq!((tick.round, tick.deadline_ms), (3, deadline_ms));
    assert_eq!((tick.v, bodies.len()), (rps_game::VERSION, 1));
    until_empty(&host).await;
}
