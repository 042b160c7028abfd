use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize, Serializer};
use tokio::time::Instant;
use uuid::Uuid;

use crate::ACCOUNT;
use crate::clock::ClockTime;
use crate::error::AwsError;
use crate::sqs::QueueId;
use crate::sqs::error::bad_receipt;

/// The checksum that SDKs verify, in lower-case hex.
pub(super) fn md5_hex(body: &str) -> String {
    format!("{:x}", md5::compute(body))
}

#[derive(Debug)]
pub(super) struct QueuedMessage {
    /// Unique in both queues, and ascending in the order of sending.
    pub(super) key: u64,
    pub(super) id: String,
    pub(super) body: String,
    sent_ms: u64,
    /// When the message entered its current queue.
    pub(super) entered: Instant,
    pub(super) visible_at: Instant,
    /// The number of receives from all queues.
    pub(super) receives: u32,
    first_received_ms: Option<u64>,
    /// The original queue of a dead letter.
    pub(super) source: Option<QueueId>,
}

impl QueuedMessage {
    pub(super) fn new(key: u64, body: String, delay: Duration, now: ClockTime) -> Self {
        Self {
            key,
            id: Uuid::new_v4().to_string(),
            body,
            sent_ms: now.epoch_ms,
            entered: now.instant,
            visible_at: now.instant + delay,
            receives: 0,
            first_received_ms: None,
            source: None,
        }
    }

    /// Whether the message's delay has not ended yet.
    pub(super) fn is_delayed(&self, now: Instant) -> bool {
        self.visible_at > now && self.receives == 0
    }

    /// Counts one receive and hides the message.
    pub(super) fn receive(
        &mut self,
        queue: QueueId,
        hidden_for: Duration,
        now: ClockTime,
    ) -> DeliveredMessage {
        self.receives += 1;
        self.visible_at = now.instant + hidden_for;
        let first_received_ms = *self.first_received_ms.get_or_insert(now.epoch_ms);
        let mut attributes = BTreeMap::from([
            // AWS returns the id of an IAM user or role; the local AWS has neither.
            (SystemAttribute::SenderId, ACCOUNT.to_owned()),
            (SystemAttribute::SentTimestamp, self.sent_ms.to_string()),
            (
                SystemAttribute::ApproximateReceiveCount,
                self.receives.to_string(),
            ),
            (
                SystemAttribute::ApproximateFirstReceiveTimestamp,
                first_received_ms.to_string(),
            ),
        ]);
        let source = self.source.map(QueueId::arn);
        attributes.extend(source.map(|arn| (SystemAttribute::DeadLetterQueueSourceArn, arn)));
        DeliveredMessage {
            message_id: self.id.clone(),
            receipt_handle: Receipt {
                queue,
                key: self.key,
                receive: self.receives,
            },
            md5_of_body: md5_hex(&self.body),
            body: self.body.clone(),
            attributes,
        }
    }

    /// Makes the message a dead letter. Its age in the dead-letter queue starts at zero.
    pub(super) fn make_dead_letter(&mut self, source: QueueId, now: ClockTime) {
        self.source = Some(source);
        self.entered = now.instant;
        self.visible_at = now.instant;
    }
}

/// A message in the response of a receive.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DeliveredMessage {
    pub(crate) message_id: String,
    pub(crate) receipt_handle: Receipt,
    pub(crate) body: String,
    #[serde(rename = "MD5OfBody")]
    pub(crate) md5_of_body: String,
    /// Times are milliseconds since 1970.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) attributes: BTreeMap<SystemAttribute, String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum SystemAttribute {
    /// Used only in requests.
    All,
    ApproximateFirstReceiveTimestamp,
    ApproximateReceiveCount,
    DeadLetterQueueSourceArn,
    SenderId,
    SentTimestamp,
}

/// Identifies one receive of one message. Clients get it as a text, the receipt handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Receipt {
    pub(crate) queue: QueueId,
    pub(crate) key: u64,
    /// The number of the receive, from 1.
    pub(crate) receive: u32,
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.queue.name(), self.key, self.receive)
    }
}

impl Serialize for Receipt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Receipt {
    /// Parses a receipt handle of the queue.
    pub(super) fn parse(handle: &str, queue: QueueId) -> Result<Self, AwsError> {
        let parse = || {
            let rest = handle.strip_prefix(queue.name())?.strip_prefix('/')?;
            let (key, receive) = rest.split_once('/')?;
            Some(Self {
                queue,
                key: key.parse().ok()?,
                receive: receive.parse().ok()?,
            })
        };
        parse().ok_or_else(|| bad_receipt(handle))
    }
}
