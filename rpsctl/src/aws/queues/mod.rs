//! The round timers' queue and its dead-letter queue.

mod message;
mod moves;
mod receive;

use std::collections::HashMap;
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use aws_sdk_cloudwatch::types::Statistic;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::QueueAttributeName::{
    self, ApproximateNumberOfMessages, ApproximateNumberOfMessagesDelayed,
    ApproximateNumberOfMessagesNotVisible, QueueArn,
};
use rps_handlers::time::now_ms;
use tokio::sync::OnceCell;

pub(crate) use self::message::ReceivedMessage;
pub(crate) use self::moves::MoveTask;
pub(crate) use self::receive::{Deletion, ReceiveResult};
use crate::aws::error::CallError;
use crate::aws::{CallTimer, Deployment, Metric};
use crate::exit::{Exit, Failure};

/// How far back to look for the age of the oldest message: SQS reports it each minute, and CloudWatch shows it some
/// minutes later.
const LAST_MINUTES: Duration = Duration::from_mins(5);

/// The shortest period of SQS metrics, in seconds.
const PERIOD_S: i32 = 60;

pub(crate) type QueueAttributes = HashMap<QueueAttributeName, String>;

pub(crate) struct Queue<'a> {
    deployment: &'a Deployment,
    client: Client,
    url: &'a str,
    name: String,
    arn: OnceCell<String>,
}

/// The approximate number of messages in a queue, as SQS reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct QueueCounts {
    /// Messages that a receive call can return.
    pub(crate) visible: u64,
    /// Messages whose delay is not over.
    pub(crate) delayed: u64,
    /// Messages that a consumer has received and not deleted yet.
    pub(crate) in_flight: u64,
    /// When SQS answered, in milliseconds since 1970. By AWS's clock if possible: this machine's clock may be wrong.
    pub(crate) at_ms: u64,
}

impl QueueCounts {
    pub(crate) fn total(self) -> u64 {
        self.visible + self.delayed + self.in_flight
    }
}

impl Deployment {
    pub(crate) async fn queue(&self) -> Result<Queue<'_>, Failure> {
        let url = &self.parts().await?.queue_url;
        Ok(self.queue_at(url, self.target().queue()))
    }

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
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Explains why `action` failed on this queue.
    fn explain(&self, action: &str, error: impl Into<CallError>) -> Failure {
        let queue = format!("the queue {}", self.name);
        self.deployment.explain(action, &queue, error)
    }

    pub(crate) async fn counts(&self) -> Result<QueueCounts, Failure> {
        let timer = CallTimer::default();
        let names = vec![
            ApproximateNumberOfMessages,
            ApproximateNumberOfMessagesDelayed,
            ApproximateNumberOfMessagesNotVisible,
        ];
        let attributes = self.attributes(names, &timer).await?;
        Ok(QueueCounts {
            visible: self.value(&attributes, &ApproximateNumberOfMessages)?,
            delayed: self.value(&attributes, &ApproximateNumberOfMessagesDelayed)?,
            in_flight: self.value(&attributes, &ApproximateNumberOfMessagesNotVisible)?,
            at_ms: timer.answered_ms().unwrap_or_else(now_ms),
        })
    }

    async fn arn(&self) -> Result<&String, Failure> {
        let look_up = async || {
            let attributes = self
                .attributes(vec![QueueArn], &CallTimer::default())
                .await?;
            self.value(&attributes, &QueueArn)
        };
        self.arn.get_or_try_init(look_up).await
    }

    /// Gets attributes by name. The answer omits attributes that the queue does not have.
    pub(crate) async fn attributes(
        &self,
        names: Vec<QueueAttributeName>,
        timer: &CallTimer,
    ) -> Result<QueueAttributes, Failure> {
        let request = self.client.get_queue_attributes().queue_url(self.url);
        let request = request.set_attribute_names(Some(names)).customize();
        let response = Box::pin(request.interceptor(timer.clone()).send()).await;
        let output = response.map_err(|error| self.explain("sqs:GetQueueAttributes", &error))?;
        Ok(output.attributes.unwrap_or_default())
    }

    /// The age of the oldest message in seconds, from the latest datapoint; none if the last minutes have none.
    pub(crate) async fn oldest_age_s(&self) -> Result<Option<u64>, Failure> {
        let now = SystemTime::now();
        let metric = Metric::new(
            "AWS/SQS",
            "ApproximateAgeOfOldestMessage",
            [("QueueName", self.name.clone())],
        );
        let time = now - LAST_MINUTES..now;
        let statistics = [Statistic::Maximum];
        let request = self
            .deployment
            .statistics(&metric, time, PERIOD_S, &statistics);
        let points = request.await?.into_iter();
        let latest = points.max_by_key(|point| point.timestamp.map(|time| time.as_nanos()));
        let age = latest.and_then(|point| Duration::try_from_secs_f64(point.maximum?).ok());
        Ok(age.map(|age| age.as_secs()))
    }

    fn value<T: FromStr>(
        &self,
        attributes: &QueueAttributes,
        name: &QueueAttributeName,
    ) -> Result<T, Failure> {
        let value = attributes.get(name).and_then(|value| value.parse().ok());
        value.ok_or_else(|| {
            let (name, queue) = (name.as_str(), &self.name);
            let message = format!("AWS returned no {name} for the queue {queue}; try again");
            Failure::new(Exit::Unexpected, message)
        })
    }
}
