//! The SQS queue of delayed messages: round timers and rebalance messages.

use aws_sdk_sqs::Client;
use aws_types::SdkConfig;
use rps_game::Message;

use crate::ports::{PortError, Schedule};

#[derive(Debug, Clone)]
pub struct SqsQueue {
    client: Client,
    queue_url: String,
}

impl SqsQueue {
    #[must_use]
    pub fn new(config: &SdkConfig, queue_url: String) -> Self {
        Self {
            client: Client::new(config),
            queue_url,
        }
    }
}

impl Schedule for SqsQueue {
    async fn schedule(&self, message: &Message, delay_s: u8) -> Result<(), PortError> {
        let body =
            serde_json::to_string(message).map_err(|error| PortError::new("SendMessage", error))?;
        self.client
            .send_message()
            .queue_url(&self.queue_url)
            .message_body(body)
            .delay_seconds(i32::from(delay_s))
            .send()
            .await
            .map(drop)
            .map_err(|error| PortError::new("SendMessage", error))
    }
}
