//! Reads metrics with the unmodified SDK.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_sdk_cloudwatch::operation::get_metric_statistics::builders::GetMetricStatisticsFluentBuilder;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Datapoint, Dimension, Statistic};

use super::{Host, sdk};

/// Namespace, name and dimensions.
pub(crate) type MetricQuery<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)]);

/// A metric of the local AWS's own namespace, without dimensions.
pub(crate) const fn billed(name: &str) -> MetricQuery<'_> {
    ("rps-local/Billed", name, &[])
}

pub(crate) const fn of_api(name: &str) -> MetricQuery<'_> {
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

/// Requests one datapoint for the last and the next 15 minutes.
pub(crate) fn request(
    host: &Host,
    (namespace, name, dimensions): MetricQuery<'_>,
) -> GetMetricStatisticsFluentBuilder {
    let dimension = |(name, value): &(&str, &str)| {
        let dimension = Dimension::builder().name(*name).value(*value);
        dimension.build()
    };
    sdk::cloudwatch(host)
        .get_metric_statistics()
        .namespace(namespace)
        .metric_name(name)
        .set_dimensions(Some(dimensions.iter().map(dimension).collect()))
        .start_time(DateTime::from_secs(now_s() - 900))
        .end_time(DateTime::from_secs(now_s() + 900))
        .period(3600)
        .statistics(Statistic::Sum)
        .statistics(Statistic::SampleCount)
        .statistics(Statistic::Maximum)
}

/// The metric's datapoint, if it has values.
pub(crate) async fn datapoint(host: &Host, metric: MetricQuery<'_>) -> Option<Datapoint> {
    let response = request(host, metric).send().await.unwrap();
    let mut datapoints = response.datapoints.unwrap();
    assert!(datapoints.len() <= 1, "{datapoints:?}");
    datapoints.pop()
}

/// The metric's sum, or 0 without values.
pub(crate) async fn sum(host: &Host, metric: MetricQuery<'_>) -> f64 {
    let datapoint = datapoint(host, metric).await;
    datapoint.map_or(0.0, |datapoint| datapoint.sum.unwrap())
}

/// Waits until the metric has the expected sum. The local AWS counts some values only after its response.
pub(crate) async fn until(host: &Host, metric: MetricQuery<'_>, expected: f64) {
    crate::support::until(async || (sum(host, metric).await - expected).abs() < 1e-9).await;
}
