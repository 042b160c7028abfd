//! The queue that is the games' clock, and its dead-letter queue.
//!
//! - `receive`: looking at messages, which is receiving them; giving them back, or deleting them
//! - `intake`: how much is received
//! - `held`: a message that was received
//! - `moves`: sending dead letters back
//! - `age`: how old the oldest message is, which only CloudWatch knows

mod age;
mod held;
mod intake;
mod moves;
mod receive;

use std::collections::HashMap;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::operation::get_queue_attributes::GetQueueAttributesOutput;
use aws_sdk_sqs::types::QueueAttributeName::{
    self, ApproximateNumberOfMessages, ApproximateNumberOfMessagesDelayed,
    ApproximateNumberOfMessagesNotVisible, QueueArn,
};
use rps_handlers::time::now_ms;
use tokio::sync::OnceCell;

use super::Deployment;
use super::clock::AnsweredAt;
use crate::exit::{Exit, Failure};

pub(crate) use self::held::Held;
pub(crate) use self::intake::{HOLD, Intake, MOST_MESSAGES, Received};
pub(crate) use self::moves::MoveTask;

/// A queue of the stack.
pub(crate) struct Queue<'a> {
    deployment: &'a Deployment,
    client: Client,
    url: &'a str,
    name: String,
    arn: OnceCell<String>,
}

/// How many messages a queue has, as SQS says: approximately.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    /// A receive would give them.
    pub(crate) visible: u64,
    /// Their delay is not over; no receive gives them.
    pub(crate) delayed: u64,
    /// Somebody has received them, and may still delete them.
    pub(crate) in_flight: u64,
    /// When that was, milliseconds since 1970: by AWS's clock if it says, because that of this machine may be wrong.
    pub(crate) at_ms: u64,
}

impl Counts {
    /// All together.
    pub(crate) fn total(self) -> u64 {
        self.visible + self.delayed + self.in_flight
    }
}

impl Deployment {
    /// The queue that is the clock.
    pub(crate) async fn queue(&self) -> Result<Queue<'_>, Failure> {
        let url = &self.parts().await?.queue_url;
        Ok(self.queue_at(url, self.target().queue()))
    }

    /// Its dead-letter queue.
    pub(crate) async fn dead_letter_queue(&self) -> Result<Queue<'_>, Failure> {
        let url = &self.parts().await?.dead_letter_queue_url;
        Ok(self.queue_at(url, self.target().dead_letter_queue()))
    }

    fn queue_at<'a>(&'a self, url: &'a str, name: String) -> Queue<'a> {
        Queue {
            deployment: self,
            client: Client::new(self.config()),
            url,
            name,
            arn: OnceCell::new(),
        }
    }
}

impl Queue<'_> {
    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The queue, for messages about it.
    fn in_words(&self) -> String {
        format!("the queue {}", self.name)
    }

    /// How many messages it has.
    pub(crate) async fn counts(&self) -> Result<Counts, Failure> {
        let answered = AnsweredAt::default();
        let names = vec![
            ApproximateNumberOfMessages,
            ApproximateNumberOfMessagesDelayed,
            ApproximateNumberOfMessagesNotVisible,
        ];
        let found = self.attributes(names, &answered).await?;
        let count = |name| {
            let count = self.attribute(&found, &name)?.parse();
            count.map_err(|_| self.not_said(&name))
        };
        Ok(Counts {
            visible: count(ApproximateNumberOfMessages)?,
            delayed: count(ApproximateNumberOfMessagesDelayed)?,
            in_flight: count(ApproximateNumberOfMessagesNotVisible)?,
            at_ms: answered.ms().unwrap_or_else(now_ms),
        })
    }

    /// Its ARN. It is looked up once.
    async fn arn(&self) -> Result<&String, Failure> {
        let look_up = async || {
            let found = self
                .attributes(vec![QueueArn], &AnsweredAt::default())
                .await?;
            self.attribute(&found, &QueueArn).map(str::to_owned)
        };
        self.arn.get_or_try_init(look_up).await
    }

    /// These of its attributes, if it has them.
    pub(crate) async fn settings(
        &self,
        names: Vec<QueueAttributeName>,
    ) -> Result<HashMap<QueueAttributeName, String>, Failure> {
        let found = self.attributes(names, &AnsweredAt::default()).await?;
        Ok(found.attributes.unwrap_or_default())
    }

    async fn attributes(
        &self,
        names: Vec<QueueAttributeName>,
        answered: &AnsweredAt,
    ) -> Result<GetQueueAttributesOutput, Failure> {
        let asked = self.client.get_queue_attributes().queue_url(self.url);
        let asked = asked.set_attribute_names(Some(names)).customize();
        let asked = asked.interceptor(answered.clone());
        Box::pin(asked.send()).await.map_err(|error| {
            let action = "sqs:GetQueueAttributes";
            self.deployment.explain(action, &self.in_words(), &error)
        })
    }

    fn attribute<'f>(
        &self,
        found: &'f GetQueueAttributesOutput,
        name: &QueueAttributeName,
    ) -> Result<&'f str, Failure> {
        let value = found.attributes().and_then(|all| all.get(name));
        value.map(String::as_str).ok_or_else(|| self.not_said(name))
    }

    fn not_said(&self, name: &QueueAttributeName) -> Failure {
        let message = format!(
            "AWS does not say {} of the queue {}",
            name.as_str(),
            self.name
        );
        Failure::new(Exit::Unexpected, message)
    }
}
