//! The SQS queue of delayed messages: round timers and rebalance messages.

use std::sync::OnceLock;

use aws_sdk_sqs::{Client, Config};
use aws_types::SdkConfig;
use rps_game::Message;

use crate::ports::{PortError, Schedule};

#[derive(Debug, Clone)]
pub struct SqsQueue {
    config: Config,
    client: OnceLock<Client>,
    queue_url: String,
}

impl SqsQueue {
    #[must_use]
    pub fn new(config: &SdkConfig, queue_url: String) -> Self {
        let queue = Self::lazy(config, queue_url);
        queue.client();
        queue
    }

    /// Builds the client at its first use, for a function that seldom sends.
    #[must_use]
    pub fn lazy(config: &SdkConfig, queue_url: String) -> Self {
        Self {
            config: Config::new(config),
            client: OnceLock::new(),
            queue_url,
        }
    }

    fn client(&self) -> &Client {
        self.client
            .get_or_init(|| Client::from_conf(self.config.clone()))
    }
}

impl Schedule for SqsQueue {
    async fn schedule(&self, message: &Message, delay_s: u8) -> Result<(), PortError> {
        let body =
            serde_json::to_string(message).map_err(|error| PortError::new("SendMessage", error))?;
        self.client()
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
