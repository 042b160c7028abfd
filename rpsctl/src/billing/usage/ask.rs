//! Asking CloudWatch for the hours of a period.

use std::sync::atomic::{AtomicU32, Ordering};

use aws_sdk_cloudwatch::types::{Datapoint, Statistic};
use rps_contract::stack::Stack;
use rust_decimal::Decimal;
use time::{Duration, OffsetDateTime};

use crate::aws::{Deployment, Metric};
use crate::billing::usage::{Hours, Known, Period};

/// An hour: a month and the last days of the one before are fewer of them than CloudWatch gives in one answer, 1,440.
const PERIOD_S: i32 = 60 * 60;

/// Whose usage is asked for, of which time, and how often that was done.
pub(super) struct Ask<'a> {
    pub(super) deployment: &'a Deployment,
    /// What AWS has named itself.
    pub(super) parts: Known<&'a Stack>,
    pub(super) period: Period,
    requests: AtomicU32,
}

impl<'a> Ask<'a> {
    pub(super) async fn new(deployment: &'a Deployment, period: Period) -> Self {
        let parts = deployment.parts().await;
        Self {
            deployment,
            parts: parts.map_err(|why| why.to_string()),
            period,
            requests: AtomicU32::new(0),
        }
    }

    pub(super) fn requests(&self) -> u32 {
        self.requests.load(Ordering::Relaxed)
    }

    pub(super) fn count_request(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) async fn sums(&self, metric: &Metric) -> Known<Hours> {
        let found = self.datapoints(metric, &[Statistic::Sum]).await?;
        Ok(by_hour(&found, Datapoint::sum))
    }

    /// The sum of each hour, and how many values it is of.
    pub(super) async fn sums_and_counts(&self, metric: &Metric) -> Known<(Hours, Hours)> {
        let statistics = [Statistic::Sum, Statistic::SampleCount];
        let found = self.datapoints(metric, &statistics).await?;
        let sums = by_hour(&found, Datapoint::sum);
        Ok((sums, by_hour(&found, Datapoint::sample_count)))
    }

    async fn datapoints(&self, metric: &Metric, of: &[Statistic]) -> Known<Vec<Datapoint>> {
        self.count_request();
        let time = self.period.asked();
        let asked = self.deployment.statistics(metric, time, PERIOD_S, of);
        asked.await.map_err(|why| why.to_string())
    }

    /// The first minute of an hour in which there was something; none if that is not known.
    pub(super) async fn first_minute(
        &self,
        metric: &Metric,
        hour: OffsetDateTime,
    ) -> Option<OffsetDateTime> {
        self.count_request();
        let time = hour.into()..(hour + Duration::HOUR).into();
        let sum = [Statistic::Sum];
        let asked = self.deployment.statistics(metric, time, 60, &sum).await;
        asked.ok()?.iter().filter_map(start).min()
    }
}

fn by_hour(datapoints: &[Datapoint], value: impl Fn(&Datapoint) -> Option<f64>) -> Hours {
    let mut hours = Hours::new();
    for datapoint in datapoints {
        if let (Some(start), Some(value)) = (start(datapoint), value(datapoint)) {
            // What is no number is none of AWS's.
            *hours.entry(start).or_default() += Decimal::try_from(value).unwrap_or_default();
        }
    }
    hours
}

fn start(datapoint: &Datapoint) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp(datapoint.timestamp?.secs()).ok()
}
