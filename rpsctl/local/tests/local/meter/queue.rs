//! Messages and requests of SQS.

use rps_local::{DEAD_LETTER_QUEUE, QUEUE};
use serde_json::{Value, json};

use crate::pause::pause;
use crate::support::{Host, host, http, meter, sdk};

/// Sent, received, deleted, and received in vain.
async fn counted(host: &Host, queue: &str) -> [f64; 4] {
    let mut counted = [0.0; 4];
    let names = [
        "MessagesSent",
        "MessagesReceived",
        "MessagesDeleted",
        "EmptyReceives",
    ];
    for (count, name) in counted.iter_mut().zip(names) {
        let (name, of) = (format!("NumberOf{name}"), [("QueueName", queue)]);
        *count = meter::sum(host, ("AWS/SQS", &name, &of)).await;
    }
    counted
}

async fn requests(host: &Host) -> f64 {
    meter::sum(host, meter::billed("SqsRequests")).await
}

#[tokio::test]
async fn what_clients_do_is_counted_by_messages_and_billed_by_requests() {
    let host = host().await;
    // Nobody but this test asks for messages.
    pause(&sdk::lambda(&host)).await;
    let urls = host.local.urls();
    let call = async |operation: &str, mut request: Value, expected: f64| {
        request["QueueUrl"] = json!(urls.dead_letter_queue_url);
        let before = requests(&host).await;
        let target = format!("AmazonSQS.{operation}");
        let answer = http::aws(&urls.endpoint, &target, &request).await;
        assert_eq!(requests(&host).await - before, expected, "{operation}");
        answer
    };
    let counted = async || counted(&host, DEAD_LETTER_QUEUE).await;

    let body = |bytes| "x".repeat(bytes);
    for (bytes, expected) in [(1, 1.0), (64 * 1024, 1.0), (64 * 1024 + 1, 2.0)] {
        let message = json!({ "MessageBody": body(bytes) });
        call("SendMessage", message, expected).await;
    }
    assert_eq!(counted().await, [3.0, 0.0, 0.0, 0.0]);

    // 1 + 65,536 + 65,537 bytes begin a third chunk.
    let all = json!({ "MaxNumberOfMessages": 10 });
    let received = call("ReceiveMessage", all.clone(), 3.0).await.json();
    let none = call("ReceiveMessage", all, 1.0).await.json();
    assert!(none["Messages"].is_null());
    for message in received["Messages"].as_array().unwrap() {
        let handle = json!({ "ReceiptHandle": message["ReceiptHandle"] });
        call("DeleteMessage", handle, 1.0).await;
    }
    assert_eq!(counted().await, [3.0, 3.0, 3.0, 1.0]);

    call("GetQueueAttributes", json!({}), 1.0).await;
    let too_late = json!({ "MessageBody": "x", "DelaySeconds": 901 });
    assert_eq!(call("SendMessage", too_late, 0.0).await.status, 400);
    assert_eq!(counted().await, [3.0, 3.0, 3.0, 1.0]);
}

#[tokio::test]
async fn the_mapping_receives_too_and_deletes_what_has_not_failed() {
    for (body, deleted) in [("fine", 1.0), ("fail", 0.0)] {
        let mut host = host().await;
        host.send_message(body, 0).await;
        host.log.batch().await;
        // The batch is done then, and no poll ends in vain between two looks.
        pause(&sdk::lambda(&host)).await;
        let [sent, received, has_deleted, empty] = counted(&host, QUEUE).await;
        assert_eq!([sent, received, has_deleted], [1.0, 1.0, deleted]);
        // One send, one receive, one delete of all that is done.
        assert_eq!(requests(&host).await, 2.0 + deleted + empty);
    }
}
