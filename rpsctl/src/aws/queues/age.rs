//! How old the oldest message is.

use std::time::{Duration, SystemTime};

use aws_sdk_cloudwatch::types::Statistic;

use super::Queue;
use crate::aws::Metric;
use crate::exit::Failure;

/// How far back is looked: SQS tells CloudWatch each minute, and CloudWatch tells others some minutes later.
const LAST: Duration = Duration::from_mins(5);

/// Seconds of one datapoint: the shortest that SQS has.
const PERIOD_S: i32 = 60;

impl Queue<'_> {
    /// The age of the oldest message in the latest minute that CloudWatch knows, seconds; none if it knows none of
    /// the last minutes.
    pub(crate) async fn oldest_age_s(&self) -> Result<Option<u64>, Failure> {
        let now = SystemTime::now();
        let metric = Metric::new(
            "AWS/SQS",
            "ApproximateAgeOfOldestMessage",
            [("QueueName", self.name.clone())],
        );
        let last_minutes = now - LAST..now;
        let found = self
            .deployment
            .statistics(&metric, last_minutes, PERIOD_S, &[Statistic::Maximum])
            .await?;
        let latest = found
            .iter()
            .max_by_key(|point| point.timestamp.map(|time| time.as_nanos()));
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "SQS counts an age in whole seconds"
        )]
        let whole = |age_s: f64| age_s as u64;
        Ok(latest.and_then(|point| point.maximum).map(whole))
    }
}
