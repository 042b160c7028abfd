use std::cell::Cell;
use std::time::Duration;

use aws_sdk_sqs::types::Message;
use aws_sdk_sqs::types::MessageSystemAttributeName::{
    self, ApproximateFirstReceiveTimestamp, ApproximateReceiveCount, SentTimestamp,
};
use tokio::time::Instant;

/// How long a call that uses the receipt may take, tries and all.
const LAST_CALL: Duration = Duration::from_secs(30);

/// What a receive asks of each message besides its body.
pub(super) const ATTRIBUTES: [MessageSystemAttributeName; 3] = [
    SentTimestamp,
    ApproximateReceiveCount,
    ApproximateFirstReceiveTimestamp,
];

/// A message that was received. Nobody else gets it for a time.
#[derive(Debug)]
pub(crate) struct ReceivedMessage {
    pub(crate) id: String,
    pub(crate) body: String,
    /// When it was sent, by AWS's clock, milliseconds since 1970.
    pub(crate) sent_ms: u64,
    /// How often it has been received, this time included.
    pub(crate) receives: u32,
    pub(super) receipt: String,
    /// How old it was when it was received, milliseconds.
    age_ms: u64,
    received: Instant,
    until: Instant,
    let_go: Cell<bool>,
}

impl ReceivedMessage {
    /// The message, received by a call that was made then and answered at that time by AWS's clock, for so long;
    /// none if SQS did not tell what it was asked, which does not happen.
    pub(super) fn new(
        message: Message,
        called: Instant,
        answered_ms: Option<u64>,
        hold: Duration,
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
            received: Instant::now(),
            until: called + hold,
            let_go: Cell::new(false),
        })
    }

    /// How long ago it was sent, milliseconds. Not by the clock of this machine: if that were fast, a young message
    /// would seem old, and one that is needed would be deleted.
    pub(crate) fn age_ms(&self) -> u64 {
        self.age_ms_at(Instant::now())
    }

    fn age_ms_at(&self, now: Instant) -> u64 {
        let held = now.saturating_duration_since(self.received);
        let held_ms = u64::try_from(held.as_millis()).unwrap_or(u64::MAX);
        self.age_ms.saturating_add(held_ms)
    }

    /// Whether its receipt may expire before a call that is made now has come to its end.
    pub(super) fn expires_soon(&self) -> bool {
        self.is_expired_at(Instant::now() + LAST_CALL)
    }

    fn is_expired_at(&self, now: Instant) -> bool {
        now >= self.until
    }

    /// Whether it is still to be given back. After its receipt has expired somebody else may have received it.
    pub(super) fn is_in_hand(&self) -> bool {
        !self.let_go.get() && !self.is_expired_at(Instant::now())
    }

    pub(super) fn let_go(&self) {
        self.let_go.set(true);
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A message with that receipt, sent 2.5 s before it was first received, by a call that has just been made.
    pub(in crate::aws::queues) fn received(
        id: &str,
        receipt: &str,
        hold: Duration,
    ) -> ReceivedMessage {
        answered(id, receipt, hold, None)
    }

    fn answered(
        id: &str,
        receipt: &str,
        hold: Duration,
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
        ReceivedMessage::new(message, Instant::now(), answered_ms, hold).expect("complete")
    }

    #[test]
    fn a_message_is_held_for_so_long() {
        let held = received("m", "h", Duration::from_secs(30));
        assert!(held.is_in_hand());
        let after = |s| held.received + Duration::from_secs(s);
        assert!(!held.is_expired_at(after(29)));
        // The hold counts from the call: when in it SQS hid the message is not known.
        assert!(held.is_expired_at(after(30)));
        // Too late to delete it: the call may take as long.
        assert!(held.expires_soon());
    }

    #[test]
    fn a_message_is_as_old_as_aws_says() {
        // In whole seconds, so that it may have been before the first receive.
        for (answered_ms, age_ms) in [(Some(3000), 2500), (Some(9000), 8000), (None, 2500)] {
            let held = answered("m", "h", Duration::ZERO, answered_ms);
            assert_eq!(held.age_ms_at(held.received), age_ms);
            let later = held.received + Duration::from_millis(10);
            assert_eq!(held.age_ms_at(later), age_ms + 10);
        }
    }

    #[test]
    fn what_lacks_something_is_no_message() {
        let message = Message::builder().message_id("m").body("b").build();
        let message = ReceivedMessage::new(message, Instant::now(), Some(1), Duration::ZERO);
        assert!(message.is_none());
    }
}
