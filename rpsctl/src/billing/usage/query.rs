//! Read hourly sums of a period from CloudWatch.

use std::sync::atomic::{AtomicU32, Ordering};

use aws_sdk_cloudwatch::types::{Datapoint, Statistic};
use rps_contract::stack::Stack;
use rust_decimal::Decimal;
use time::{Duration, OffsetDateTime};

use crate::aws::{Deployment, Metric};
use crate::billing::usage::{Hours, Period, UsageResult};

/// An hour. A month and the last days before it have fewer hours than CloudWatch's limit for one answer, 1,440.
const PERIOD_S: i32 = 60 * 60;

/// The deployment and the period to read, and the number of requests so far.
pub(super) struct UsageQuery<'a> {
    pub(super) deployment: &'a Deployment,
    /// The stack's resources with generated ids.
    pub(super) parts: UsageResult<&'a Stack>,
    pub(super) period: Period,
    requests: AtomicU32,
}

impl<'a> UsageQuery<'a> {
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

    pub(super) async fn sums(&self, metric: &Metric) -> UsageResult<Hours> {
        let points = self.datapoints(metric, &[Statistic::Sum]).await?;
        Ok(by_hour(&points, Datapoint::sum))
    }

    /// The sum of each hour and the number of its values.
    pub(super) async fn sums_and_counts(&self, metric: &Metric) -> UsageResult<(Hours, Hours)> {
        let statistics = [Statistic::Sum, Statistic::SampleCount];
        let points = self.datapoints(metric, &statistics).await?;
        let sums = by_hour(&points, Datapoint::sum);
        Ok((sums, by_hour(&points, Datapoint::sample_count)))
    }

    async fn datapoints(
        &self,
        metric: &Metric,
        statistics: &[Statistic],
    ) -> UsageResult<Vec<Datapoint>> {
        self.count_request();
        let time = self.period.query_range();
        let request = self
            .deployment
            .statistics(metric, time, PERIOD_S, statistics);
        request.await.map_err(|why| why.to_string())
    }

    /// The first minute of an hour that has a datapoint; none if it is unknown.
    pub(super) async fn first_minute(
        &self,
        metric: &Metric,
        hour: OffsetDateTime,
    ) -> Option<OffsetDateTime> {
        self.count_request();
        let time = hour.into()..(hour + Duration::HOUR).into();
        let sum = [Statistic::Sum];
        let points = self.deployment.statistics(metric, time, 60, &sum).await;
        points.ok()?.iter().filter_map(start).min()
    }
}

fn by_hour(datapoints: &[Datapoint], value: impl Fn(&Datapoint) -> Option<f64>) -> Hours {
    let mut hours = Hours::new();
    for datapoint in datapoints {
        if let (Some(start), Some(value)) = (start(datapoint), value(datapoint)) {
            // AWS sends no NaN and no infinity.
            *hours.entry(start).or_default() += Decimal::try_from(value).unwrap_or_default();
        }
    }
    hours
}

fn start(datapoint: &Datapoint) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp(datapoint.timestamp?.secs()).ok()
}
