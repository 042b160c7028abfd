//! The capacity units of every operation (source: "DynamoDB read and write operations", DynamoDB developer guide).

use aws_sdk_dynamodb::{
    Client,
    types::{
        AttributeValue, ConditionCheck, Delete, Get, KeysAndAttributes, Put, PutRequest,
        TransactGetItem, TransactWriteItem, WriteRequest,
    },
};
use rps_local::TABLE;

use crate::support::{Host, host, meter, sdk};

type Item = std::collections::HashMap<String, AttributeValue>;

fn key(name: &str) -> Item {
    Item::from([("pk".to_owned(), AttributeValue::S(name.to_owned()))])
}

/// An item of so many bytes, the names of its attributes included.
fn item(name: &str, bytes: usize) -> Item {
    let mut item = key(name);
    let filling = bytes - "pk".len() - name.len() - "filling".len();
    let filling = AttributeValue::S("x".repeat(filling));
    item.insert("filling".to_owned(), filling);
    item
}

async fn units(host: &Host) -> (f64, f64) {
    let of_table = [("TableName", TABLE)];
    let read = ("AWS/DynamoDB", "ConsumedReadCapacityUnits", &of_table[..]);
    let write = ("AWS/DynamoDB", "ConsumedWriteCapacityUnits", &of_table[..]);
    (meter::sum(host, read).await, meter::sum(host, write).await)
}

/// A host, and how much it has counted so far.
struct Stage {
    host: Host,
    dynamodb: Client,
    counted: (f64, f64),
}

impl Stage {
    async fn new() -> Self {
        let host = host().await;
        let (dynamodb, counted) = (sdk::dynamodb(&host), units(&host).await);
        Self {
            host,
            dynamodb,
            counted,
        }
    }

    /// Holds what was consumed since the last look to the units expected: read, written.
    async fn consumed(&mut self, what: &str, expected: (f64, f64)) {
        let now = units(&self.host).await;
        let consumed = (now.0 - self.counted.0, now.1 - self.counted.1);
        assert_eq!(consumed, expected, "{what}");
        self.counted = now;
    }

    /// Stores an item of so many bytes, if any, and forgets what that has cost.
    async fn with(&mut self, name: &str, bytes: Option<usize>) {
        if let Some(bytes) = bytes {
            self.put(name, bytes, None).await.unwrap();
        }
        self.counted = units(&self.host).await;
    }

    async fn put(&self, name: &str, bytes: usize, condition: Option<&str>) -> Result<(), ()> {
        let put = self.dynamodb.put_item().table_name(TABLE);
        let put = put.set_item(Some(item(name, bytes)));
        let put = put.set_condition_expression(condition.map(str::to_owned));
        put.send().await.map(drop).map_err(drop)
    }

    async fn update(&self, name: &str, condition: Option<&str>) -> Result<(), ()> {
        let update = self.dynamodb.update_item().table_name(TABLE);
        let update = update
            .set_key(Some(key(name)))
            .update_expression("SET n = :n")
            .expression_attribute_values(":n", AttributeValue::N("1".to_owned()))
            .set_condition_expression(condition.map(str::to_owned));
        update.send().await.map(drop).map_err(drop)
    }

    async fn delete(&self, name: &str, condition: Option<&str>) -> Result<(), ()> {
        let delete = self.dynamodb.delete_item().table_name(TABLE);
        let delete = delete
            .set_key(Some(key(name)))
            .set_condition_expression(condition.map(str::to_owned));
        delete.send().await.map(drop).map_err(drop)
    }

    async fn get(&self, name: &str, consistent: bool) {
        let get = self.dynamodb.get_item().table_name(TABLE);
        let get = get.set_key(Some(key(name))).consistent_read(consistent);
        get.send().await.unwrap();
    }
}

const ABSENT: Option<&str> = Some("attribute_not_exists(pk)");
const PRESENT: Option<&str> = Some("attribute_exists(pk)");

#[tokio::test]
async fn a_write_costs_the_larger_of_the_item_before_and_after_also_when_its_condition_fails() {
    let mut stage = Stage::new().await;
    // The item that is there, the operation, its condition, and what it costs.
    for (there, operation, condition, done, expected) in [
        (None, "put 1024", None, true, 1.0),
        (None, "put 1025", None, true, 2.0),
        (Some(3000), "put 100", None, true, 3.0),
        (Some(100), "put 2049", PRESENT, true, 3.0),
        (Some(1500), "put 100", ABSENT, false, 2.0),
        (Some(100), "put 2500", ABSENT, false, 3.0),
        (None, "put 2500", PRESENT, false, 3.0),
        (None, "update", None, true, 1.0),
        (Some(2048), "update", None, true, 3.0),
        (Some(1000), "update", PRESENT, true, 1.0),
        (Some(2500), "update", ABSENT, false, 3.0),
        (None, "update", PRESENT, false, 1.0),
        (Some(2500), "delete", None, true, 3.0),
        (None, "delete", None, true, 1.0),
        (Some(2500), "delete", ABSENT, false, 3.0),
        (None, "delete", PRESENT, false, 1.0),
    ] {
        let what = format!("{operation} of {there:?} if {condition:?}");
        stage.with(&what, there).await;
        let result = match operation.split_once(' ') {
            Some((_, bytes)) => stage.put(&what, bytes.parse().unwrap(), condition).await,
            None if operation == "update" => stage.update(&what, condition).await,
            None => stage.delete(&what, condition).await,
        };
        assert_eq!(result.is_ok(), done, "{what}");
        stage.consumed(&what, (0.0, expected)).await;
    }
}

#[tokio::test]
async fn a_read_costs_a_unit_for_4_kb_and_half_of_it_when_eventually_consistent() {
    let mut stage = Stage::new().await;
    for (there, expected) in [(None, 1.0), (Some(4096), 1.0), (Some(4097), 2.0)] {
        let name = format!("{there:?}");
        stage.with(&name, there).await;
        stage.get(&name, true).await;
        stage.consumed(&name, (expected, 0.0)).await;
        stage.get(&name, false).await;
        stage.consumed(&name, (expected / 2.0, 0.0)).await;
    }
}

#[tokio::test]
async fn items_are_rounded_one_by_one_in_a_batch_and_together_in_a_scan() {
    let mut stage = Stage::new().await;
    let put = |name: &str, bytes| {
        let put = PutRequest::builder().set_item(Some(item(name, bytes)));
        WriteRequest::builder()
            .put_request(put.build().unwrap())
            .build()
    };
    let write = stage.dynamodb.batch_write_item();
    let write = write.request_items(TABLE, vec![put("a", 1500), put("b", 6500)]);
    write.send().await.unwrap();
    stage.consumed("batch write", (0.0, 2.0 + 7.0)).await;

    // The example of the developer guide: 4 KB + 8 KB, not 8 KB.
    for (consistent, expected) in [(true, 3.0), (false, 1.5)] {
        let keys = KeysAndAttributes::builder().keys(key("a")).keys(key("b"));
        let keys = keys.consistent_read(consistent).build().unwrap();
        let get = stage.dynamodb.batch_get_item();
        get.request_items(TABLE, keys).send().await.unwrap();
        stage.consumed("batch get", (expected, 0.0)).await;
        let scan = stage.dynamodb.scan().table_name(TABLE);
        scan.consistent_read(consistent).send().await.unwrap();
        let together = if consistent { 2.0 } else { 1.0 };
        stage.consumed("scan", (together, 0.0)).await;
    }
    let query = stage.dynamodb.query().table_name(TABLE);
    let query = query.key_condition_expression("pk = :pk");
    let query = query.expression_attribute_values(":pk", AttributeValue::S("b".to_owned()));
    query.send().await.unwrap();
    stage.consumed("query", (1.0, 0.0)).await;
}

#[tokio::test]
async fn a_transaction_costs_twice_also_when_it_is_cancelled() {
    let mut stage = Stage::new().await;
    let write = async |stage: &Stage, check: &str| {
        let put = Put::builder()
            .table_name(TABLE)
            .set_item(Some(item("put", 1500)));
        let delete = Delete::builder()
            .table_name(TABLE)
            .set_key(Some(key("delete")));
        let check = ConditionCheck::builder()
            .table_name(TABLE)
            .set_key(Some(key("check")))
            .condition_expression(check);
        let write = stage.dynamodb.transact_write_items();
        let action = TransactWriteItem::builder;
        write
            .transact_items(action().put(put.build().unwrap()).build())
            .transact_items(action().delete(delete.build().unwrap()).build())
            .transact_items(action().condition_check(check.build().unwrap()).build())
            .send()
            .await
            .is_ok()
    };
    for (condition, done) in [
        ("attribute_not_exists(pk)", true),
        ("attribute_exists(pk)", false),
    ] {
        assert_eq!(write(&stage, condition).await, done);
        stage
            .consumed(condition, (0.0, 2.0 * (2.0 + 1.0 + 1.0)))
            .await;
    }
    let get = |name: &str| {
        let get = Get::builder().table_name(TABLE).set_key(Some(key(name)));
        TransactGetItem::builder().get(get.build().unwrap()).build()
    };
    let read = stage.dynamodb.transact_get_items();
    let read = read
        .transact_items(get("put"))
        .transact_items(get("absent"));
    read.send().await.unwrap();
    stage.consumed("transact get", (4.0, 0.0)).await;
}

#[tokio::test]
async fn what_reads_and_writes_no_item_costs_nothing() {
    let mut stage = Stage::new().await;
    let describe = stage.dynamodb.describe_table().table_name(TABLE);
    describe.send().await.unwrap();
    stage.dynamodb.list_tables().send().await.unwrap();
    let get = stage.dynamodb.get_item().table_name(TABLE);
    let invalid = get.key("no key", AttributeValue::Bool(true)).send().await;
    assert_eq!(sdk::code(invalid), "ValidationException");
    let elsewhere = stage.dynamodb.get_item().table_name("nowhere");
    let elsewhere = elsewhere.set_key(Some(key("a"))).send().await;
    assert_eq!(sdk::code(elsewhere), "ResourceNotFoundException");
    stage.consumed("nothing", (0.0, 0.0)).await;
}
