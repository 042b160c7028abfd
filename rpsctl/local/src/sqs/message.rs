use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize, Serializer};
use tokio::time::Instant;
use uuid::Uuid;

use crate::ACCOUNT;
use crate::clock::Now;
use crate::error::AwsError;
use crate::sqs::QueueId;
use crate::sqs::error::bad_receipt;

/// The lower-case hex that SDKs compare with their own.
pub(super) fn md5_hex(body: &str) -> String {
    format!("{:x}", md5::compute(body))
}

#[derive(Debug)]
pub(super) struct Message {
    /// Unique in both queues, and in the order of sending.
    pub(super) key: u64,
    pub(super) id: String,
    pub(super) body: String,
    sent_ms: u64,
    /// When it came to its queue.
    pub(super) entered: Instant,
    pub(super) visible_at: Instant,
    /// Receives from all queues.
    pub(super) receives: u32,
    first_received_ms: Option<u64>,
    /// The queue that it failed in, if it is a dead letter.
    pub(super) source: Option<QueueId>,
}

impl Message {
    pub(super) fn new(key: u64, body: String, delay: Duration, now: Now) -> Self {
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

    /// Whether nobody could receive it yet.
    pub(super) fn is_delayed(&self, now: Instant) -> bool {
        self.visible_at > now && self.receives == 0
    }

    /// Counts one receive and hides the message.
    pub(super) fn receive(&mut self, queue: QueueId, hidden_for: Duration, now: Now) -> Received {
        self.receives += 1;
        self.visible_at = now.instant + hidden_for;
        let first_received_ms = *self.first_received_ms.get_or_insert(now.epoch_ms);
        let mut attributes = BTreeMap::from([
            // AWS shows the id of an IAM user or role; there is neither here.
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
        Received {
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

    /// Puts the message in the dead-letter queue; it is as old there as it is dead.
    pub(super) fn die(&mut self, source: QueueId, now: Now) {
        self.source = Some(source);
        self.entered = now.instant;
        self.visible_at = now.instant;
    }
}

/// A message as a receiver sees it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Received {
    pub(crate) message_id: String,
    pub(crate) receipt_handle: Receipt,
    pub(crate) body: String,
    #[serde(rename = "MD5OfBody")]
    pub(crate) md5_of_body: String,
    /// Times are in milliseconds since 1970.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) attributes: BTreeMap<SystemAttribute, String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum SystemAttribute {
    /// Only in requests.
    All,
    ApproximateFirstReceiveTimestamp,
    ApproximateReceiveCount,
    DeadLetterQueueSourceArn,
    SenderId,
    SentTimestamp,
}

/// One receive of one message. Clients see it as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Receipt {
    pub(crate) queue: QueueId,
    pub(crate) key: u64,
    /// Which receive of the message it is, from 1.
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
    /// Reads a receipt handle of that queue.
    pub(super) fn read(handle: &str, queue: QueueId) -> Result<Self, AwsError> {
        let read = || {
            let rest = handle.strip_prefix(queue.name())?.strip_prefix('/')?;
            let (key, receive) = rest.split_once('/')?;
            Some(Self {
                queue,
                key: key.parse().ok()?,
                receive: receive.parse().ok()?,
            })
        };
        read().ok_or_else(|| bad_receipt(handle))
    }
}
