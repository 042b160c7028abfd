//! `GetMetricStatistics` (source: its page in the CloudWatch API reference).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::cloudwatch::unreadable;
use crate::error::AwsError;
use crate::metrics::{Metrics, Minutes, Summary};

/// "The maximum number of data points returned from a single call is 1,440."
const MAX_DATAPOINTS: u64 = 1440;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StatisticsRequest {
    namespace: Option<String>,
    metric_name: Option<String>,
    dimensions: Option<Vec<MetricDimension>>,
    /// Seconds since 1970.
    start_time: Option<f64>,
    end_time: Option<f64>,
    period: Option<u64>,
    statistics: Option<Vec<String>>,
    extended_statistics: Option<Vec<String>>,
    unit: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MetricDimension {
    name: String,
    value: String,
}

/// Returns a metric's statistics. An unknown metric has no datapoints.
pub(super) fn get(metrics: &Metrics, request: Value) -> Result<Value, AwsError> {
    let request: StatisticsRequest =
        serde_json::from_value(request).map_err(|error| unreadable(&error))?;
    let namespace = required(request.namespace, "Namespace")?;
    let name = required(request.metric_name, "MetricName")?;
    let range = TimeRange::of(request.start_time, request.end_time, request.period)?;
    let statistics = statistics(request.statistics, request.extended_statistics)?;
    let dimensions: Vec<_> = request
        .dimensions
        .unwrap_or_default()
        .into_iter()
        .map(|dimension| (dimension.name, dimension.value))
        .collect();
    let requested_unit = request.unit.as_ref();
    let series = metrics
        .series(&namespace, &name, &dimensions)
        .filter(|(unit, _)| requested_unit.is_none_or(|requested| requested == unit));
    let (unit, minutes) = series.unwrap_or_default();
    let datapoint = |(start_s, summary)| {
        let mut datapoint = json!({ "Timestamp": start_s, "Unit": unit });
        for (name, statistic) in &statistics {
            datapoint[*name] = json!(statistic(summary));
        }
        datapoint
    };
    let datapoints: Vec<Value> = range
        .summaries(&minutes)
        .into_iter()
        .map(datapoint)
        .collect();
    Ok(json!({ "Label": name, "Datapoints": datapoints }))
}

fn required<T>(parameter: Option<T>, name: &str) -> Result<T, AwsError> {
    parameter.ok_or_else(|| {
        let kind = "com.amazonaws.cloudwatch.v2010_08_01#MissingRequiredParameterException";
        let message = format!("The parameter {name} is required.");
        AwsError::bad_request(kind, message).with_query_code("MissingParameter")
    })
}

fn invalid(message: impl Into<String>) -> AwsError {
    let kind = "com.amazonaws.cloudwatch.v2010_08_01#InvalidParameterValueException";
    AwsError::bad_request(kind, message).with_query_code("InvalidParameterValue")
}

type Statistic = fn(Summary) -> f64;

const STATISTICS: [(&str, Statistic); 5] = [
    ("SampleCount", |summary| summary.count),
    ("Sum", |summary| summary.sum),
    ("Minimum", |summary| summary.minimum),
    ("Maximum", |summary| summary.maximum),
    ("Average", |summary| summary.sum / summary.count),
];

fn statistics(
    simple: Option<Vec<String>>,
    extended: Option<Vec<String>>,
) -> Result<Vec<(&'static str, Statistic)>, AwsError> {
    if extended.is_some_and(|extended| !extended.is_empty()) {
        return Err(invalid(
            "The local AWS does not support ExtendedStatistics: use Statistics.",
        ));
    }
    let find = |name: &String| {
        let statistic = STATISTICS.into_iter().find(|(known, _)| known == name);
        statistic.ok_or_else(|| {
            let names = STATISTICS.map(|(known, _)| known).join(", ");
            invalid(format!("Unknown statistic {name}: use one of {names}."))
        })
    };
    let names = simple.filter(|simple| !simple.is_empty());
    required(names, "Statistics")?.iter().map(find).collect()
}

/// The requested time range, divided into periods from its start.
#[derive(Debug)]
struct TimeRange {
    /// Rounded down to the minute, as AWS does for recent times.
    start_minute: u64,
    /// Exclusive.
    end_ms: u64,
    period_minutes: u64,
}

impl TimeRange {
    fn of(start: Option<f64>, end: Option<f64>, period: Option<u64>) -> Result<Self, AwsError> {
        let start_ms = milliseconds(required(start, "StartTime")?);
        let end_ms = milliseconds(required(end, "EndTime")?);
        let period_s = required(period, "Period")?;
        if start_ms >= end_ms {
            return Err(invalid(
                "The parameter StartTime must be less than the parameter EndTime.",
            ));
        }
        if period_s == 0 || period_s % 60 != 0 {
            return Err(invalid("The parameter Period must be a multiple of 60."));
        }
        let datapoints = (end_ms - start_ms).div_ceil(period_s.saturating_mul(1000));
        if datapoints > MAX_DATAPOINTS {
            let kind = "com.amazonaws.cloudwatch.v2010_08_01#InvalidParameterCombinationException";
            let message = format!(
                "You have requested up to {datapoints} datapoints, which exceeds the limit of 1,440. You may \
                 reduce the datapoints requested by increasing Period, or decreasing the time range."
            );
            let error = AwsError::bad_request(kind, message);
            return Err(error.with_query_code("InvalidParameterCombination"));
        }
        Ok(Self {
            start_minute: start_ms / 60_000,
            end_ms,
            period_minutes: period_s / 60,
        })
    }

    /// The summaries of the periods with values, by the period's start in seconds since 1970.
    fn summaries(&self, minutes: &Minutes) -> BTreeMap<u64, Summary> {
        let mut periods: BTreeMap<u64, Summary> = BTreeMap::new();
        let end_minute = self.end_ms.div_ceil(60_000);
        for (minute, summary) in minutes.range(self.start_minute..end_minute) {
            let offset = (minute - self.start_minute) % self.period_minutes;
            let start_s = (minute - offset) * 60;
            summary.add_to(&mut periods, start_s);
        }
        periods
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a time before 1970 and NaN count as 1970"
)]
fn milliseconds(seconds: f64) -> u64 {
    (seconds * 1000.0).round() as u64
}

#[cfg(test)]
mod tests;
