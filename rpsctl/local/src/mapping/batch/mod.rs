//! One batch of messages: the event for the function, and the interpretation of its response.

use axum::body::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::names::REGION;
use crate::sqs::DeliveredMessage;

pub(super) fn sqs_event(batch: &[DeliveredMessage], arn: &str) -> Bytes {
    let records: Vec<Value> = batch.iter().map(|message| record(message, arn)).collect();
    json!({ "Records": records }).to_string().into()
}

fn record(message: &DeliveredMessage, arn: &str) -> Value {
    json!({
        "messageId": message.message_id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "attributes": message.attributes,
        "messageAttributes": {},
        "md5OfBody": message.md5_of_body,
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": REGION,
    })
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct BatchResponse {
    batch_item_failures: Option<Vec<BatchItemFailure>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BatchItemFailure {
    item_identifier: String,
}

/// The messages that the function has not reported as failed. As in Lambda, that is every message if the response
/// is empty, null or lists no failure, and no message if the response is invalid or names an unknown message.
pub(super) fn successful_messages<'a>(
    response: &[u8],
    batch: &'a [DeliveredMessage],
) -> Vec<&'a DeliveredMessage> {
    let response = match serde_json::from_slice::<Option<BatchResponse>>(response) {
        Ok(response) => response,
        Err(_) if response.is_empty() => None,
        Err(_) => return Vec::new(),
    };
    let failures = response
        .and_then(|response| response.batch_item_failures)
        .unwrap_or_default();
    let failed: Vec<_> = failures
        .iter()
        .map(|failure| &failure.item_identifier)
        .collect();
    let is_in_batch = |id: &String| batch.iter().any(|message| message.message_id == *id);
    if !failed.iter().all(|id| is_in_batch(id)) {
        return Vec::new();
    }
    let has_failed = |message: &DeliveredMessage| failed.contains(&&message.message_id);
    let successful = batch.iter().filter(|message| !has_failed(message));
    successful.collect()
}

#[cfg(test)]
mod tests;
