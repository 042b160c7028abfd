//! The capacity units of every operation (source: "DynamoDB read and write operations", DynamoDB developer guide).

use rps_local::TABLE;
use rps_testkit::http::Answer;
use serde_json::{Value, json};

use crate::support::{Host, host, http, meter};

fn key(name: &str) -> Value {
    json!({ "pk": { "S": name } })
}

/// An item of so many bytes, the names of its attributes included.
fn item(name: &str, bytes: usize) -> Value {
    let filling = bytes - "pk".len() - name.len() - "filling".len();
    json!({ "pk": { "S": name }, "filling": { "S": "x".repeat(filling) } })
}

fn put(name: &str, bytes: usize) -> Value {
    json!({ "TableName": TABLE, "Item": item(name, bytes) })
}

fn of_key(name: &str) -> Value {
    json!({ "TableName": TABLE, "Key": key(name) })
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
    counted: (f64, f64),
}

impl Stage {
    async fn new() -> Self {
        let host = host().await;
        let counted = units(&host).await;
        Self { host, counted }
    }

    async fn call(&self, operation: &str, request: &Value) -> Answer {
        let target = format!("DynamoDB_20120810.{operation}");
        http::aws(&self.host.local.urls().endpoint, &target, request).await
    }

    /// Holds what a call consumes to the units expected: read, written.
    async fn costs(&mut self, operation: &str, request: Value, status: u16, expected: (f64, f64)) {
        let answer = self.call(operation, &request).await;
        assert_eq!(answer.status, status, "{request}: {}", answer.text());
        let now = units(&self.host).await;
        let consumed = (now.0 - self.counted.0, now.1 - self.counted.1);
        assert_eq!(consumed, expected, "{operation} {request}");
        self.counted = now;
    }

    /// Stores an item of so many bytes, if any, and forgets what that has cost.
    async fn with(&mut self, name: &str, bytes: Option<usize>) {
        if let Some(bytes) = bytes {
            self.call("PutItem", &put(name, bytes)).await;
        }
        self.counted = units(&self.host).await;
    }
}

const ABSENT: Option<&str> = Some("attribute_not_exists(pk)");
const PRESENT: Option<&str> = Some("attribute_exists(pk)");

#[tokio::test]
async fn a_write_costs_the_larger_of_the_item_before_and_after_also_when_its_condition_fails() {
    let mut stage = Stage::new().await;
    // The item that is there, the operation, its condition, and what it costs.
    for (there, operation, condition, status, expected) in [
        (None, "put 1024", None, 200, 1.0),
        (None, "put 1025", None, 200, 2.0),
        (Some(3000), "put 100", None, 200, 3.0),
        (Some(100), "put 2049", PRESENT, 200, 3.0),
        (Some(1500), "put 100", ABSENT, 400, 2.0),
        (Some(100), "put 2500", ABSENT, 400, 3.0),
        (None, "put 2500", PRESENT, 400, 3.0),
        (None, "update", None, 200, 1.0),
        (Some(2048), "update", None, 200, 3.0),
        (Some(1000), "update", PRESENT, 200, 1.0),
        (Some(2500), "update", ABSENT, 400, 3.0),
        (None, "update", PRESENT, 400, 1.0),
        (Some(2500), "delete", None, 200, 3.0),
        (None, "delete", None, 200, 1.0),
        (Some(2500), "delete", ABSENT, 400, 3.0),
        (None, "delete", PRESENT, 400, 1.0),
    ] {
        let name = format!("{operation} of {there:?} if {condition:?}");
        stage.with(&name, there).await;
        let (operation, mut request) = match operation.split_once(' ') {
            Some((_, bytes)) => ("PutItem", put(&name, bytes.parse().unwrap())),
            None if operation == "delete" => ("DeleteItem", of_key(&name)),
            None => ("UpdateItem", of_key(&name)),
        };
        if operation == "UpdateItem" {
            request["UpdateExpression"] = json!("SET n = :n");
            request["ExpressionAttributeValues"] = json!({ ":n": { "N": "1" } });
        }
        if let Some(condition) = condition {
            request["ConditionExpression"] = json!(condition);
        }
        stage
            .costs(operation, request, status, (0.0, expected))
            .await;
    }
}

#[tokio::test]
async fn a_read_costs_a_unit_for_4_kb_and_half_of_it_when_eventually_consistent() {
    let mut stage = Stage::new().await;
    for (there, expected) in [(None, 1.0), (Some(4096), 1.0), (Some(4097), 2.0)] {
        let name = format!("{there:?}");
        stage.with(&name, there).await;
        for (consistent, expected) in [(true, expected), (false, expected / 2.0)] {
            let mut get = of_key(&name);
            get["ConsistentRead"] = json!(consistent);
            stage.costs("GetItem", get, 200, (expected, 0.0)).await;
        }
    }
}

#[tokio::test]
async fn items_are_rounded_one_by_one_in_a_batch_and_together_in_a_scan() {
    let mut stage = Stage::new().await;
    let puts = [("a", 1500), ("b", 6500)]
        .map(|(name, bytes)| json!({ "PutRequest": { "Item": item(name, bytes) } }));
    let write = json!({ "RequestItems": { TABLE: puts } });
    stage
        .costs("BatchWriteItem", write, 200, (0.0, 2.0 + 7.0))
        .await;

    // The example of the developer guide: 4 KB + 8 KB, not 8 KB.
    for (consistent, one_by_one, together) in [(true, 3.0, 2.0), (false, 1.5, 1.0)] {
        let keys = json!({ "Keys": [key("a"), key("b")], "ConsistentRead": consistent });
        let get = json!({ "RequestItems": { TABLE: keys } });
        stage
            .costs("BatchGetItem", get, 200, (one_by_one, 0.0))
            .await;
        let scan = json!({ "TableName": TABLE, "ConsistentRead": consistent });
        stage.costs("Scan", scan, 200, (together, 0.0)).await;
    }
    let query = json!({
        "TableName": TABLE,
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": { ":pk": { "S": "b" } },
    });
    stage.costs("Query", query, 200, (1.0, 0.0)).await;
}

#[tokio::test]
async fn a_transaction_costs_twice_also_when_it_is_cancelled() {
    let mut stage = Stage::new().await;
    for (condition, status) in [(ABSENT, 200), (PRESENT, 400)] {
        let mut check = of_key("check");
        check["ConditionExpression"] = json!(condition);
        let write = json!({ "TransactItems": [
            { "Put": put("put", 1500) }, { "Delete": of_key("delete") }, { "ConditionCheck": check },
        ] });
        let expected = (0.0, 2.0 * (2.0 + 1.0 + 1.0));
        stage
            .costs("TransactWriteItems", write, status, expected)
            .await;
    }
    let gets = ["put", "absent"].map(|name| json!({ "Get": of_key(name) }));
    let read = json!({ "TransactItems": gets });
    stage.costs("TransactGetItems", read, 200, (4.0, 0.0)).await;
}

#[tokio::test]
async fn what_reads_and_writes_no_item_costs_nothing() {
    let mut stage = Stage::new().await;
    for (operation, request, status) in [
        ("DescribeTable", json!({ "TableName": TABLE }), 200),
        ("ListTables", json!({}), 200),
        (
            "GetItem",
            json!({ "TableName": TABLE, "Key": { "no key": { "BOOL": true } } }),
            400,
        ),
        (
            "GetItem",
            json!({ "TableName": "nowhere", "Key": key("a") }),
            400,
        ),
    ] {
        stage.costs(operation, request, status, (0.0, 0.0)).await;
    }
}
