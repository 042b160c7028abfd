//! Stand-ins for DynamoDB, SQS and `@connections` at one address. They give valid answers and store nothing.

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::scenes;

/// The path of the WebSocket URL, and of `@connections` below it.
pub(crate) const STAGE: &str = "/live";

pub(crate) async fn answer(method: Method, headers: HeaderMap, body: Bytes) -> Response {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(target) = header("x-amz-target") else {
        return match method {
            Method::DELETE => StatusCode::NO_CONTENT,
            _ => StatusCode::OK,
        }
        .into_response();
    };
    let is_signed = header("authorization").is_some_and(|it| it.starts_with("AWS4-HMAC-SHA256 "));
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let (service, operation) = target.split_once('.').unwrap_or_default();
    let (answer, content_type) = match service {
        "DynamoDB_20120810" => (dynamo(operation, &body), "application/x-amz-json-1.0"),
        "AmazonSQS" => (sqs(operation), "application/x-amz-json-1.0"),
        _ => (None, ""),
    };
    match answer.filter(|_| is_signed) {
        Some(answer) => ([("content-type", content_type)], answer.to_string()).into_response(),
        None => (StatusCode::BAD_REQUEST, "unsigned or unknown").into_response(),
    }
}

/// `None`: the request is invalid. A put must be conditional, so that every variant does the same job.
fn dynamo(operation: &str, body: &Value) -> Option<Value> {
    let key = &body["Key"]["pk"]["S"];
    let key = key.as_str().or(body["Item"]["pk"]["S"].as_str())?;
    let item = scenes::item(body["TableName"].as_str()?, key);
    let named = |name: &str| item.map_or_else(|| json!({}), |item| json!({ name: item }));
    match operation {
        // Every put but that of `$connect` has a condition.
        "PutItem" if !key.starts_with("C#") => {
            body["ConditionExpression"].as_str().map(|_| json!({}))
        }
        "GetItem" => Some(named("Item")),
        "UpdateItem" => Some(named("Attributes")),
        "DeleteItem" if body["ReturnValues"] == "ALL_OLD" => Some(named("Attributes")),
        "PutItem" | "DeleteItem" => Some(json!({})),
        _ => None,
    }
}

fn sqs(operation: &str) -> Option<Value> {
    (operation == "SendMessage").then(|| {
        json!({
            "MessageId": "5fea7756-0ea4-451a-a703-a558b933e274",
            "MD5OfMessageBody": "fafb00f5732ab283681e124bf8747ed1",
        })
    })
}
