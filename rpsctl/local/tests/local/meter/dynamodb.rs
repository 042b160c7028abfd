//! Tests the capacity units of each operation (source: "DynamoDB read and write operations", DynamoDB developer guide).

use rps_local::TABLE;
use rps_testkit::http::Answer;
use serde_json::{Value, json};

use crate::support::{Host, host, http, meter};

fn key(name: &str) -> Value {
    json!({ "pk": { "S": name } })
}

/// An item with the given size, including the attributes' names.
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

/// The consumed read and write units.
async fn units(host: &Host) -> (f64, f64) {
    let dimensions = [("TableName", TABLE)];
    let read = ("AWS/DynamoDB", "ConsumedReadCapacityUnits", &dimensions[..]);
    let write = (
        "AWS/DynamoDB",
        "ConsumedWriteCapacityUnits",
        &dimensions[..],
    );
    (meter::sum(host, read).await, meter::sum(host, write).await)
}

/// A local AWS and its consumed units before the next call.
struct DynamoBench {
    host: Host,
    units_before: (f64, f64),
}

impl DynamoBench {
    async fn new() -> Self {
        let host = host().await;
        let units_before = units(&host).await;
        Self { host, units_before }
    }

    async fn call(&self, operation: &str, request: &Value) -> Answer {
        let target = format!("DynamoDB_20120810.{operation}");
        http::aws(&self.host.local.urls().endpoint, &target, request).await
    }

    /// Asserts the call's status and its consumed read and write units.
    async fn expect_units(
        &mut self,
        operation: &str,
        request: Value,
        status: u16,
        expected: (f64, f64),
    ) {
        let response = self.call(operation, &request).await;
        assert_eq!(response.status, status, "{request}: {}", response.text());
        let now = units(&self.host).await;
        let before = self.units_before;
        let consumed = (now.0 - before.0, now.1 - before.1);
        assert_eq!(consumed, expected, "{operation} {request}");
        self.units_before = now;
    }

    /// Stores an item with the given size, if any. The next `expect_units` ignores the cost.
    async fn prepare_item(&mut self, name: &str, bytes: Option<usize>) {
        if let Some(bytes) = bytes {
            self.call("PutItem", &put(name, bytes)).await;
        }
        self.units_before = units(&self.host).await;
    }
}

const ABSENT: Option<&str> = Some("attribute_not_exists(pk)");
const PRESENT: Option<&str> = Some("attribute_exists(pk)");

#[tokio::test]
async fn a_write_consumes_the_larger_size_before_or_after_it_even_if_its_condition_fails() {
    let mut bench = DynamoBench::new().await;
    // The existing item's size, the operation, its condition, its status, and its write units.
    for (existing, operation, condition, status, expected) in [
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
        let name = format!("{operation} of {existing:?} if {condition:?}");
        bench.prepare_item(&name, existing).await;
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
        bench
            .expect_units(operation, request, status, (0.0, expected))
            .await;
    }
}

#[tokio::test]
async fn a_read_consumes_a_unit_per_4_kb_or_half_if_eventually_consistent() {
    let mut bench = DynamoBench::new().await;
    for (bytes, expected) in [(None, 1.0), (Some(4096), 1.0), (Some(4097), 2.0)] {
        let name = format!("{bytes:?}");
        bench.prepare_item(&name, bytes).await;
        for (consistent, expected) in [(true, expected), (false, expected / 2.0)] {
            let mut get = of_key(&name);
            get["ConsistentRead"] = json!(consistent);
            bench
                .expect_units("GetItem", get, 200, (expected, 0.0))
                .await;
        }
    }
}

#[tokio::test]
async fn a_batch_rounds_each_item_and_a_scan_rounds_the_total() {
    let mut bench = DynamoBench::new().await;
    let puts = [("a", 1500), ("b", 6500)]
        .map(|(name, bytes)| json!({ "PutRequest": { "Item": item(name, bytes) } }));
    let write = json!({ "RequestItems": { TABLE: puts } });
    bench
        .expect_units("BatchWriteItem", write, 200, (0.0, 2.0 + 7.0))
        .await;

    // As in the developer guide's example: 4 KB + 8 KB, not 8 KB.
    for (consistent, one_by_one, together) in [(true, 3.0, 2.0), (false, 1.5, 1.0)] {
        let keys = json!({ "Keys": [key("a"), key("b")], "ConsistentRead": consistent });
        let get = json!({ "RequestItems": { TABLE: keys } });
        bench
            .expect_units("BatchGetItem", get, 200, (one_by_one, 0.0))
            .await;
        let scan = json!({ "TableName": TABLE, "ConsistentRead": consistent });
        bench.expect_units("Scan", scan, 200, (together, 0.0)).await;
    }
    let query = json!({
        "TableName": TABLE,
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": { ":pk": { "S": "b" } },
    });
    bench.expect_units("Query", query, 200, (1.0, 0.0)).await;
}

#[tokio::test]
async fn a_transaction_consumes_twice_the_units_even_if_it_is_cancelled() {
    let mut bench = DynamoBench::new().await;
    for (condition, status) in [(ABSENT, 200), (PRESENT, 400)] {
        let mut check = of_key("check");
        check["ConditionExpression"] = json!(condition);
        let write = json!({ "TransactItems": [
            { "Put": put("put", 1500) }, { "Delete": of_key("delete") }, { "ConditionCheck": check },
        ] });
        let expected = (0.0, 2.0 * (2.0 + 1.0 + 1.0));
        bench
            .expect_units("TransactWriteItems", write, status, expected)
            .await;
    }
    let gets = ["put", "absent"].map(|name| json!({ "Get": of_key(name) }));
    let read = json!({ "TransactItems": gets });
    bench
        .expect_units("TransactGetItems", read, 200, (4.0, 0.0))
        .await;
}

#[tokio::test]
async fn calls_that_read_and_write_no_items_consume_nothing() {
    let mut bench = DynamoBench::new().await;
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
        bench
            .expect_units(operation, request, status, (0.0, 0.0))
            .await;
    }
}
