//! Tests the metering of SQS messages and requests.

use rps_local::{DEAD_LETTER_QUEUE, QUEUE};
use serde_json::{Value, json};

use crate::pause::pause;
use crate::support::{Host, host, http, meter, sdk};

/// Sent, received and deleted messages, and empty receives.
async fn queue_sums(host: &Host, queue: &str) -> [f64; 4] {
    let mut sums = [0.0; 4];
    let names = [
        "MessagesSent",
        "MessagesReceived",
        "MessagesDeleted",
        "EmptyReceives",
    ];
    for (sum, name) in sums.iter_mut().zip(names) {
        let (name, dimensions) = (format!("NumberOf{name}"), [("QueueName", queue)]);
        *sum = meter::sum(host, ("AWS/SQS", &name, &dimensions)).await;
    }
    sums
}

async fn requests(host: &Host) -> f64 {
    meter::sum(host, meter::billed("SqsRequests")).await
}

#[tokio::test]
async fn metrics_count_messages_and_the_bill_counts_requests() {
    let host = host().await;
    // Pause the mapping, so that only this test receives messages.
    pause(&sdk::lambda(&host)).await;
    let urls = host.local.urls();
    let call = async |operation: &str, mut request: Value, expected: f64| {
        request["QueueUrl"] = json!(urls.dead_letter_queue_url);
        let before = requests(&host).await;
        let target = format!("AmazonSQS.{operation}");
        let response = http::aws(&urls.endpoint, &target, &request).await;
        assert_eq!(requests(&host).await - before, expected, "{operation}");
        response
    };
    let sums = async || queue_sums(&host, DEAD_LETTER_QUEUE).await;

    let body = |bytes| "x".repeat(bytes);
    for (bytes, expected) in [(1, 1.0), (64 * 1024, 1.0), (64 * 1024 + 1, 2.0)] {
        let message = json!({ "MessageBody": body(bytes) });
        call("SendMessage", message, expected).await;
    }
    assert_eq!(sums().await, [3.0, 0.0, 0.0, 0.0]);

    // 1 + 65,536 + 65,537 bytes need three chunks of 64 KB.
    let all = json!({ "MaxNumberOfMessages": 10 });
    let received = call("ReceiveMessage", all.clone(), 3.0).await.json();
    let none = call("ReceiveMessage", all, 1.0).await.json();
    assert!(none["Messages"].is_null());
    for message in received["Messages"].as_array().unwrap() {
        let handle = json!({ "ReceiptHandle": message["ReceiptHandle"] });
        call("DeleteMessage", handle, 1.0).await;
    }
    assert_eq!(sums().await, [3.0, 3.0, 3.0, 1.0]);

    call("GetQueueAttributes", json!({}), 1.0).await;
    let too_late = json!({ "MessageBody": "x", "DelaySeconds": 901 });
    assert_eq!(call("SendMessage", too_late, 0.0).await.status, 400);
    assert_eq!(sums().await, [3.0, 3.0, 3.0, 1.0]);
}

#[tokio::test]
async fn the_mappings_receives_and_deletions_count_too() {
    for (body, deleted) in [("fine", 1.0), ("fail", 0.0)] {
        let mut host = host().await;
        host.send_message(body, 0).await;
        host.log.batch().await;
        // After the pause, the batch is complete and no poll adds empty receives.
        pause(&sdk::lambda(&host)).await;
        let [sent, received, deletions, empty] = queue_sums(&host, QUEUE).await;
        assert_eq!([sent, received, deletions], [1.0, 1.0, deleted]);
        // One send, one receive, and one deletion if the message succeeded.
        assert_eq!(requests(&host).await, 2.0 + deleted + empty);
    }
}
