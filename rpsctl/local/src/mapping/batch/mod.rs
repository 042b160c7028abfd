//! One batch: the event that Lambda makes of it, and what the function's response means.

use axum::body::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::names::REGION;
use crate::sqs::Received;

pub(super) fn event(batch: &[Received], arn: &str) -> Bytes {
    let records: Vec<Value> = batch.iter().map(|message| record(message, arn)).collect();
    json!({ "Records": records }).to_string().into()
}

fn record(message: &Received, arn: &str) -> Value {
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
