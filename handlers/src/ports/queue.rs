//! The queue of delayed messages.

use rps_game::Message;

use crate::ports::PortCall;

pub trait Schedule {
    const ACTION: &str = "sqs:SendMessage";

    /// Sends the message with a delay in seconds.
    fn schedule(&self, message: &Message, delay_s: u8) -> impl PortCall<()>;
}
