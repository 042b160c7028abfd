use std::cell::Cell;
use std::time::Duration;

use aws_sdk_sqs::types::Message;
use aws_sdk_sqs::types::MessageSystemAttributeName::{
    self, ApproximateFirstReceiveTimestamp, ApproximateReceiveCount, SentTimestamp,
};
use tokio::time::Instant;

/// How long a call that uses the receipt may take, with all its attempts.
const LAST_CALL: Duration = Duration::from_secs(30);

/// The attributes to request with each message.
pub(super) const ATTRIBUTES: [MessageSystemAttributeName; 3] = [
    SentTimestamp,
    ApproximateReceiveCount,
    ApproximateFirstReceiveTimestamp,
];

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
    /// Its age when it was received, in milliseconds.
    age_ms: u64,
    received_at: Instant,
    visible_at: Instant,
    is_released: Cell<bool>,
}

impl ReceivedMessage {
    /// `called_at` is when the receive call was sent, and `answered_ms` when AWS answered it by its clock. Returns none
    /// if an attribute is missing, which does not happen.
    pub(super) fn new(
        message: Message,
        called_at: Instant,
        answered_ms: Option<u64>,
        visibility_timeout: Duration,
    ) -> Option<Self> {
        let number = |name| -> Option<u64> {
            let value = message.attributes.as_ref()?.get(&name)?;
            value.parse().ok()
        };
        let sent_ms = number(SentTimestamp)?;
        let received_ms = number(ApproximateFirstReceiveTimestamp).max(answered_ms)?;
        Some(Self {
            sent_ms,
            receives: number(ApproximateReceiveCount)?.try_into().ok()?,
            age_ms: received_ms.saturating_sub(sent_ms),
            id: message.message_id?,
            body: message.body?,
            receipt: message.receipt_handle?,
            received_at: Instant::now(),
            visible_at: called_at + visibility_timeout,
            is_released: Cell::new(false),
        })
    }

    /// Its age in milliseconds, by AWS's clock. If this machine's clock is fast, it would make a young message seem old,
    /// and rpsctl would delete a message that a game needs.
    pub(crate) fn age_ms(&self) -> u64 {
        self.age_ms_at(Instant::now())
    }

    fn age_ms_at(&self, now: Instant) -> u64 {
        let since = now.saturating_duration_since(self.received_at);
        let since_ms = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
        self.age_ms.saturating_add(since_ms)
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

    /// A message that a call just received, sent 2.5 s before its first receive.
    pub(in crate::aws::queues) fn message(
        id: &str,
        receipt: &str,
        visibility_timeout: Duration,
    ) -> ReceivedMessage {
        message_at(id, receipt, visibility_timeout, None)
    }

    fn message_at(
        id: &str,
        receipt: &str,
        visibility_timeout: Duration,
        answered_ms: Option<u64>,
    ) -> ReceivedMessage {
        let message = Message::builder()
            .message_id(id)
            .body("b")
            .receipt_handle(receipt)
            .attributes(SentTimestamp, "1000")
            .attributes(ApproximateReceiveCount, "2")
            .attributes(ApproximateFirstReceiveTimestamp, "3500")
            .build();
        ReceivedMessage::new(message, Instant::now(), answered_ms, visibility_timeout)
            .expect("complete")
    }

    #[test]
    fn a_receipt_expires_with_its_visibility_timeout() {
        let message = message("m", "h", Duration::from_secs(30));
        assert!(message.is_in_hand());
        let after = |s| message.received_at + Duration::from_secs(s);
        assert!(!message.is_expired_at(after(29)));
        // The timeout counts from the call, because it is unknown when during the call SQS hid the message.
        assert!(message.is_expired_at(after(30)));
        // Too late to delete it: the call may take as long.
        assert!(message.expires_soon());
    }

    #[test]
    fn the_age_is_by_the_clock_of_aws() {
        // AWS's date has whole seconds, so it may precede the first receive.
        for (answered_ms, age_ms) in [(Some(3000), 2500), (Some(9000), 8000), (None, 2500)] {
            let message = message_at("m", "h", Duration::ZERO, answered_ms);
            assert_eq!(message.age_ms_at(message.received_at), age_ms);
            let later = message.received_at + Duration::from_millis(10);
            assert_eq!(message.age_ms_at(later), age_ms + 10);
        }
    }

    #[test]
    fn a_message_without_attributes_is_skipped() {
        let message = Message::builder().message_id("m").body("b").build();
        let message = ReceivedMessage::new(message, Instant::now(), Some(1), Duration::ZERO);
        assert!(message.is_none());
    }
}
