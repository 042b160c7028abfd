//! One message of a queue, and what a receiver sees of it.

use std::collections::BTreeMap;

use tokio::time::Instant;
use uuid::Uuid;

use super::checksum::md5_hex;
use super::content::{Content, MessageAttributes, bytes};
use crate::ACCOUNT;
use crate::clock::Now;

/// A message in a queue.
#[derive(Debug, Clone)]
pub(super) struct Message {
    pub(super) id: String,
    pub(super) content: Content,
    /// When it was enqueued: retention counts from here, in a dead-letter queue too.
    pub(super) sent: Now,
    /// "The number of times a message has been received across all queues."
    pub(super) receives: u32,
    pub(super) first_received_ms: Option<u64>,
    /// The queue whose redrive policy moved it here.
    pub(super) dead_letter_source_arn: Option<String>,
}

impl Message {
    pub(super) fn new(content: Content, now: Now) -> Self {
        Self {
            id: Uuid::new_v4().to_string(),
            content,
            sent: now,
            receives: 0,
            first_received_ms: None,
            dead_letter_source_arn: None,
        }
    }

    /// The message a move task puts in its destination: to AWS a new one, with a new id and age.
    pub(super) fn redriven(self, now: Now) -> Self {
        Self::new(self.content, now)
    }

    pub(super) fn sent_at(&self) -> Instant {
        self.sent.instant
    }

    /// Counts one receive and shows what the receiver sees.
    pub(super) fn receive(
        &mut self,
        now: Now,
        receipt_handle: impl FnOnce(&Self) -> String,
    ) -> Received {
        self.receives += 1;
        self.first_received_ms.get_or_insert(now.epoch_ms);
        Received {
            message_id: self.id.clone(),
            receipt_handle: receipt_handle(self),
            md5_of_body: md5_hex(self.content.body.as_bytes()),
            body: self.content.body.clone(),
            attributes: self.system_attributes(now),
            message_attributes: self.content.attributes.clone(),
        }
    }

    fn system_attributes(&self, now: Now) -> BTreeMap<&'static str, String> {
        let first_received_ms = self.first_received_ms.unwrap_or(now.epoch_ms);
        let mut attributes = BTreeMap::from([
            // AWS shows the id of an IAM user or role; there is neither here.
            ("SenderId", ACCOUNT.to_owned()),
            ("SentTimestamp", self.sent.epoch_ms.to_string()),
            ("ApproximateReceiveCount", self.receives.to_string()),
            (
                "ApproximateFirstReceiveTimestamp",
                first_received_ms.to_string(),
            ),
        ]);
        attributes.extend(
            self.dead_letter_source_arn
                .clone()
                .map(|arn| ("DeadLetterQueueSourceArn", arn)),
        );
        attributes.extend(
            self.content
                .trace_header
                .clone()
                .map(|header| ("AWSTraceHeader", header)),
        );
        attributes.extend(
            self.content
                .group_id
                .clone()
                .map(|group| ("MessageGroupId", group)),
        );
        attributes
    }
}

/// A message as one receive shows it: all that the Lambda event of a queue needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The id `SendMessage` gave.
    pub message_id: String,
    /// Stands for this receive of the message; the next receive has another.
    pub receipt_handle: String,
    /// What was sent.
    pub body: String,
    /// Lower-case hex.
    pub md5_of_body: String,
    /// The system attributes that have a value; timestamps in ms since 1970.
    pub attributes: BTreeMap<&'static str, String>,
    /// The user attributes, all of them.
    pub message_attributes: MessageAttributes,
}

impl Received {
    pub(super) fn bytes(&self) -> u64 {
        bytes(&self.body, &self.message_attributes)
    }
}
