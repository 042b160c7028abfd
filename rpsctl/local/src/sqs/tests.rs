//! Tests the queues through the JSON protocol. Tokio's clock is paused: time passes only while a test waits.

use serde_json::{Value, json};

use super::*;
use crate::names::{DEAD_LETTER_QUEUE, QUEUE};

const ROUNDS_ARN: &str = "arn:aws:sqs:us-east-1:000000000000:rps-rounds";
const DEAD_ARN: &str = "arn:aws:sqs:us-east-1:000000000000:rps-rounds-dead";

fn sqs() -> Arc<Sqs> {
    let urls = Urls::at("http://127.0.0.1:4566");
    Sqs::new(&urls, 10, &Arc::default(), &Arc::default())
}

/// Returns the response, or the error code that SDKs show.
async fn call(sqs: &Sqs, operation: &str, mut request: Value) -> Result<Value, String> {
    if operation.ends_with("Message") || operation.ends_with("Batch") {
        let parameters = request.as_object_mut().unwrap();
        let url = parameters.entry("QueueUrl");
        url.or_insert(json!(sqs.urls.queue_url));
    }
    let response = sqs.handle(operation, request.to_string().as_bytes()).await;
    let error = response.headers().get("x-amzn-query-error").cloned();
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await;
    match error {
        None => Ok(serde_json::from_slice(&body.unwrap()).unwrap()),
        Some(error) => Err(error.to_str().unwrap().replace(";Sender", "")),
    }
}

async fn send(sqs: &Sqs, body: &str, delay_s: u64) {
    let request = json!({ "MessageBody": body, "DelaySeconds": delay_s });
    call(sqs, "SendMessage", request).await.unwrap();
}

/// Waits up to 20 s for a message with all its attributes.
async fn receive(sqs: &Sqs) -> Value {
    let request = json!({ "WaitTimeSeconds": 20, "AttributeNames": ["All"] });
    let mut response = call(sqs, "ReceiveMessage", request).await.unwrap();
    response["Messages"][0].take()
}

/// Asserts that each request fails with the error code, or succeeds if `code` is `None`.
async fn check(
    sqs: &Sqs,
    operation: &str,
    code: Option<&str>,
    requests: impl IntoIterator<Item = Value>,
) {
    for request in requests {
        let text: String = request.to_string().chars().take(100).collect();
        let error = call(sqs, operation, request).await.err();
        assert_eq!(error.as_deref(), code, "{operation} {text}");
    }
}

/// A batch entry that changes a message's visibility timeout.
fn hide(id: &str, handle: &str, visibility_s: u64) -> Value {
    json!({ "Id": id, "ReceiptHandle": handle, "VisibilityTimeout": visibility_s })
}

const VALUE: Option<&str> = Some("InvalidParameterValue");
const UNREADABLE: Option<&str> = Some("SerializationException");

#[tokio::test(start_paused = true)]
async fn a_waiting_receive_gets_a_delayed_message_when_it_is_due() {
    let sqs = sqs();
    send(&sqs, "later", 5).await;
    let sent = Instant::now();
    assert_eq!(receive(&sqs).await["Body"], "later");
    let waited = sent.elapsed();
    assert!(waited >= Duration::from_secs(5), "after {waited:?}");
    assert!(waited <= Duration::from_millis(5002), "after {waited:?}");
}

#[tokio::test(start_paused = true)]
async fn a_send_and_a_visibility_change_wake_a_waiting_receive() {
    let sqs = sqs();
    let start = Instant::now();
    let send = async {
        tokio::time::sleep(Duration::from_secs(3)).await;
        send(&sqs, "now", 0).await;
    };
    let (message, ()) = tokio::join!(receive(&sqs), send);
    assert_eq!(message["Body"], "now");
    assert_eq!(start.elapsed().as_secs(), 3);

    let show = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let handle = message["ReceiptHandle"].as_str().unwrap();
        let request = json!({ "Entries": [hide("0", handle, 0)] });
        let response = call(&sqs, "ChangeMessageVisibilityBatch", request).await;
        assert_eq!(response.unwrap()["Successful"], json!([{ "Id": "0" }]));
    };
    let (again, ()) = tokio::join!(receive(&sqs), show);
    assert_eq!(start.elapsed().as_secs(), 4);
    assert_ne!(again["ReceiptHandle"], message["ReceiptHandle"]);
    assert_eq!(again["Attributes"]["ApproximateReceiveCount"], "2");
}

#[tokio::test(start_paused = true)]
async fn a_waiting_receive_gets_a_message_that_was_not_deleted() {
    let sqs = sqs();
    send(&sqs, "a", 0).await;
    let start = Instant::now();
    let (first, second) = tokio::join!(receive(&sqs), receive(&sqs));
    assert_eq!(first["MessageId"], second["MessageId"]);
    assert_eq!(start.elapsed().as_secs(), 10);
}

#[tokio::test(start_paused = true)]
async fn an_empty_receive_ends_after_its_wait_and_a_cancelled_receive_takes_nothing() {
    let sqs = sqs();
    let start = Instant::now();
    let empty = Ok(json!({}));
    assert_eq!(call(&sqs, "ReceiveMessage", json!({})).await, empty);
    assert_eq!(start.elapsed(), Duration::ZERO);
    let wait = json!({ "WaitTimeSeconds": 20 });
    assert_eq!(call(&sqs, "ReceiveMessage", wait).await, empty);
    assert_eq!(start.elapsed().as_secs(), 20);

    let cancelled = tokio::time::timeout(Duration::from_secs(1), receive(&sqs));
    assert!(cancelled.await.is_err());
    send(&sqs, "kept", 0).await;
    assert_eq!(receive(&sqs).await["Body"], "kept");
}

#[tokio::test(start_paused = true)]
async fn a_message_has_the_requested_attributes_and_its_checksum() {
    let sqs = sqs();
    let sent = json!({ "MessageBody": "test" });
    let sent = call(&sqs, "SendMessage", sent).await.unwrap();
    let md5 = "098f6bcd4621d373cade4e832627b4f6";
    assert_eq!(sent["MD5OfMessageBody"], md5);
    for (names, count) in [
        (json!(["All"]), 4),
        (json!(["SentTimestamp", "SenderId"]), 2),
        (json!([]), 0),
    ] {
        let request = json!({ "MessageSystemAttributeNames": names, "VisibilityTimeout": 0 });
        let response = call(&sqs, "ReceiveMessage", request).await.unwrap();
        let message = &response["Messages"][0];
        let attributes = message["Attributes"].as_object();
        assert_eq!(attributes.map_or(0, serde_json::Map::len), count);
        assert_eq!(message["MD5OfBody"], md5);
        assert_eq!(message["MessageId"], sent["MessageId"]);
    }
}

#[tokio::test(start_paused = true)]
async fn clients_can_list_describe_and_purge_both_queues() {
    let sqs = sqs();
    let urls =
        [QUEUE, DEAD_LETTER_QUEUE].map(|name| format!("http://127.0.0.1:4566/000000000000/{name}"));
    let list = call(&sqs, "ListQueues", json!({})).await;
    assert_eq!(list, Ok(json!({ "QueueUrls": urls })));
    let name = json!({ "QueueName": DEAD_LETTER_QUEUE });
    let url = call(&sqs, "GetQueueUrl", name).await;
    assert_eq!(url, Ok(json!({ "QueueUrl": urls[1] })));

    send(&sqs, "a", 0).await;
    send(&sqs, "b", 60).await;
    let describe = json!({ "QueueUrl": urls[0], "AttributeNames": ["All"] });
    let description = call(&sqs, "GetQueueAttributes", describe).await.unwrap();
    let policy = format!(r#"{{"deadLetterTargetArn":"{DEAD_ARN}","maxReceiveCount":50}}"#);
    let expected = json!({
        "ApproximateNumberOfMessages": "1",
        "ApproximateNumberOfMessagesDelayed": "1",
        "ApproximateNumberOfMessagesNotVisible": "0",
        "MaximumMessageSize": "1048576",
        "MessageRetentionPeriod": "345600",
        "QueueArn": ROUNDS_ARN,
        "RedrivePolicy": policy,
        "VisibilityTimeout": "10",
    });
    assert_eq!(description["Attributes"], expected);

    let response = call(&sqs, "PurgeQueue", json!({ "QueueUrl": urls[0] })).await;
    assert_eq!(response, Ok(json!({})));
    let backlog = sqs.backlog(QueueId::Rounds);
    assert_eq!((backlog.visible, backlog.delayed), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn the_latest_move_of_dead_letters_is_listed() {
    let sqs = sqs();
    let source = json!({ "SourceArn": DEAD_ARN });
    let list = || call(&sqs, "ListMessageMoveTasks", source.clone());
    assert_eq!(list().await, Ok(json!({ "Results": [] })));
    sqs.put(QueueId::DeadLetters, "dead".to_owned());
    let start = json!({ "SourceArn": DEAD_ARN, "DestinationArn": ROUNDS_ARN });
    let start = call(&sqs, "StartMessageMoveTask", start);
    let (message, response) = tokio::join!(receive(&sqs), start);
    assert!(response.unwrap()["TaskHandle"].is_string());
    assert_eq!(message["Body"], "dead");
    let mut tasks = list().await.unwrap();
    let started_ms = tasks["Results"][0]["StartedTimestamp"].take();
    assert!(started_ms.as_u64().unwrap() > 1_700_000_000_000);
    let task = json!({
        "Status": "COMPLETED",
        "SourceArn": DEAD_ARN,
        "DestinationArn": ROUNDS_ARN,
        "ApproximateNumberOfMessagesMoved": 1,
        "ApproximateNumberOfMessagesToMove": 1,
        "StartedTimestamp": null,
    });
    assert_eq!(tasks["Results"], json!([task]));
}

#[tokio::test(start_paused = true)]
async fn a_receipt_handle_belongs_to_its_queue_and_may_be_used_twice() {
    let sqs = sqs();
    send(&sqs, "a", 0).await;
    let handle = receive(&sqs).await["ReceiptHandle"].take();
    let for_other_queue = json!({
        "ReceiptHandle": handle, "QueueUrl": sqs.urls.dead_letter_queue_url,
    });
    let bad = [json!({ "ReceiptHandle": "x" }), for_other_queue];
    check(&sqs, "DeleteMessage", Some("ReceiptHandleIsInvalid"), bad).await;
    let good = json!({ "ReceiptHandle": handle });
    check(&sqs, "DeleteMessage", None, [good.clone(), good]).await;
    assert_eq!(sqs.backlog(QueueId::Rounds).in_flight, 0);
}

#[tokio::test(start_paused = true)]
async fn each_batch_entry_succeeds_or_fails_separately() {
    let sqs = sqs();
    send(&sqs, "a", 0).await;
    let handle = receive(&sqs).await["ReceiptHandle"].take();
    let handle = handle.as_str().unwrap();
    let entries = json!([
        hide("good", handle, 0),
        hide("bad", "x", 0),
        hide("long", handle, 43_201),
        hide("gone", "rps-rounds/7/1", 0),
    ]);
    let operation = "ChangeMessageVisibilityBatch";
    let response = call(&sqs, operation, json!({ "Entries": entries })).await;
    let response = response.unwrap();
    assert_eq!(response["Successful"], json!([{ "Id": "good" }]));
    let failed = response["Failed"].as_array().unwrap().iter();
    let failed: Vec<_> = failed.map(|entry| [&entry["Id"], &entry["Code"]]).collect();
    let expected = [
        ["bad", "ReceiptHandleIsInvalid"],
        ["long", "InvalidParameterValue"],
        ["gone", "InvalidParameterValue"],
    ];
    assert_eq!(json!(failed), json!(expected));
}

#[tokio::test(start_paused = true)]
async fn a_batch_has_1_to_10_entries_with_different_ids() {
    let sqs = sqs();
    send(&sqs, "a", 0).await;
    let handle = receive(&sqs).await["ReceiptHandle"].take();
    let handle = handle.as_str().unwrap();
    let operation = "ChangeMessageVisibilityBatch";
    let batch = |ids: &str| {
        let entries: Vec<_> = ids
            .split_terminator(' ')
            .map(|id| hide(id, handle, 0))
            .collect();
        [json!({ "Entries": entries })]
    };
    for (ids, code) in [
        ("", Some("EmptyBatchRequest")),
        ("1 2 3 4 5 6 7 8 9 10", None),
        (
            "1 2 3 4 5 6 7 8 9 10 11",
            Some("TooManyEntriesInBatchRequest"),
        ),
        ("1 1", Some("BatchEntryIdsNotDistinct")),
    ] {
        let code = code.map(|code| format!("AWS.SimpleQueueService.{code}"));
        check(&sqs, operation, code.as_deref(), batch(ids)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn the_queues_have_the_limits_of_aws() {
    let sqs = sqs();
    let body = |bytes| json!({ "MessageBody": "x".repeat(bytes) });
    let delay = |delay_s| json!({ "MessageBody": "x", "DelaySeconds": delay_s });
    check(&sqs, "SendMessage", None, [body(1_048_576), delay(900)]).await;
    let bad = [body(1_048_577), delay(901), delay(-1)];
    check(&sqs, "SendMessage", VALUE, bad).await;
    check(&sqs, "SendMessage", Some("MissingParameter"), [body(0)]).await;
    let number = json!({ "MessageBody": 5 });
    check(&sqs, "SendMessage", UNREADABLE, [number]).await;
    let unknown_queue = json!({ "MessageBody": "x", "QueueUrl": "unknown" });
    let no_queue = Some("AWS.SimpleQueueService.NonExistentQueue");
    check(&sqs, "SendMessage", no_queue, [unknown_queue]).await;

    let bad = [
        json!({ "MaxNumberOfMessages": 0 }),
        json!({ "MaxNumberOfMessages": 11 }),
        json!({ "VisibilityTimeout": 43_201 }),
        json!({ "WaitTimeSeconds": 21 }),
    ];
    check(&sqs, "ReceiveMessage", VALUE, bad).await;
    let maximum = json!({ "MaxNumberOfMessages": 10, "VisibilityTimeout": 43_200 });
    check(&sqs, "ReceiveMessage", None, [maximum]).await;
    let unknown_attribute = json!({ "AttributeNames": ["Nonsense"] });
    check(&sqs, "ReceiveMessage", UNREADABLE, [unknown_attribute]).await;

    let to = |arn| json!({ "SourceArn": DEAD_ARN, "DestinationArn": arn });
    let bad = [to(DEAD_ARN), json!({ "SourceArn": ROUNDS_ARN })];
    check(&sqs, "StartMessageMoveTask", VALUE, bad).await;
    let unknown = [to("x"), json!({ "SourceArn": "x" })];
    let no_resource = Some("ResourceNotFoundException");
    check(&sqs, "StartMessageMoveTask", no_resource, unknown).await;
}

#[tokio::test]
async fn the_error_for_an_unsupported_operation_lists_the_supported_ones() {
    let sqs = sqs();
    let message = sqs.execute("CreateQueue", b"{}").unwrap_err().message;
    let start = "The local queue does not support CreateQueue; it supports ";
    let supported = message.strip_prefix(start).unwrap().trim_end_matches('.');
    for operation in supported.split(", ") {
        let unknown_parameter = json!({ "Nonsense": 1 });
        check(&sqs, operation, UNREADABLE, [unknown_parameter]).await;
    }
}
