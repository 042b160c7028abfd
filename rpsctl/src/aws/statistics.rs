//! Read metrics from CloudWatch.
//!
//! `GetMetricStatistics` reads one metric; CloudWatch's million free API requests a month include it. `GetMetricData`
//! reads many metrics, and AWS charges for each of them (<https://aws.amazon.com/cloudwatch/pricing/>).

use std::ops::Range;
use std::time::SystemTime;

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::types::{Datapoint, Dimension, Statistic};

use crate::aws::Deployment;
use crate::exit::Failure;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Metric {
    pub(crate) namespace: String,
    pub(crate) name: &'static str,
    pub(crate) dimensions: Vec<(&'static str, String)>,
    /// The region whose CloudWatch has the metric; none for the stack's region.
    pub(crate) region: Option<&'static str>,
}

impl Metric {
    pub(crate) fn new(
        namespace: impl Into<String>,
        name: &'static str,
        dimensions: impl Into<Vec<(&'static str, String)>>,
    ) -> Self {
        Self {
            namespace: namespace.into(),
            name,
            dimensions: dimensions.into(),
            region: None,
        }
    }

    fn in_words(&self) -> String {
        match self.dimensions.first() {
            Some((_, value)) => format!("{} {} of {value}", self.namespace, self.name),
            None => format!("{} {}", self.namespace, self.name),
        }
    }
}

impl Deployment {
    /// Reads a metric's datapoints, unordered. CloudWatch has none for periods without values, nor for unknown metrics.
    pub(crate) async fn statistics(
        &self,
        metric: &Metric,
        time: Range<SystemTime>,
        period_s: i32,
        statistics: &[Statistic],
    ) -> Result<Vec<Datapoint>, Failure> {
        let dimensions = metric
            .dimensions
            .iter()
            .map(|(name, value)| Dimension::builder().name(*name).value(value).build());
        let request = self
            .cloudwatch(metric.region)
            .get_metric_statistics()
            .namespace(&metric.namespace)
            .metric_name(metric.name)
            .set_dimensions(Some(dimensions.collect()))
            .start_time(time.start.into())
            .end_time(time.end.into())
            .period(period_s)
            .set_statistics(Some(statistics.to_vec()));
        let response = Box::pin(request.send()).await;
        let statistics = response.map_err(|error| {
            let action = "cloudwatch:GetMetricStatistics";
            self.explain(action, &metric.in_words(), &error)
        })?;
        Ok(statistics.datapoints.unwrap_or_default())
    }

    fn cloudwatch(&self, region: Option<&'static str>) -> Client {
        match region {
            Some(region) => Client::new(&self.account.config_in(region)),
            None => Client::new(self.config()),
        }
    }
}
