//! The numbers of each minute that CloudWatch shows, and so what AWS would bill. A new metric is a constant beside the
//! code that counts it.

pub(crate) mod billed;

use std::collections::BTreeMap;
use std::sync::Mutex;

use crate::{clock, lock};

/// How long values are kept: longer than any month, because bills are by the month.
const KEPT_MINUTES: u64 = 45 * 24 * 60;

/// A metric in CloudWatch's terms: a series for each combination of values of its dimensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Metric {
    pub(crate) namespace: &'static str,
    pub(crate) name: &'static str,
    pub(crate) dimensions: &'static [&'static str],
    pub(crate) unit: &'static str,
}

impl Metric {
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

    pub(crate) const fn of_queue(name: &'static str, unit: &'static str) -> Self {
        Self::new("AWS/SQS", name, &["QueueName"], unit)
    }

    pub(crate) const fn of_function(name: &'static str, unit: &'static str) -> Self {
        Self::new("AWS/Lambda", name, &["FunctionName"], unit)
    }
}

/// Summaries by the number of their minute since 1970. A minute without values has none.
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
        let sum = summaries.entry(key).and_modify(|it| {
            it.count += self.count;
            it.sum += self.sum;
            it.minimum = it.minimum.min(self.minimum);
            it.maximum = it.maximum.max(self.maximum);
        });
        sum.or_insert(self);
    }
}

/// All metrics, each series with the values of its dimensions in the metric's order.
#[derive(Debug, Default)]
pub(crate) struct Metrics(Mutex<Vec<(Metric, Vec<String>, Minutes)>>);

impl Metrics {
    pub(crate) fn count(&self, metric: Metric, of: &[&str], value: f64) {
        self.add(metric, of, value, clock::now_ms());
    }

    pub(crate) fn add(&self, metric: Metric, of: &[&str], value: f64, at_ms: u64) {
        self.change(metric, of, at_ms, |minutes, minute| {
            Summary::of(value).add_to(minutes, minute);
        });
    }

    /// Sets the minute's value: the last of several observations counts.
    pub(crate) fn set(&self, metric: Metric, of: &[&str], value: f64, at_ms: u64) {
        self.change(metric, of, at_ms, |minutes, minute| {
            minutes.insert(minute, Summary::of(value));
        });
    }

    /// Changes a minute of a series, and forgets what is too old.
    fn change(
        &self,
        metric: Metric,
        of: &[&str],
        at_ms: u64,
        change: impl FnOnce(&mut Minutes, u64),
    ) {
        let minute = at_ms / 60_000;
        let mut all = lock(&self.0);
        let known = all
            .iter()
            .position(|(it, values, _)| *it == metric && values == of);
        let at = known.unwrap_or(all.len());
        if known.is_none() {
            let of = of.iter().map(|&value| value.to_owned()).collect();
            all.push((metric, of, Minutes::new()));
        }
        let minutes = &mut all[at].2;
        change(minutes, minute);
        let oldest = minute.saturating_sub(KEPT_MINUTES);
        while minutes
            .first_key_value()
            .is_some_and(|(it, _)| *it < oldest)
        {
            minutes.pop_first();
        }
    }

    /// The unit and the values of the series with that name and exactly these dimensions, in any order.
    pub(crate) fn series(
        &self,
        namespace: &str,
        name: &str,
        dimensions: &[(String, String)],
    ) -> Option<(&'static str, Minutes)> {
        let all = lock(&self.0);
        let found = all.iter().find(|(metric, of, _)| {
            let mut own = metric.dimensions.iter().zip(of);
            (metric.namespace, metric.name) == (namespace, name)
                && dimensions.len() == of.len()
                && own.all(|(name, value)| dimensions.iter().any(|(n, v)| n == name && v == value))
        });
        found.map(|(metric, _, minutes)| (metric.unit, minutes.clone()))
    }

    #[cfg(test)]
    pub(crate) fn sum(&self, namespace: &str, name: &str, dimensions: &[(&str, &str)]) -> f64 {
        let owned = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
        let dimensions: Vec<_> = dimensions.iter().map(owned).collect();
        let series = self.series(namespace, name, &dimensions);
        series.map_or(0.0, |(_, minutes)| minutes.values().map(|it| it.sum).sum())
    }
}

#[cfg(test)]
mod tests;
