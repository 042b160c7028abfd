//! Events and messages of SQS.

use aws_lambda_events::sqs::SqsBatchResponse;
use rps_game::{Message, Rules};
use rps_handlers::inbound::events::SqsEvent;
use rps_handlers::inbound::queue::decide_all;

use super::aws::{Aws, at_once};

/// A message that parses serializes and parses as itself. `decide` answers every event that parses: it puts back all
/// unreadable messages, and no message that it did not get.
pub(crate) fn queue(data: &[u8]) -> bool {
    let text = str::from_utf8(data).unwrap_or_default();
    let is_message = is_readable(text);
    let Ok(event) = serde_json::from_slice::<SqsEvent>(data) else {
        return is_message;
    };
    let messages = event.records.iter();
    let messages = messages.map(|message| (message.message_id.clone(), is_readable(&message.body)));
    let messages: Vec<(String, bool)> = messages.collect();
    let aws = &Aws::new();
    let answer = decide_all(&aws.table, aws, aws, aws, Rules::default(), event);
    let answer = serde_json::to_vec(&at_once(answer)).expect("a response serializes");
    let answer: SqsBatchResponse = serde_json::from_slice(&answer).expect("AWS reads the response");
    let failures = answer.batch_item_failures.into_iter();
    let failures: Vec<String> = failures.map(|failure| failure.item_identifier).collect();
    for (id, is_readable) in &messages {
        let is_kept = *is_readable || failures.contains(id);
        assert!(is_kept, "SQS would delete the unreadable message {id}");
    }
    for failure in &failures {
        let exists = messages.iter().any(|(id, _)| id == failure);
        assert!(exists, "a failure names the unknown message {failure}");
    }
    is_message || messages.iter().any(|(_, is_readable)| *is_readable)
}

fn is_readable(text: &str) -> bool {
    let Ok(message) = Message::parse(text) else {
        return false;
    };
    let json = serde_json::to_string(&message).expect("a message serializes");
    assert_eq!(Message::parse(&json), Ok(message));
    true
}
