//! One batch: the event that Lambda makes of it, and what the function's response means.

use std::collections::HashSet;

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

/// Which messages of a batch stay in the queue.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Failures {
    All,
    Only(HashSet<String>),
}

impl Failures {
    pub(super) fn has(&self, message: &Received) -> bool {
        match self {
            Self::All => true,
            Self::Only(ids) => ids.contains(&message.message_id),
        }
    }
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

/// What a response means: none, null and an empty list are success; what is not JSON, has a bad key, or
/// names a message that was not in the batch fails the whole batch.
pub(super) fn failures(response: &[u8], batch: &[Received]) -> Failures {
    let response = match serde_json::from_slice::<Option<BatchResponse>>(response) {
        Ok(response) => response,
        Err(_) if response.is_empty() => None,
        Err(_) => return Failures::All,
    };
    let failed = response.and_then(|response| response.batch_item_failures);
    let ids: HashSet<String> = failed
        .unwrap_or_default()
        .into_iter()
        .map(|failure| failure.item_identifier)
        .collect();
    let known = |id: &String| batch.iter().any(|message| message.message_id == *id);
    if ids.iter().all(known) {
        Failures::Only(ids)
    } else {
        Failures::All
    }
}

#[cfg(test)]
mod tests;
