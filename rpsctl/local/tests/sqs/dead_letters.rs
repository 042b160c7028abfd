//! Messages that fail too often, and bringing them back.

use std::time::Duration;

use serde_json::{Value, json};

use crate::service::{DLQ_ARN, ENDPOINT, ROUNDS_ARN, Service};

#[tokio::test(start_paused = true)]
async fn a_message_that_fails_too_often_goes_to_the_dead_letter_queue_as_it_is() {
    let service = Service::new();
    let attributes = json!({"a": {"DataType": "String", "StringValue": "x"}});
    let request = json!({"MessageBody": "bad", "MessageAttributes": attributes});
    let sent = service.ok("SendMessage", request).await;
    for receive in ["1", "2"] {
        let message = service.receive("rounds").await;
        assert_eq!(message["Attributes"]["ApproximateReceiveCount"], receive);
    }
    assert_eq!(service.count("dead").await[0], "0");
    let (nothing, dead) = tokio::join!(service.receive("rounds"), service.receive("dead"));
    assert_eq!(nothing, Value::Null);
    assert_eq!(dead["MessageId"], sent["MessageId"]);
    assert_eq!(dead["MessageAttributes"], attributes);
    assert_eq!(
        dead["MD5OfMessageAttributes"],
        sent["MD5OfMessageAttributes"]
    );
    assert_eq!(dead["Attributes"]["ApproximateReceiveCount"], "3");
    assert_eq!(dead["Attributes"]["DeadLetterQueueSourceArn"], ROUNDS_ARN);
    let sources = service
        .ok("ListDeadLetterSourceQueues", json!({"QueueUrl": "dead"}))
        .await;
    assert_eq!(
        sources,
        json!({"queueUrls": [format!("{ENDPOINT}/000000000000/rounds")]})
    );
}

#[tokio::test(start_paused = true)]
async fn a_move_task_brings_dead_letters_back_as_new_messages() {
    let service = Service::new();
    service.kill("bad").await;
    let start = service
        .ok("StartMessageMoveTask", json!({"SourceArn": DLQ_ARN}))
        .await;
    assert!(start["TaskHandle"].is_string());
    let message = service.receive("rounds").await;
    assert_eq!(message["Body"], "bad");
    assert_eq!(message["Attributes"]["ApproximateReceiveCount"], "1");
    assert_eq!(message["Attributes"].get("DeadLetterQueueSourceArn"), None);
    tokio::time::sleep(Duration::from_millis(1)).await;
    let mut listed = service
        .ok("ListMessageMoveTasks", json!({"SourceArn": DLQ_ARN}))
        .await;
    let started = listed["Results"][0]["StartedTimestamp"].take();
    assert!(
        started
            .as_u64()
            .is_some_and(|started_ms| started_ms > 1_700_000_000_000)
    );
    let task = json!({
        "Status": "COMPLETED",
        "SourceArn": DLQ_ARN,
        "ApproximateNumberOfMessagesMoved": 1,
        "ApproximateNumberOfMessagesToMove": 1,
        "StartedTimestamp": null,
    });
    assert_eq!(listed["Results"], json!([task]));
}

#[tokio::test(start_paused = true)]
async fn a_slow_move_task_keeps_its_rate_is_alone_and_can_be_cancelled() {
    let service = Service::new();
    for n in 0..5 {
        let request = json!({"QueueUrl": "dead", "MessageBody": n.to_string()});
        service.ok("SendMessage", request).await;
    }
    let request = json!({"SourceArn": DLQ_ARN, "DestinationArn": ROUNDS_ARN, "MaxNumberOfMessagesPerSecond": 1});
    let handle = service.ok("StartMessageMoveTask", request.clone()).await["TaskHandle"].take();
    let second = service.refusal("StartMessageMoveTask", request).await;
    assert_eq!(second.as_deref(), Some("InvalidParameterValue"));
    tokio::time::sleep(Duration::from_millis(2500)).await;
    assert_eq!(
        (
            &service.count("rounds").await[0],
            &service.count("dead").await[0]
        ),
        (&"3".into(), &"2".into())
    );
    let cancel = json!({"TaskHandle": handle});
    let cancelled = service.ok("CancelMessageMoveTask", cancel.clone()).await;
    assert_eq!(cancelled, json!({"ApproximateNumberOfMessagesMoved": 3}));
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!(service.count("dead").await[0], "2");
    let listed = service
        .ok("ListMessageMoveTasks", json!({"SourceArn": DLQ_ARN}))
        .await;
    assert_eq!(listed["Results"][0]["Status"], "CANCELLED");
    let again = service.refusal("CancelMessageMoveTask", cancel).await;
    assert_eq!(again.as_deref(), Some("InvalidParameterValue"));
}

#[tokio::test(start_paused = true)]
async fn a_move_task_fails_without_losing_a_message_it_cannot_place() {
    let service = Service::new();
    let request = json!({"QueueUrl": "dead", "MessageBody": "sent directly"});
    service.ok("SendMessage", request).await;
    service
        .ok("StartMessageMoveTask", json!({"SourceArn": DLQ_ARN}))
        .await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let listed = service
        .ok("ListMessageMoveTasks", json!({"SourceArn": DLQ_ARN}))
        .await;
    assert_eq!(
        listed["Results"][0]["FailureReason"],
        "CouldNotDetermineMessageSource"
    );
    assert_eq!(service.count("dead").await, ["1", "0", "0"]);
}

#[tokio::test(start_paused = true)]
async fn a_redrive_policy_needs_a_target_that_is_there_and_willing() {
    let service = Service::new();
    let redrive = |target: &str| {
        let policy = json!({"deadLetterTargetArn": target, "maxReceiveCount": 2}).to_string();
        let request = json!({"Attributes": {"RedrivePolicy": policy}});
        async { service.refusal("SetQueueAttributes", request).await }
    };
    let refused = Some("InvalidParameterValue".to_owned());
    assert_eq!(redrive(DLQ_ARN).await, None);
    assert_eq!(
        redrive("arn:aws:sqs:us-east-1:000000000000:missing").await,
        refused
    );
    let policy = format!(r#"{{"deadLetterTargetArn":"{DLQ_ARN}x","maxReceiveCount":2}}"#);
    let request = json!({"QueueName": "another", "Attributes": {"RedrivePolicy": policy}});
    assert_eq!(service.refusal("CreateQueue", request).await, refused);
    let deny = json!({"RedriveAllowPolicy": r#"{"redrivePermission":"denyAll"}"#});
    service
        .ok(
            "SetQueueAttributes",
            json!({"QueueUrl": "dead", "Attributes": deny}),
        )
        .await;
    assert_eq!(redrive(DLQ_ARN).await, refused);
}
