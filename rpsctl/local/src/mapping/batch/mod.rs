//! One batch: the event that Lambda makes of it, and what the function's response means.

use axum::body::Bytes;
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    names::REGION,
    sqs::{AttributeValue, MessageAttribute, Received},
};

pub(super) fn event(batch: &[Received], arn: &str) -> Bytes {
    let records: Vec<Value> = batch.iter().map(|message| record(message, arn)).collect();
    json!({ "Records": records }).to_string().into()
}

fn record(message: &Received, arn: &str) -> Value {
    let attributes = message.message_attributes.iter();
    let attributes =
        attributes.map(|(name, attribute)| (name.clone(), message_attribute(attribute)));
    let attributes: serde_json::Map<String, Value> = attributes.collect();
    json!({
        "messageId": message.message_id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "attributes": message.attributes,
        "messageAttributes": attributes,
        "md5OfBody": message.md5_of_body,
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": REGION,
    })
}

fn message_attribute(attribute: &MessageAttribute) -> Value {
    let (key, value) = match &attribute.value {
        AttributeValue::Text(text) => ("stringValue", text.clone()),
        AttributeValue::Binary(bytes) => ("binaryValue", BASE64_STANDARD.encode(bytes)),
    };
    json!({
        key: value,
        "stringListValues": [],
        "binaryListValues": [],
        "dataType": attribute.data_type,
    })
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct BatchResponse {
    batch_item_failures: Option<Vec<Failure>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Failure {
    item_identifier: String,
}

/// The messages that have not failed: all if the response is empty, null, or lists no failure; none if it is not JSON,
/// has a bad key, or names a message that is not in the batch.
pub(super) fn done<'a>(response: &[u8], batch: &'a [Received]) -> Vec<&'a Received> {
    let response = match serde_json::from_slice::<Option<BatchResponse>>(response) {
        Ok(response) => response,
        Err(_) if response.is_empty() => None,
        Err(_) => return Vec::new(),
    };
    let failures = response
        .and_then(|it| it.batch_item_failures)
        .unwrap_or_default();
    let is_of =
        |failure: &Failure, message: &Received| failure.item_identifier == message.message_id;
    if !failures
        .iter()
        .all(|failure| batch.iter().any(|it| is_of(failure, it)))
    {
        return Vec::new();
    }
    let has_failed = |message: &Received| failures.iter().any(|it| is_of(it, message));
    batch.iter().filter(|it| !has_failed(it)).collect()
}

#[cfg(test)]
mod tests;
