//! The SQS event source mapping of `decide`, with `ReportBatchItemFailures` (source: "Using Lambda with
//! Amazon SQS", Lambda developer guide).

use std::{collections::HashSet, sync::Arc, time::Duration};

use axum::body::Bytes;
use base64::{Engine, prelude::BASE64_STANDARD};
use rps_core::names::Function;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::{
    REGION,
    lambda::Lambda,
    sqs::{AttributeValue, MessageAttribute, Queue, Received},
};

/// Messages in one invocation (Lambda's default batch size).
const BATCH: usize = 10;

/// How long one poll waits (SQS's longest).
const POLL: Duration = Duration::from_secs(20);

/// Polls the queue and invokes `decide`, at most `concurrency` invocations at a time, until aborted.
pub(crate) async fn run(queue: Arc<Queue>, lambda: Arc<Lambda>, concurrency: usize) {
    let places = Arc::new(Semaphore::new(concurrency));
    // A place first: a message received and then kept waiting would use up its visibility timeout.
    while let Ok(place) = Arc::clone(&places).acquire_owned().await {
        let batch = queue.receive(BATCH, POLL).await;
        if batch.is_empty() {
            continue;
        }
        let (queue, lambda) = (Arc::clone(&queue), Arc::clone(&lambda));
        tokio::spawn(async move {
            hand_over(&queue, &lambda, batch).await;
            drop(place);
        });
    }
}

/// One batch. What is not deleted at the end becomes visible again after the queue's visibility timeout.
async fn hand_over(queue: &Queue, lambda: &Lambda, batch: Vec<Received>) {
    let event = event(&batch, queue.arn());
    let result = lambda.invoke(Function::Decide, event).await;
    let failed = match result {
        Ok(response) => failures(&response, &batch),
        // The reason is in the function's log.
        Err(_) => Failures::All,
    };
    for message in batch.iter().filter(|message| !failed.has(message)) {
        if let Err(error) = queue.delete(&message.receipt_handle) {
            tracing::warn!(%error, message = message.message_id, "cannot delete");
        }
    }
}

/// The event, as Lambda makes it of a batch.
fn event(batch: &[Received], arn: &str) -> Bytes {
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
enum Failures {
    All,
    Only(HashSet<String>),
}

impl Failures {
    fn has(&self, message: &Received) -> bool {
        match self {
            Self::All => true,
            Self::Only(ids) => ids.contains(&message.message_id),
        }
    }
}

#[derive(Deserialize)]
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
fn failures(response: &[u8], batch: &[Received]) -> Failures {
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
mod tests {
    use std::collections::BTreeMap;

    use aws_lambda_events::sqs::SqsEvent;

    use super::{AttributeValue, Failures, MessageAttribute, Received, event, failures};

    fn message(id: &str) -> Received {
        Received {
            message_id: id.to_owned(),
            receipt_handle: format!("receipt of {id}"),
            body: "{}".to_owned(),
            md5_of_body: "99914b932bd37a50b983c5e7c90ae93b".to_owned(),
            attributes: BTreeMap::from([
                ("SentTimestamp", "1707503007396".to_owned()),
                ("ApproximateReceiveCount", "2".to_owned()),
            ]),
            message_attributes: BTreeMap::from([
                (
                    "word".to_owned(),
                    attribute("String", AttributeValue::Text("w".to_owned())),
                ),
                (
                    "bytes".to_owned(),
                    attribute("Binary", AttributeValue::Binary(vec![1, 2])),
                ),
            ]),
        }
    }

    fn attribute(data_type: &str, value: AttributeValue) -> MessageAttribute {
        MessageAttribute {
            data_type: data_type.to_owned(),
            value,
        }
    }

    #[test]
    fn the_event_is_the_one_functions_expect() {
        let event = event(&[message("a"), message("b")], "arn:aws:sqs:us-east-1:0:q");
        let event: SqsEvent = serde_json::from_slice(&event).unwrap();
        assert_eq!(event.records.len(), 2);
        let record = &event.records[0];
        assert_eq!(record.message_id.as_deref(), Some("a"));
        assert_eq!(record.receipt_handle.as_deref(), Some("receipt of a"));
        assert_eq!(record.body.as_deref(), Some("{}"));
        assert_eq!(record.attributes["SentTimestamp"], "1707503007396");
        assert_eq!(record.attributes["ApproximateReceiveCount"], "2");
        assert_eq!(record.event_source.as_deref(), Some("aws:sqs"));
        assert_eq!(
            record.event_source_arn.as_deref(),
            Some("arn:aws:sqs:us-east-1:0:q")
        );
        assert_eq!(record.aws_region.as_deref(), Some("us-east-1"));
        assert!(record.md5_of_body.is_some());
        assert_eq!(
            record.message_attributes["word"].string_value.as_deref(),
            Some("w")
        );
        let bytes = record.message_attributes["bytes"].binary_value.as_ref();
        assert_eq!(bytes.unwrap().0, [1, 2]);
    }

    fn failed(response: &str) -> Failures {
        failures(response.as_bytes(), &[message("a"), message("b")])
    }

    fn only(ids: &[&str]) -> Failures {
        Failures::Only(ids.iter().map(|id| (*id).to_owned()).collect())
    }

    #[test]
    fn nothing_said_is_success() {
        for response in [
            "",
            "null",
            "{}",
            r#"{"batchItemFailures":null}"#,
            r#"{"batchItemFailures":[]}"#,
        ] {
            assert_eq!(failed(response), only(&[]), "{response}");
        }
    }

    #[test]
    fn only_the_named_messages_fail() {
        let response = r#"{"batchItemFailures":[{"itemIdentifier":"b"}]}"#;
        assert_eq!(failed(response), only(&["b"]));
        let twice = r#"{"batchItemFailures":[{"itemIdentifier":"b"},{"itemIdentifier":"b"}]}"#;
        assert_eq!(failed(twice), only(&["b"]));
    }

    #[test]
    fn a_response_that_makes_no_sense_fails_the_whole_batch() {
        for response in [
            "oops",
            r#""done""#,
            r#"{"batchItemFailures":"a"}"#,
            r#"{"batchItemFailures":[{"itemIdentifier":""}]}"#,
            r#"{"batchItemFailures":[{"itemIdentifier":null}]}"#,
            r#"{"batchItemFailures":[{"messageId":"a"}]}"#,
            r#"{"batchItemFailures":[{"itemIdentifier":"c"}]}"#,
            r#"{"batchItemFailures":[{"itemIdentifier":"a"},{"itemIdentifier":"c"}]}"#,
        ] {
            assert_eq!(failed(response), Failures::All, "{response}");
        }
    }
}
