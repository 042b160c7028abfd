//! Creating, finding, purging and deleting queues.

use std::time::Duration;

use serde_json::{Value, json};

use crate::service::{ENDPOINT, Service};

#[tokio::test(start_paused = true)]
async fn a_deleted_or_purged_queue_keeps_nothing_and_has_its_pause() {
    let service = Service::new();
    service.send("a", 0).await;
    service.send("b", 60).await;
    service.ok("PurgeQueue", json!({})).await;
    assert_eq!(service.count("rounds").await, ["0", "0", "0"]);
    let purge = || service.refusal("PurgeQueue", json!({}));
    assert_eq!(
        purge().await.as_deref(),
        Some("AWS.SimpleQueueService.PurgeQueueInProgress")
    );
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert_eq!(purge().await, None);

    service.ok("DeleteQueue", json!({})).await;
    let gone = Some("AWS.SimpleQueueService.NonExistentQueue");
    assert_eq!(
        service
            .refusal("GetQueueAttributes", json!({}))
            .await
            .as_deref(),
        gone
    );
    let create = || service.refusal("CreateQueue", json!({"QueueName": "rounds"}));
    let recently = Some("AWS.SimpleQueueService.QueueDeletedRecently");
    assert_eq!(create().await.as_deref(), recently);
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert_eq!(create().await, None);
}

#[tokio::test(start_paused = true)]
async fn queues_are_found_listed_in_pages_and_tagged() {
    let service = Service::new();
    let url = |name: &str| format!("{ENDPOINT}/000000000000/{name}");
    let found = service
        .ok("GetQueueUrl", json!({"QueueName": "dead"}))
        .await;
    assert_eq!(found, json!({"QueueUrl": url("dead")}));
    let first = service.ok("ListQueues", json!({"MaxResults": 1})).await;
    assert_eq!(first["QueueUrls"], json!([url("dead")]));
    let request = json!({"MaxResults": 1, "NextToken": first["NextToken"]});
    let second = service.ok("ListQueues", request).await;
    assert_eq!(second, json!({"QueueUrls": [url("rounds")]}));
    let prefixed = service
        .ok("ListQueues", json!({"QueueNamePrefix": "ro"}))
        .await;
    assert_eq!(prefixed, json!({"QueueUrls": [url("rounds")]}));
    assert_eq!(
        service
            .ok("ListQueues", json!({"QueueNamePrefix": "x"}))
            .await,
        json!({})
    );

    service
        .ok("TagQueue", json!({"Tags": {"a": "1", "b": "2"}}))
        .await;
    service.ok("UntagQueue", json!({"TagKeys": ["a"]})).await;
    assert_eq!(
        service.ok("ListQueueTags", json!({})).await,
        json!({"Tags": {"b": "2"}})
    );
}

#[tokio::test(start_paused = true)]
async fn creating_a_queue_again_needs_the_same_attributes() {
    let service = Service::new();
    let create = |attributes: Value| {
        let request = json!({"QueueName": "rounds", "Attributes": attributes});
        async { service.refusal("CreateQueue", request).await }
    };
    assert_eq!(create(json!({})).await, None);
    assert_eq!(create(json!({"VisibilityTimeout": "10"})).await, None);
    let differs = create(json!({"VisibilityTimeout": "11"})).await;
    assert_eq!(differs.as_deref(), Some("QueueAlreadyExists"));
    let listed = service
        .ok(
            "GetQueueAttributes",
            json!({"AttributeNames": ["VisibilityTimeout"]}),
        )
        .await;
    assert_eq!(listed, json!({"Attributes": {"VisibilityTimeout": "10"}}));
}

#[tokio::test(start_paused = true)]
async fn a_receipt_handle_does_not_outlive_its_queue() {
    let service = Service::new();
    service.send("first", 0).await;
    let old_handle = service.receive("rounds").await["ReceiptHandle"].take();
    service.ok("DeleteQueue", json!({})).await;
    tokio::time::sleep(Duration::from_mins(1)).await;
    let create = json!({"QueueName": "rounds"});
    service.ok("CreateQueue", create).await;
    service.send("second", 0).await;
    service.receive("rounds").await;
    let delete = json!({"ReceiptHandle": old_handle});
    service.ok("DeleteMessage", delete).await;
    assert_eq!(service.count("rounds").await, ["0", "1", "0"]);
}
