//! Metrics per minute, as CloudWatch returns them. They cover every quantity that AWS bills. To add a metric, define
//! a constant beside the code that counts it.

pub(crate) mod billed;

use std::collections::BTreeMap;
use std::sync::Mutex;

use crate::{clock, lock};

/// The retention period: longer than a month, because bills are monthly.
const RETENTION_MINUTES: u64 = 45 * 24 * 60;

/// A CloudWatch metric. It has one series per combination of dimension values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LocalMetric {
    pub(crate) namespace: &'static str,
    pub(crate) name: &'static str,
    pub(crate) dimensions: &'static [&'static str],
    pub(crate) unit: &'static str,
}

impl LocalMetric {
    pub(crate) const fn new(
        namespace: &'static str,
        name: &'static str,
        dimensions: &'static [&'static str],
        unit: &'static str,
    ) -> Self {
        Self {
            namespace,
            name,
            dimensions,
            unit,
        }
    }

    pub(crate) const fn for_queue(name: &'static str, unit: &'static str) -> Self {
        Self::new("AWS/SQS", name, &["QueueName"], unit)
    }

    pub(crate) const fn for_function(name: &'static str, unit: &'static str) -> Self {
        Self::new("AWS/Lambda", name, &["FunctionName"], unit)
    }
}

/// Summaries by minute since 1970. A minute without values has no summary.
pub(crate) type Minutes = BTreeMap<u64, Summary>;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Summary {
    pub(crate) count: f64,
    pub(crate) sum: f64,
    pub(crate) minimum: f64,
    pub(crate) maximum: f64,
}

impl Summary {
    fn of(value: f64) -> Self {
        Self {
            count: 1.0,
            sum: value,
            minimum: value,
            maximum: value,
        }
    }

    pub(crate) fn add_to(self, summaries: &mut BTreeMap<u64, Self>, key: u64) {
        let entry = summaries.entry(key).and_modify(|total| {
            total.count += self.count;
            total.sum += self.sum;
            total.minimum = total.minimum.min(self.minimum);
            total.maximum = total.maximum.max(self.maximum);
        });
        entry.or_insert(self);
    }
}

/// All series: metric, dimension values in the metric's order, and summaries.
#[derive(Debug, Default)]
pub(crate) struct Metrics(Mutex<Vec<(LocalMetric, Vec<String>, Minutes)>>);

impl Metrics {
    pub(crate) fn count(&self, metric: LocalMetric, dimensions: &[&str], value: f64) {
        self.add(metric, dimensions, value, clock::now_ms());
    }

    pub(crate) fn add(&self, metric: LocalMetric, dimensions: &[&str], value: f64, at_ms: u64) {
        self.change(metric, dimensions, at_ms, |minutes, minute| {
            Summary::of(value).add_to(minutes, minute);
        });
    }

    /// Replaces the minute's value with the latest observation.
    pub(crate) fn set(&self, metric: LocalMetric, dimensions: &[&str], value: f64, at_ms: u64) {
        self.change(metric, dimensions, at_ms, |minutes, minute| {
            minutes.insert(minute, Summary::of(value));
        });
    }

    /// Changes one minute of a series, and removes expired minutes.
    fn change(
        &self,
        metric: LocalMetric,
        dimensions: &[&str],
        at_ms: u64,
        change: impl FnOnce(&mut Minutes, u64),
    ) {
        let minute = at_ms / 60_000;
        let mut series = lock(&self.0);
        let existing = series
            .iter()
            .position(|(other, values, _)| *other == metric && values == dimensions);
        let index = existing.unwrap_or(series.len());
        if existing.is_none() {
            let values = dimensions.iter().map(|&value| value.to_owned()).collect();
            series.push((metric, values, Minutes::new()));
        }
        let minutes = &mut series[index].2;
        change(minutes, minute);
        let oldest = minute.saturating_sub(RETENTION_MINUTES);
        while minutes
            .first_key_value()
            .is_some_and(|(minute, _)| *minute < oldest)
        {
            minutes.pop_first();
        }
    }

    /// The unit and the values of the series with exactly these dimensions, in any order.
    pub(crate) fn series(
        &self,
        namespace: &str,
        name: &str,
        dimensions: &[(String, String)],
    ) -> Option<(&'static str, Minutes)> {
        let all = lock(&self.0);
        let series = all.iter().find(|(metric, values, _)| {
            let mut pairs = metric.dimensions.iter().zip(values);
            (metric.namespace, metric.name) == (namespace, name)
                && dimensions.len() == values.len()
                && pairs
                    .all(|(name, value)| dimensions.iter().any(|(n, v)| n == name && v == value))
        });
        series.map(|(metric, _, minutes)| (metric.unit, minutes.clone()))
    }

    #[cfg(test)]
    pub(crate) fn sum(&self, namespace: &str, name: &str, dimensions: &[(&str, &str)]) -> f64 {
        let to_owned = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
        let dimensions: Vec<_> = dimensions.iter().map(to_owned).collect();
        let series = self.series(namespace, name, &dimensions);
        let sum = |minutes: Minutes| minutes.values().map(|summary| summary.sum).sum();
        series.map_or(0.0, |(_, minutes)| sum(minutes))
    }
}

#[cfg(test)]
mod tests;
