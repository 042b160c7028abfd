//! What AWS refuses, by code, beside the nearest request that it allows.

use serde_json::{Value, json};

use crate::service::{DLQ_ARN, ROUNDS_ARN, Service};

type Refusal = Option<&'static str>;

const VALUE: Refusal = Some("InvalidParameterValue");
const MISSING: Refusal = Some("MissingParameter");
const NO_QUEUE: Refusal = Some("AWS.SimpleQueueService.NonExistentQueue");
const NOT_FOUND: Refusal = Some("ResourceNotFoundException");

async fn check(service: &Service, operation: &str, cases: Vec<(Value, Refusal)>) {
    for (request, code) in cases {
        let text: String = request.to_string().chars().take(100).collect();
        let refused = service.refusal(operation, request).await;
        assert_eq!(refused.as_deref(), code, "{operation} {text}");
    }
}

#[tokio::test(start_paused = true)]
async fn sending() {
    let service = Service::new();
    let large = "x".repeat(1_048_576);
    check(
        &service,
        "SendMessage",
        vec![
            (json!({"MessageBody": "x", "DelaySeconds": 900}), None),
            (json!({"MessageBody": "x", "DelaySeconds": 901}), VALUE),
            (json!({"MessageBody": "x", "DelaySeconds": -1}), VALUE),
            (json!({"MessageBody": large}), None),
            (json!({"MessageBody": format!("{large}x")}), VALUE),
            (json!({}), MISSING),
            (json!({"MessageBody": 5}), Some("SerializationException")),
            (
                json!({"MessageBody": "\u{0}"}),
                Some("InvalidMessageContents"),
            ),
            (
                json!({"MessageBody": "x", "MessageDeduplicationId": "x"}),
                VALUE,
            ),
            (json!({"MessageBody": "x", "MessageGroupId": "x"}), None),
            (json!({"MessageBody": "x", "MessageGroupId": "x y"}), VALUE),
            (json!({"MessageBody": "x", "QueueUrl": "nowhere"}), NO_QUEUE),
            (json!({"MessageBody": "x", "QueueUrl": ""}), MISSING),
            (
                json!({"MessageBody": "x", "QueueUrl": "http://x/"}),
                Some("InvalidAddress"),
            ),
        ],
    )
    .await;
    check(
        &service,
        "SendMessageBatch",
        vec![(json!({}), Some("AWS.SimpleQueueService.EmptyBatchRequest"))],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn receiving() {
    let service = Service::new();
    check(
        &service,
        "ReceiveMessage",
        vec![
            (json!({"MaxNumberOfMessages": 0}), VALUE),
            (json!({"MaxNumberOfMessages": 11}), VALUE),
            (json!({"WaitTimeSeconds": 21}), VALUE),
            (json!({"WaitTimeSeconds": -1}), VALUE),
            (json!({"VisibilityTimeout": 43_201}), VALUE),
            (
                json!({"AttributeNames": ["Nonsense"]}),
                Some("InvalidAttributeName"),
            ),
            (json!({"QueueUrl": "nowhere"}), NO_QUEUE),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn deleting_and_hiding() {
    let service = Service::new();
    service.send("a", 0).await;
    let handle = service.receive("rounds").await["ReceiptHandle"].take();
    check(
        &service,
        "ChangeMessageVisibility",
        vec![
            (json!({"ReceiptHandle": handle}), MISSING),
            (
                json!({"ReceiptHandle": handle, "VisibilityTimeout": -1}),
                VALUE,
            ),
            (
                json!({"ReceiptHandle": handle, "VisibilityTimeout": 43_201}),
                VALUE,
            ),
            (
                json!({"ReceiptHandle": handle, "VisibilityTimeout": 60}),
                None,
            ),
        ],
    )
    .await;
    check(
        &service,
        "DeleteMessage",
        vec![
            (json!({}), MISSING),
            (
                json!({"ReceiptHandle": "x"}),
                Some("ReceiptHandleIsInvalid"),
            ),
            (json!({"ReceiptHandle": handle}), None),
            (json!({"ReceiptHandle": handle}), None),
        ],
    )
    .await;
    // The handle is gone with the message, but only for this.
    check(
        &service,
        "ChangeMessageVisibility",
        vec![(
            json!({"ReceiptHandle": handle, "VisibilityTimeout": 60}),
            VALUE,
        )],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn queues_and_their_attributes() {
    let service = Service::new();
    check(
        &service,
        "CreateQueue",
        vec![
            (json!({}), MISSING),
            (json!({"QueueName": "a b"}), VALUE),
            (json!({"QueueName": "x".repeat(81)}), VALUE),
            (
                json!({"QueueName": "a.fifo"}),
                Some("AWS.SimpleQueueService.UnsupportedOperation"),
            ),
        ],
    )
    .await;
    check(
        &service,
        "GetQueueUrl",
        vec![(json!({"QueueName": "nowhere"}), NO_QUEUE)],
    )
    .await;
    check(
        &service,
        "GetQueueAttributes",
        vec![(
            json!({"AttributeNames": ["Nonsense"]}),
            Some("InvalidAttributeName"),
        )],
    )
    .await;
    check(
        &service,
        "SetQueueAttributes",
        vec![
            (
                json!({"Attributes": {"QueueArn": "x"}}),
                Some("InvalidAttributeName"),
            ),
            (
                json!({"Attributes": {"DelaySeconds": "901"}}),
                Some("InvalidAttributeValue"),
            ),
            (json!({}), MISSING),
        ],
    )
    .await;
    check(
        &service,
        "ListQueues",
        vec![(json!({"MaxResults": 1001}), VALUE)],
    )
    .await;
    check(
        &service,
        "Nonsense",
        vec![(json!({}), Some("UnknownOperationException"))],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn moving_messages() {
    let service = Service::new();
    let nowhere = "arn:aws:sqs:us-east-1:000000000000:nowhere";
    check(
        &service,
        "StartMessageMoveTask",
        vec![
            (json!({"SourceArn": ROUNDS_ARN}), VALUE),
            (json!({"SourceArn": "x"}), VALUE),
            (json!({"SourceArn": nowhere}), NOT_FOUND),
            (
                json!({"SourceArn": DLQ_ARN, "DestinationArn": nowhere}),
                NOT_FOUND,
            ),
            (
                json!({"SourceArn": DLQ_ARN, "DestinationArn": DLQ_ARN}),
                VALUE,
            ),
            (
                json!({"SourceArn": DLQ_ARN, "MaxNumberOfMessagesPerSecond": 501}),
                VALUE,
            ),
        ],
    )
    .await;
    check(
        &service,
        "ListMessageMoveTasks",
        vec![(json!({"SourceArn": DLQ_ARN, "MaxResults": 11}), VALUE)],
    )
    .await;
    check(
        &service,
        "CancelMessageMoveTask",
        vec![(json!({"TaskHandle": "x"}), VALUE)],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_refusal_has_type_message_status_and_the_header_the_sdks_believe() {
    let service = Service::new();
    let (status, query_error, body) = service
        .call("GetQueueUrl", json!({"QueueName": "nowhere"}))
        .await;
    let expected = json!({
        "__type": "com.amazonaws.sqs#QueueDoesNotExist",
        "message": "The specified queue does not exist.",
    });
    assert_eq!((status, body), (400, expected));
    assert_eq!(
        query_error.as_deref(),
        Some("AWS.SimpleQueueService.NonExistentQueue;Sender")
    );
}
