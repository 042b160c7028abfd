//! The queue, whose messages arrive when their time has come.

use rps_game::Message;

use crate::ports::Answer;

pub trait Schedule {
    const ACTION: &str = "sqs:SendMessage";

    /// Sends the message to arrive after that many seconds.
    fn schedule(&self, message: &Message, delay_s: u8) -> impl Answer<()>;
}
