//! Receipt handles: opaque to clients, here the address of one receive of one message.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::error::{Code, SqsError};

/// What a receipt handle stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Receipt {
    /// Where the queue holds the message.
    pub(super) key: u64,
    /// Keys start again when a queue is made again, message ids do not.
    pub(super) message_id: String,
    /// Which receive of the message this is, from 1.
    pub(super) receive: u32,
}

impl Receipt {
    pub(super) fn handle(&self, queue: &str) -> String {
        let Self {
            key,
            message_id,
            receive,
        } = self;
        STANDARD.encode(format!("{queue} {key} {message_id} {receive}"))
    }

    /// Reads a handle that `queue` gave out.
    pub(super) fn parse(handle: &str, queue: &str) -> Result<Self, SqsError> {
        if handle.is_empty() {
            return Err(SqsError::missing("ReceiptHandle"));
        }
        Self::decode(handle, queue).ok_or_else(|| {
            let message =
                format!("The input receipt handle \"{handle}\" is not a valid receipt handle.");
            SqsError::new(Code::ReceiptHandleIsInvalid, message)
        })
    }

    fn decode(handle: &str, queue: &str) -> Option<Self> {
        let text = String::from_utf8(STANDARD.decode(handle).ok()?).ok()?;
        let mut parts = text.split(' ');
        let of_this_queue = parts.next()? == queue;
        let receipt = Self {
            key: parts.next()?.parse().ok()?,
            message_id: parts.next()?.to_owned(),
            receive: parts.next()?.parse().ok()?,
        };
        (of_this_queue && parts.next().is_none()).then_some(receipt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_is_read_by_its_own_queue_only() {
        let receipt = Receipt {
            key: 7,
            message_id: "m".to_owned(),
            receive: 2,
        };
        let handle = receipt.handle("rounds");
        assert_eq!(Receipt::parse(&handle, "rounds"), Ok(receipt));
        for (handle, queue) in [
            (handle.as_str(), "other"),
            ("garbage", "rounds"),
            ("Z2FyYmFnZQ==", "rounds"),
        ] {
            let refused = Receipt::parse(handle, queue).expect_err("refused");
            assert_eq!(
                refused.code(),
                Code::ReceiptHandleIsInvalid,
                "{handle} at {queue}"
            );
        }
    }
}
