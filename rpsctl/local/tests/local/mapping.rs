//! The queue's messages on their way to `decide`.

use std::time::Duration;

use aws_lambda_events::sqs::SqsMessage;
use rps_local::Options;
use serde_json::json;

use crate::support::{Host, host, http, options, soon};

async fn impatient() -> Host {
    Host::start(Options {
        visibility_timeout_s: 1,
        ..options()
    })
    .await
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
    let url = host.local.urls().queue_url.clone();
    soon(async {
        while messages(host, &url).await > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
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
async fn a_message_is_handed_over_and_then_deleted() {
    let mut host = host().await;
    host.send_message("fine", 0).await;
    let message = next(&mut host, 1).await.remove(0);
    assert_eq!(message.body.as_deref(), Some("fine"));
    assert_eq!(receives(&message), "1");
    assert!(message.attributes.contains_key("SentTimestamp"));
    assert_eq!(message.event_source.as_deref(), Some("aws:sqs"));
    let arn = "arn:aws:sqs:us-east-1:000000000000:rps-rounds";
    assert_eq!(message.event_source_arn.as_deref(), Some(arn));
    until_empty(&host).await;
    host.local.stop().await;
}

#[tokio::test]
async fn a_message_comes_when_it_is_due() {
    let mut host = host().await;
    // Warm, as in a game.
    host.send_message("warm up", 0).await;
    next(&mut host, 1).await;
    host.send_message("later", 1).await;
    let message = next(&mut host, 1).await.remove(0);
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    let sent: u64 = message.attributes["SentTimestamp"].parse().unwrap();
    let late = u64::try_from(now.as_millis())
        .unwrap()
        .saturating_sub(sent + 1000);
    println!("late by {late} ms, the invocation included");
    assert!(late < 200, "late by {late} ms");
    host.local.stop().await;
}

#[tokio::test]
async fn only_the_failed_message_of_a_batch_comes_again() {
    let mut host = impatient().await;
    // Due together, so that they make one batch.
    host.send_message("fail", 1).await;
    host.send_message("fine", 1).await;
    let first = next(&mut host, 2).await;
    let failed = first
        .iter()
        .find(|it| it.body.as_deref() == Some("fail"))
        .unwrap();
    let again = next(&mut host, 1).await;
    assert_eq!(again.len(), 1);
    assert_eq!(again[0].message_id, failed.message_id);
    assert_eq!(receives(&again[0]), "2");
    host.local.stop().await;
}

#[tokio::test]
async fn a_failed_invocation_and_an_unknown_id_bring_all_again() {
    for body in ["fail-batch", "unknown"] {
        let mut host = impatient().await;
        host.send_message(body, 0).await;
        let first = next(&mut host, 1).await;
        let again = next(&mut host, 1).await;
        assert_eq!(again[0].message_id, first[0].message_id);
        assert_eq!(receives(&again[0]), "2");
        host.local.stop().await;
    }
}

#[tokio::test]
async fn a_message_that_fails_five_times_is_a_dead_letter() {
    let mut host = impatient().await;
    host.send_message("fail", 0).await;
    for delivery in 1..=5 {
        let message = next(&mut host, 1).await;
        assert_eq!(receives(&message[0]), delivery.to_string());
    }
    until_empty(&host).await;
    let dead = host
        .local
        .urls()
        .queue_url
        .replace(rps_local::QUEUE, rps_local::DEAD_LETTER_QUEUE);
    assert_eq!(messages(&host, &dead).await, 1);
    host.local.stop().await;
}
