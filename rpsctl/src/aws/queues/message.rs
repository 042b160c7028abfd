use std::cell::Cell;
use std::time::Duration;

use aws_sdk_sqs::types::Message;
use aws_sdk_sqs::types::MessageSystemAttributeName::{
    self, ApproximateReceiveCount, SentTimestamp,
};
use tokio::time::Instant;

/// How long a call that uses the receipt may take, with all its attempts.
const LAST_CALL: Duration = Duration::from_secs(30);

/// The attributes to request with each message.
pub(super) const ATTRIBUTES: [MessageSystemAttributeName; 2] =
    [SentTimestamp, ApproximateReceiveCount];

/// A received message. SQS hides it from other consumers until its visibility timeout ends.
#[derive(Debug)]
pub(crate) struct ReceivedMessage {
    pub(crate) id: String,
    pub(crate) body: String,
    /// When it was sent, by AWS's clock, in milliseconds since 1970.
    pub(crate) sent_ms: u64,
    /// How often it was received, including this time.
    pub(crate) receives: u32,
    pub(super) receipt: String,
    visible_at: Instant,
    is_released: Cell<bool>,
}

impl ReceivedMessage {
    /// `called_at` is when the receive call was sent. Returns none if an attribute is missing, which does not happen.
    pub(super) fn new(
        message: Message,
        called_at: Instant,
        visibility_timeout: Duration,
    ) -> Option<Self> {
        let number = |name| -> Option<u64> {
            let value = message.attributes.as_ref()?.get(&name)?;
            value.parse().ok()
        };
        Some(Self {
            sent_ms: number(SentTimestamp)?,
            receives: number(ApproximateReceiveCount)?.try_into().ok()?,
            id: message.message_id?,
            body: message.body?,
            receipt: message.receipt_handle?,
            visible_at: called_at + visibility_timeout,
            is_released: Cell::new(false),
        })
    }

    /// Whether its receipt may expire during a call that starts now.
    pub(super) fn expires_soon(&self) -> bool {
        self.is_expired_at(Instant::now() + LAST_CALL)
    }

    fn is_expired_at(&self, now: Instant) -> bool {
        now >= self.visible_at
    }

    /// Whether it can still be given back. After its receipt expires another consumer may have received it.
    pub(super) fn is_in_hand(&self) -> bool {
        !self.is_released.get() && !self.is_expired_at(Instant::now())
    }

    pub(super) fn release(&self) {
        self.is_released.set(true);
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A message that a call just received.
    pub(in crate::aws::queues) fn message(
        id: &str,
        receipt: &str,
        visibility_timeout: Duration,
    ) -> ReceivedMessage {
        let message = Message::builder()
            .message_id(id)
            .body("b")
            .receipt_handle(receipt)
            .attributes(SentTimestamp, "1000")
            .attributes(ApproximateReceiveCount, "2")
            .build();
        ReceivedMessage::new(message, Instant::now(), visibility_timeout).expect("complete")
    }

    #[test]
    fn a_receipt_expires_with_its_visibility_timeout() {
        let message = message("m", "h", Duration::from_secs(30));
        assert!(message.is_in_hand());
        assert!(!message.is_expired_at(message.visible_at - Duration::from_millis(1)));
        assert!(message.is_expired_at(message.visible_at));
        // Too late to delete it: the call may take as long.
        assert!(message.expires_soon());
    }

    #[test]
    fn a_message_without_attributes_is_skipped() {
        let message = Message::builder().message_id("m").body("b").build();
        let message = ReceivedMessage::new(message, Instant::now(), Duration::ZERO);
        assert!(message.is_none());
    }
}
