//! Tests that metering is invisible: DynamoDB's responses contain only the requested data.

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
async fn a_response_has_the_consumed_capacity_only_on_request() {
    let host = host().await;
    let dynamodb = sdk::dynamodb(&host);
    for (requested, is_returned, in_detail) in [
        (None, false, false),
        (Some(Capacity::None), false, false),
        (Some(Capacity::Total), true, false),
        (Some(Capacity::Indexes), true, true),
    ] {
        let put = dynamodb.put_item().table_name(TABLE).item("pk", name());
        let put = put.set_return_consumed_capacity(requested.clone());
        let consumed = put.send().await.unwrap().consumed_capacity;
        assert_eq!(consumed.is_some(), is_returned, "{requested:?}");
        if let Some(consumed) = consumed {
            assert_eq!(consumed.capacity_units, Some(1.0));
            assert_eq!(consumed.table.is_some(), in_detail);
        }
        let scan = dynamodb.scan().table_name(TABLE);
        let scan = scan.set_return_consumed_capacity(requested.clone());
        let scan = scan.send().await.unwrap();
        let scan_capacity = scan.consumed_capacity;
        assert_eq!(scan_capacity.is_some(), is_returned, "{requested:?}");
        assert_eq!(scan.count, 1);
    }
    // The meter counts all calls, with and without the parameter.
    let sum = async |name| {
        let dimensions = [("TableName", TABLE)];
        meter::sum(&host, ("AWS/DynamoDB", name, &dimensions)).await
    };
    assert_eq!(sum("ConsumedWriteCapacityUnits").await, 4.0);
    assert_eq!(sum("ConsumedReadCapacityUnits").await, 4.0 * 0.5);
}

#[tokio::test]
async fn the_error_of_a_failed_condition_has_the_item_only_on_request() {
    let host = host().await;
    let dynamodb = sdk::dynamodb(&host);
    let put = || dynamodb.put_item().table_name(TABLE).item("pk", name());
    put().send().await.unwrap();
    for (requested, is_returned) in [
        (None, false),
        (Some(OnFailure::None), false),
        (Some(OnFailure::AllOld), true),
    ] {
        let put = put().condition_expression("attribute_not_exists(pk)");
        let put = put.set_return_values_on_condition_check_failure(requested.clone());
        let error = put.send().await.unwrap_err().into_service_error();
        let PutItemError::ConditionalCheckFailedException(failed) = error else {
            panic!("{error:?}");
        };
        assert_eq!(failed.item.is_some(), is_returned, "{requested:?}");
        assert_eq!(failed.message(), Some("The conditional request failed"));
    }
}

#[tokio::test]
async fn checksum_and_length_match_the_edited_body() {
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
        let response = http::aws(&host.local.urls().endpoint, &target, request).await;
        assert_eq!(response.status, status, "{}", response.text());
        let checksum = crc32fast::hash(&response.body).to_string();
        assert_eq!(response.header("x-amz-crc32"), Some(&*checksum));
        let length = response.body.len().to_string();
        assert_eq!(response.header("content-length"), Some(&*length));
        if let Some(expected) = expected {
            assert_eq!(response.json(), expected);
        }
    }
    let ttl = json!({ "TableName": TABLE });
    let target = "DynamoDB_20120810.DescribeTimeToLive";
    let ttl = http::aws(&host.local.urls().endpoint, target, &ttl).await;
    assert_eq!(ttl.json()["TimeToLiveDescription"]["AttributeName"], "ttl");
}

#[tokio::test]
async fn invalid_requests_get_the_errors_of_dynamodb() {
    let host = host().await;
    let endpoint = &host.local.urls().endpoint;
    for invalid in [json!([]), json!("text"), Value::Null] {
        let response = http::aws(endpoint, "DynamoDB_20120810.PutItem", &invalid).await;
        assert_eq!(response.status, 400, "{invalid}: {}", response.text());
    }
    let invalid = json!({ "TableName": TABLE, "ReturnConsumedCapacity": "SOME" });
    let response = http::aws(endpoint, "DynamoDB_20120810.Scan", &invalid).await;
    assert_eq!(response.status, 400);
    assert!(response.text().contains("SOME"), "{}", response.text());
}
