//! When and how often messages come, and what a receiver sees.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use crate::service::Service;

#[tokio::test(start_paused = true)]
async fn a_waiting_receive_gets_a_delayed_message_when_it_is_due() {
    let service = Service::new();
    service.send("later", 5).await;
    let sent = Instant::now();
    assert_eq!(service.count("rounds").await, ["0", "0", "1"]);
    let message = service.receive("rounds").await;
    assert_eq!(message["Body"], "later");
    let waited = sent.elapsed();
    assert!(waited >= Duration::from_secs(5), "after {waited:?}");
    assert!(waited <= Duration::from_millis(5002), "after {waited:?}");
    assert_eq!(service.count("rounds").await, ["0", "1", "0"]);
}

#[tokio::test(start_paused = true)]
async fn a_waiting_receive_is_woken_by_a_send_and_by_a_shown_message() {
    let service = Service::new();
    let asked = Instant::now();
    let send = async {
        tokio::time::sleep(Duration::from_secs(3)).await;
        service.send("now", 0).await;
    };
    let (message, ()) = tokio::join!(service.receive("rounds"), send);
    assert_eq!(
        (message["Body"].as_str(), asked.elapsed().as_secs()),
        (Some("now"), 3)
    );

    let show = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let request = json!({"ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": 0});
        service.ok("ChangeMessageVisibility", request).await;
    };
    let (again, ()) = tokio::join!(service.receive("rounds"), show);
    assert_eq!(
        (again["Body"].as_str(), asked.elapsed().as_secs()),
        (Some("now"), 4)
    );
    assert_ne!(again["ReceiptHandle"], message["ReceiptHandle"]);
    assert_eq!(again["Attributes"]["ApproximateReceiveCount"], "2");
}

#[tokio::test(start_paused = true)]
async fn a_receive_that_finds_nothing_ends_when_its_wait_is_over() {
    let service = Service::new();
    let asked = Instant::now();
    assert_eq!(service.ok("ReceiveMessage", json!({})).await, json!({}));
    assert_eq!(asked.elapsed(), Duration::ZERO);
    assert_eq!(
        service
            .ok("ReceiveMessage", json!({"WaitTimeSeconds": 20}))
            .await,
        json!({})
    );
    assert_eq!(asked.elapsed().as_secs(), 20);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_wait_takes_no_message_with_it() {
    let service = Service::new();
    let wait = tokio::time::timeout(Duration::from_secs(1), service.receive("rounds"));
    assert!(wait.await.is_err());
    service.send("kept", 0).await;
    assert_eq!(service.receive("rounds").await["Body"], "kept");
}

#[tokio::test(start_paused = true)]
async fn a_poller_receives_batches_and_what_it_does_not_delete_comes_back() {
    let service = Service::new();
    let queue = service.0.queue("rounds").expect("there");
    for body in ["a", "b", "c"] {
        service.send(body, 0).await;
    }
    let batch = queue.receive(10, Duration::from_secs(20)).await;
    assert_eq!(batch.len(), 3);
    assert_eq!(batch[0].attributes["ApproximateReceiveCount"], "1");
    queue.delete(&batch[0].receipt_handle).expect("deleted");
    queue.delete(&batch[2].receipt_handle).expect("deleted");
    let received = Instant::now();
    let again = queue.receive(10, Duration::from_secs(20)).await;
    assert_eq!(
        (
            again.len(),
            again[0].body.as_str(),
            received.elapsed().as_secs()
        ),
        (1, "b", 10)
    );
}

#[tokio::test(start_paused = true)]
async fn a_message_older_than_the_retention_period_is_gone() {
    let service = Service::new();
    let attributes = json!({"MessageRetentionPeriod": "60"});
    service
        .ok("SetQueueAttributes", json!({"Attributes": attributes}))
        .await;
    service.send("old", 0).await;
    tokio::time::sleep(Duration::from_secs(59)).await;
    assert_eq!(service.count("rounds").await[0], "1");
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(service.count("rounds").await[0], "0");
}

#[tokio::test(start_paused = true)]
async fn a_receiver_sees_the_attributes_it_asks_for_and_their_checksum() {
    let service = Service::new();
    let text = |value: &str| json!({"DataType": "String", "StringValue": value});
    let attributes = json!({"a.b": text("1"), "a.c": text("2"), "d": {"DataType": "Binary", "BinaryValue": "AQI="}});
    let sent = service
        .ok(
            "SendMessage",
            json!({"MessageBody": "x", "MessageAttributes": attributes}),
        )
        .await;
    for (asked, names) in [
        (json!(["All"]), vec!["a.b", "a.c", "d"]),
        (json!([".*"]), vec!["a.b", "a.c", "d"]),
        (json!(["a.*"]), vec!["a.b", "a.c"]),
        (json!(["d", "z"]), vec!["d"]),
        (json!([]), vec![]),
    ] {
        let request =
            json!({"MessageAttributeNames": asked, "VisibilityTimeout": 0, "QueueUrl": "rounds"});
        // Two receives are all a message has here.
        service
            .ok(
                "SetQueueAttributes",
                json!({"Attributes": {"RedrivePolicy": ""}}),
            )
            .await;
        let message = service.ok("ReceiveMessage", request).await["Messages"][0].take();
        let shown = message["MessageAttributes"].as_object();
        let shown: Vec<_> = shown
            .into_iter()
            .flat_map(|shown| shown.keys().map(String::as_str))
            .collect();
        assert_eq!(shown, names, "{asked}");
        let all = message["MD5OfMessageAttributes"] == sent["MD5OfMessageAttributes"];
        assert_eq!(all, names.len() == 3, "{asked}");
        assert_eq!(message.get("Attributes"), None);
    }
    let request =
        json!({"MessageSystemAttributeNames": ["SentTimestamp"], "AttributeNames": ["SenderId"]});
    let message = service.ok("ReceiveMessage", request).await["Messages"][0].take();
    let system: Vec<_> = message["Attributes"]
        .as_object()
        .expect("some")
        .keys()
        .collect();
    assert_eq!(system, ["SenderId", "SentTimestamp"]);
}

#[tokio::test(start_paused = true)]
async fn each_entry_of_a_batch_succeeds_or_fails_by_itself() {
    let service = Service::new();
    let entries = json!([
        {"Id": "good", "MessageBody": "a"},
        {"Id": "late", "MessageBody": "b", "DelaySeconds": 901},
        {"Id": "empty", "MessageBody": ""},
        {"Id": "strange", "MessageBody": "\u{1}"},
    ]);
    let answer = service
        .ok("SendMessageBatch", json!({"Entries": entries}))
        .await;
    assert_eq!(answer["Successful"][0]["Id"], "good");
    assert_eq!(
        answer["Successful"][0]["MD5OfMessageBody"],
        "0cc175b9c0f1b6a831c399e269772661"
    );
    let failed = answer["Failed"].as_array().expect("a list").iter();
    let failed: Vec<_> = failed
        .map(|entry| [&entry["Id"], &entry["Code"]].map(|text| text.as_str().unwrap_or("")))
        .collect();
    assert_eq!(
        failed,
        [
            ["late", "InvalidParameterValue"],
            ["empty", "MissingParameter"],
            ["strange", "InvalidMessageContents"]
        ]
    );

    let handle = service.receive("rounds").await["ReceiptHandle"].take();
    let entries = json!([{"Id": "a", "ReceiptHandle": handle, "VisibilityTimeout": 0}, {"Id": "b", "ReceiptHandle": "x", "VisibilityTimeout": 0}]);
    for operation in ["ChangeMessageVisibilityBatch", "DeleteMessageBatch"] {
        let answer = service.ok(operation, json!({"Entries": entries})).await;
        assert_eq!(answer["Successful"], json!([{"Id": "a"}]), "{operation}");
        assert_eq!(
            answer["Failed"][0]["Code"], "ReceiptHandleIsInvalid",
            "{operation}"
        );
    }
    assert_eq!(service.count("rounds").await, ["0", "0", "0"]);

    let half = "x".repeat(524_289);
    let entries = json!([{"Id": "a", "MessageBody": half}, {"Id": "b", "MessageBody": half}]);
    let refused = service
        .refusal("SendMessageBatch", json!({"Entries": entries}))
        .await;
    assert_eq!(
        refused.as_deref(),
        Some("AWS.SimpleQueueService.BatchRequestTooLong")
    );
}
