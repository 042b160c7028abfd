//! The queue that is the games' clock, and its dead-letter queue.

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
pub(crate) use self::receive::{Deletion, Received};
use crate::aws::trouble::Trouble;
use crate::aws::{Deployment, Metric, Watch};
use crate::exit::{Exit, Failure};

/// How far back the oldest message is looked for: SQS tells CloudWatch each minute, and CloudWatch tells others some
/// minutes later.
const LAST_MINUTES: Duration = Duration::from_mins(5);

/// Seconds of one datapoint: the shortest that SQS has.
const PERIOD_S: i32 = 60;

pub(crate) type Attributes = HashMap<QueueAttributeName, String>;

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

    /// What it means that SQS did not do `action`, with the remedy.
    fn explain(&self, action: &str, trouble: impl Into<Trouble>) -> Failure {
        let queue = format!("the queue {}", self.name);
        self.deployment.explain(action, &queue, trouble)
    }

    pub(crate) async fn counts(&self) -> Result<Counts, Failure> {
        let watch = Watch::default();
        let names = vec![
            ApproximateNumberOfMessages,
            ApproximateNumberOfMessagesDelayed,
            ApproximateNumberOfMessagesNotVisible,
        ];
        let found = self.attributes(names, &watch).await?;
        Ok(Counts {
            visible: self.value(&found, &ApproximateNumberOfMessages)?,
            delayed: self.value(&found, &ApproximateNumberOfMessagesDelayed)?,
            in_flight: self.value(&found, &ApproximateNumberOfMessagesNotVisible)?,
            at_ms: watch.answered_ms().unwrap_or_else(now_ms),
        })
    }

    async fn arn(&self) -> Result<&String, Failure> {
        let look_up = async || {
            let found = self.attributes(vec![QueueArn], &Watch::default()).await?;
            self.value(&found, &QueueArn)
        };
        self.arn.get_or_try_init(look_up).await
    }

    /// These of its attributes, if it has them.
    pub(crate) async fn attributes(
        &self,
        names: Vec<QueueAttributeName>,
        watch: &Watch,
    ) -> Result<Attributes, Failure> {
        let asked = self.client.get_queue_attributes().queue_url(self.url);
        let asked = asked.set_attribute_names(Some(names)).customize();
        let answer = Box::pin(asked.interceptor(watch.clone()).send()).await;
        let found = answer.map_err(|error| self.explain("sqs:GetQueueAttributes", &error))?;
        Ok(found.attributes.unwrap_or_default())
    }

    /// The age of the oldest message in the latest minute that CloudWatch knows, seconds; none if it knows none of
    /// the last minutes.
    pub(crate) async fn oldest_age_s(&self) -> Result<Option<u64>, Failure> {
        let now = SystemTime::now();
        let metric = Metric::new(
            "AWS/SQS",
            "ApproximateAgeOfOldestMessage",
            [("QueueName", self.name.clone())],
        );
        let time = now - LAST_MINUTES..now;
        let statistics = [Statistic::Maximum];
        let asked = self
            .deployment
            .statistics(&metric, time, PERIOD_S, &statistics);
        let found = asked.await?.into_iter();
        let latest = found.max_by_key(|point| point.timestamp.map(|time| time.as_nanos()));
        let age = latest.and_then(|point| Duration::try_from_secs_f64(point.maximum?).ok());
        Ok(age.map(|age| age.as_secs()))
    }

    /// The value of an attribute that AWS was asked for.
    fn value<T: FromStr>(
        &self,
        found: &Attributes,
        name: &QueueAttributeName,
    ) -> Result<T, Failure> {
        let value = found.get(name).and_then(|value| value.parse().ok());
        value.ok_or_else(|| {
            let (name, queue) = (name.as_str(), &self.name);
            let message = format!("AWS does not say {name} of the queue {queue}");
            Failure::new(Exit::Unexpected, message)
        })
    }
}
