//! What was counted, read with the unmodified SDK.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_sdk_cloudwatch::operation::get_metric_statistics::builders::GetMetricStatisticsFluentBuilder;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Datapoint, Dimension, Statistic};

use super::{Host, sdk};

pub(crate) type Metric<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)]);

/// A metric that is ours, and has no dimensions.
pub(crate) const fn billed(name: &str) -> Metric<'_> {
    ("rps-local/Billed", name, &[])
}

pub(crate) const fn of_api(name: &str) -> Metric<'_> {
    (
        "AWS/ApiGateway",
        name,
        &[("ApiId", "local"), ("Stage", "ws")],
    )
}

pub(crate) fn now_s() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(now.as_secs()).unwrap()
}

/// A request for the last quarter of an hour, and the next, as one datapoint.
pub(crate) fn request(
    host: &Host,
    (namespace, name, of): Metric<'_>,
) -> GetMetricStatisticsFluentBuilder {
    let dimension = |(name, value): &(&str, &str)| {
        let dimension = Dimension::builder().name(*name).value(*value);
        dimension.build()
    };
    sdk::cloudwatch(host)
        .get_metric_statistics()
        .namespace(namespace)
        .metric_name(name)
        .set_dimensions(Some(of.iter().map(dimension).collect()))
        .start_time(DateTime::from_secs(now_s() - 900))
        .end_time(DateTime::from_secs(now_s() + 900))
        .period(3600)
        .statistics(Statistic::Sum)
        .statistics(Statistic::SampleCount)
        .statistics(Statistic::Maximum)
}

/// All that was counted, if anything was.
pub(crate) async fn datapoint(host: &Host, metric: Metric<'_>) -> Option<Datapoint> {
    let answer = request(host, metric).send().await.unwrap();
    let mut datapoints = answer.datapoints.unwrap();
    assert!(datapoints.len() <= 1, "{datapoints:?}");
    datapoints.pop()
}

/// The sum; 0 where nothing was counted.
pub(crate) async fn sum(host: &Host, metric: Metric<'_>) -> f64 {
    let datapoint = datapoint(host, metric).await;
    datapoint.map_or(0.0, |it| it.sum.unwrap())
}

/// Waits for that sum: what is counted after an answer comes a little later than the answer.
pub(crate) async fn until(host: &Host, metric: Metric<'_>, expected: f64) {
    crate::support::until(async || (sum(host, metric).await - expected).abs() < 1e-9).await;
}
