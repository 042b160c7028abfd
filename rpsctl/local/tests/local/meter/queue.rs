//! Messages and requests of SQS.

use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use rps_local::{DEAD_LETTER_QUEUE, QUEUE};

use crate::pause::pause;
use crate::support::{Host, host, meter, sdk};

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
    let url = &host.local.urls().dead_letter_queue_url;
    let sqs = sdk::sqs(&host);
    let mut billed = requests(&host).await;
    let mut costs = async |what: &str, expected: f64| {
        let now = requests(&host).await;
        assert_eq!(now - billed, expected, "{what}");
        billed = now;
    };

    let send = |bytes| {
        sqs.send_message()
            .queue_url(url)
            .message_body("x".repeat(bytes))
    };
    for (bytes, expected) in [(1, 1.0), (64 * 1024, 1.0), (64 * 1024 + 1, 2.0)] {
        send(bytes).send().await.unwrap();
        costs("a message", expected).await;
    }
    let entry = |id: &str, bytes| {
        let entry = SendMessageBatchRequestEntry::builder().id(id);
        entry.message_body("x".repeat(bytes)).build().unwrap()
    };
    let batch = sqs.send_message_batch().queue_url(url);
    let batch = batch
        .entries(entry("a", 30_000))
        .entries(entry("b", 30_000));
    batch.send().await.unwrap();
    costs("a batch", 1.0).await;
    assert_eq!(
        counted(&host, DEAD_LETTER_QUEUE).await,
        [5.0, 0.0, 0.0, 0.0]
    );

    // 1 + 65,536 + 65,537 + 30,000 + 30,000 bytes begin a third chunk.
    let receive = || {
        sqs.receive_message()
            .queue_url(url)
            .max_number_of_messages(10)
    };
    let received = receive().send().await.unwrap().messages.unwrap();
    costs("five messages", 3.0).await;
    assert!(receive().send().await.unwrap().messages.is_none());
    costs("no message", 1.0).await;
    for message in &received {
        let delete = sqs.delete_message().queue_url(url);
        let delete = delete.set_receipt_handle(message.receipt_handle.clone());
        delete.send().await.unwrap();
    }
    costs("five deletes", 5.0).await;
    assert_eq!(
        counted(&host, DEAD_LETTER_QUEUE).await,
        [5.0, 5.0, 5.0, 1.0]
    );

    let attributes = sqs.get_queue_attributes().queue_url(url);
    attributes.send().await.unwrap();
    costs("attributes", 1.0).await;
    let refused = send(1).delay_seconds(901).send().await;
    assert!(refused.is_err());
    costs("nothing", 0.0).await;
    assert_eq!(
        counted(&host, DEAD_LETTER_QUEUE).await,
        [5.0, 5.0, 5.0, 1.0]
    );
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
