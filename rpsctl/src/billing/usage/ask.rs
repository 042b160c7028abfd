//! Asking CloudWatch for the hours of a period.

use std::sync::atomic::{AtomicU32, Ordering};

use aws_sdk_cloudwatch::types::{Datapoint, Statistic};
use rps_contract::stack::Stack;
use rust_decimal::Decimal;
use time::{Duration, OffsetDateTime};

use super::period::{Hours, Period};
use crate::aws::{Deployment, Metric};
use crate::exit::Failure;

/// An hour: a month and the last days of the one before are fewer of them than CloudWatch gives in one answer, 1,440.
const PERIOD_S: i32 = 60 * 60;

/// Who asks, for which time, and how often that was done.
pub(super) struct Ask<'a> {
    pub(super) deployment: &'a Deployment,
    /// What AWS has named itself, or why that is not known.
    pub(super) parts: Result<&'a Stack, Failure>,
    pub(super) period: Period,
    requests: AtomicU32,
}

impl<'a> Ask<'a> {
    pub(super) async fn new(deployment: &'a Deployment, period: Period) -> Self {
        Self {
            parts: deployment.parts().await,
            deployment,
            period,
            requests: AtomicU32::new(0),
        }
    }

    /// Requests of CloudWatch's API so far.
    pub(super) fn requests(&self) -> u32 {
        self.requests.load(Ordering::Relaxed)
    }

    /// One more of them.
    pub(super) fn count_request(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    /// The sum of each hour.
    pub(super) async fn sums(&self, metric: &Metric) -> Result<Hours, Failure> {
        let found = self.datapoints(metric, &[Statistic::Sum]).await?;
        Ok(by_hour(&found, Datapoint::sum))
    }

    /// The sum of each hour, and how many values it is of.
    pub(super) async fn sums_and_counts(&self, metric: &Metric) -> Result<(Hours, Hours), Failure> {
        let statistics = [Statistic::Sum, Statistic::SampleCount];
        let found = self.datapoints(metric, &statistics).await?;
        Ok((
            by_hour(&found, Datapoint::sum),
            by_hour(&found, Datapoint::sample_count),
        ))
    }

    /// The first minute of an hour in which there was something; none if that is not known.
    pub(super) async fn first_minute(
        &self,
        metric: &Metric,
        hour: OffsetDateTime,
    ) -> Option<OffsetDateTime> {
        self.count_request();
        let time = hour.into()..(hour + Duration::HOUR).into();
        let asked = self
            .deployment
            .statistics(metric, time, 60, &[Statistic::Sum]);
        asked.await.ok()?.iter().filter_map(start).min()
    }

    async fn datapoints(
        &self,
        metric: &Metric,
        statistics: &[Statistic],
    ) -> Result<Vec<Datapoint>, Failure> {
        self.count_request();
        let time = self.period.asked();
        let asked = self
            .deployment
            .statistics(metric, time, PERIOD_S, statistics);
        asked.await
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
