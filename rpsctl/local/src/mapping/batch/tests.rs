//! Tests the event and the interpretation of responses.

use std::collections::BTreeMap;

use aws_lambda_events::sqs::SqsEvent;

use super::*;
use crate::sqs::{QueueId, Receipt, SystemAttribute};

fn message(id: &str) -> DeliveredMessage {
    DeliveredMessage {
        message_id: id.to_owned(),
        receipt_handle: Receipt {
            queue: QueueId::Rounds,
            key: 7,
            receive: 2,
        },
        body: "{}".to_owned(),
        md5_of_body: "99914b932bd37a50b983c5e7c90ae93b".to_owned(),
        attributes: BTreeMap::from([
            (SystemAttribute::SentTimestamp, "1707503007396".to_owned()),
            (SystemAttribute::ApproximateReceiveCount, "2".to_owned()),
        ]),
    }
}

#[test]
fn the_event_has_the_format_that_functions_expect() {
    let event = sqs_event(&[message("a"), message("b")], "arn:aws:sqs:us-east-1:0:q");
    let event: SqsEvent = serde_json::from_slice(&event).unwrap();
    assert_eq!(event.records.len(), 2);
    let record = &event.records[0];
    assert_eq!(record.message_id.as_deref(), Some("a"));
    assert_eq!(record.receipt_handle.as_deref(), Some("rps-rounds/7/2"));
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
}

#[test]
fn a_response_lists_the_failed_messages() {
    let batch = [message("a"), message("b")];
    for (response, expected) in [
        ("", "a b"),
        ("null", "a b"),
        ("{}", "a b"),
        (r#"{"batchItemFailures":null}"#, "a b"),
        (r#"{"batchItemFailures":[]}"#, "a b"),
        (r#"{"batchItemFailures":[{"itemIdentifier":"b"}]}"#, "a"),
        (
            r#"{"batchItemFailures":[{"itemIdentifier":"b"},{"itemIdentifier":"b"}]}"#,
            "a",
        ),
        // An invalid response fails the whole batch.
        ("oops", ""),
        (r#""done""#, ""),
        (r#"{"batchItemFailures":"a"}"#, ""),
        (r#"{"batchItemFailures":[{"itemIdentifier":""}]}"#, ""),
        (r#"{"batchItemFailures":[{"itemIdentifier":null}]}"#, ""),
        (r#"{"batchItemFailures":[{"messageId":"a"}]}"#, ""),
        (r#"{"batchItemFailures":[{"itemIdentifier":"c"}]}"#, ""),
        (
            r#"{"batchItemFailures":[{"itemIdentifier":"a"},{"itemIdentifier":"c"}]}"#,
            "",
        ),
    ] {
        let successful = successful_messages(response.as_bytes(), &batch);
        let ids: Vec<_> = successful
            .iter()
            .map(|message| &*message.message_id)
            .collect();
        assert_eq!(ids.join(" "), expected, "{response}");
    }
}
