//! That calls are metered, nobody sees: callers of DynamoDB get what they have asked for.

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{
    AttributeValue, ReturnConsumedCapacity as Capacity,
    ReturnValuesOnConditionCheckFailure as OnFailure,
};
use rps_local::TABLE;
use serde_json::{Value, json};

use crate::support::{host, http, meter, sdk};

fn name() -> AttributeValue {
    AttributeValue::S("C#a".to_owned())
}

#[tokio::test]
async fn who_asks_for_the_consumed_capacity_gets_it_and_nobody_else() {
    let host = host().await;
    let dynamodb = sdk::dynamodb(&host);
    for (asked, answered, in_detail) in [
        (None, false, false),
        (Some(Capacity::None), false, false),
        (Some(Capacity::Total), true, false),
        (Some(Capacity::Indexes), true, true),
    ] {
        let put = dynamodb.put_item().table_name(TABLE).item("pk", name());
        let put = put.set_return_consumed_capacity(asked.clone());
        let consumed = put.send().await.unwrap().consumed_capacity;
        assert_eq!(consumed.is_some(), answered, "{asked:?}");
        if let Some(consumed) = consumed {
            assert_eq!(consumed.capacity_units, Some(1.0));
            assert_eq!(consumed.table.is_some(), in_detail);
        }
        let scan = dynamodb.scan().table_name(TABLE);
        let scan = scan.set_return_consumed_capacity(asked.clone());
        let scan = scan.send().await.unwrap();
        assert_eq!(scan.consumed_capacity.is_some(), answered, "{asked:?}");
        assert_eq!(scan.count, 1);
    }
    // Whatever was asked, all of it is counted.
    let counted = async |name| {
        let of_table = [("TableName", TABLE)];
        meter::sum(&host, ("AWS/DynamoDB", name, &of_table)).await
    };
    assert_eq!(counted("ConsumedWriteCapacityUnits").await, 4.0);
    assert_eq!(counted("ConsumedReadCapacityUnits").await, 4.0 * 0.5);
}

#[tokio::test]
async fn who_asks_for_the_item_of_a_failed_condition_gets_it_and_nobody_else() {
    let host = host().await;
    let dynamodb = sdk::dynamodb(&host);
    let put = || dynamodb.put_item().table_name(TABLE).item("pk", name());
    put().send().await.unwrap();
    for (asked, answered) in [
        (None, false),
        (Some(OnFailure::None), false),
        (Some(OnFailure::AllOld), true),
    ] {
        let put = put().condition_expression("attribute_not_exists(pk)");
        let put = put.set_return_values_on_condition_check_failure(asked.clone());
        let error = put.send().await.unwrap_err().into_service_error();
        let PutItemError::ConditionalCheckFailedException(failed) = error else {
            panic!("{error:?}");
        };
        assert_eq!(failed.item.is_some(), answered, "{asked:?}");
        assert_eq!(failed.message(), Some("The conditional request failed"));
    }
}

#[tokio::test]
async fn a_checksum_is_that_of_the_body_that_arrives() {
    let host = host().await;
    let item = json!({ "pk": { "S": "C#ä" }, "n": { "N": "1.5" } });
    let put = json!({ "TableName": TABLE, "Item": item });
    let mut again = put.clone();
    again["ConditionExpression"] = json!("attribute_not_exists(pk)");
    let get = json!({ "TableName": TABLE, "Key": { "pk": { "S": "C#ä" } } });
    for (operation, request, status, expected) in [
        ("PutItem", &put, 200, Some(json!({}))),
        ("GetItem", &get, 200, Some(json!({ "Item": item }))),
        ("PutItem", &again, 400, None),
        ("DescribeTable", &json!({ "TableName": TABLE }), 200, None),
        (
            "DescribeTable",
            &json!({ "TableName": "nobody's" }),
            400,
            None,
        ),
    ] {
        let target = format!("DynamoDB_20120810.{operation}");
        let answer = http::aws(&host.local.urls().endpoint, &target, request).await;
        assert_eq!(answer.status, status, "{}", answer.text());
        let checksum = crc32fast::hash(&answer.body).to_string();
        assert_eq!(answer.header("x-amz-crc32"), Some(&*checksum));
        let length = answer.body.len().to_string();
        assert_eq!(answer.header("content-length"), Some(&*length));
        if let Some(expected) = expected {
            assert_eq!(answer.json(), expected);
        }
    }
    let ttl = json!({ "TableName": TABLE });
    let target = "DynamoDB_20120810.DescribeTimeToLive";
    let ttl = http::aws(&host.local.urls().endpoint, target, &ttl).await;
    assert_eq!(ttl.json()["TimeToLiveDescription"]["AttributeName"], "ttl");
}

#[tokio::test]
async fn what_is_no_request_is_refused_by_dynamodb_itself() {
    let host = host().await;
    let endpoint = &host.local.urls().endpoint;
    for odd in [json!([]), json!("text"), Value::Null] {
        let answer = http::aws(endpoint, "DynamoDB_20120810.PutItem", &odd).await;
        assert_eq!(answer.status, 400, "{odd}: {}", answer.text());
    }
    let odd = json!({ "TableName": TABLE, "ReturnConsumedCapacity": "SOME" });
    let answer = http::aws(endpoint, "DynamoDB_20120810.Scan", &odd).await;
    assert_eq!(answer.status, 400);
    assert!(answer.text().contains("SOME"), "{}", answer.text());
}
