//! The numbers of each minute that CloudWatch shows, and so what AWS would bill. A new metric is a constant beside the
//! code that counts it.

pub(crate) mod billed;
mod series;

use std::sync::Mutex;

use crate::{clock, lock, metrics::series::Series};

pub(crate) use series::{Minutes, Summary};

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

/// All metrics, each series with the values of its dimensions in the metric's order.
#[derive(Debug, Default)]
pub(crate) struct Metrics(Mutex<Vec<(Metric, Vec<String>, Series)>>);

impl Metrics {
    pub(crate) fn count(&self, metric: Metric, of: &[&str], value: f64) {
        self.add(metric, of, value, clock::now_ms());
    }

    pub(crate) fn add(&self, metric: Metric, of: &[&str], value: f64, at_ms: u64) {
        self.change(metric, of, |series| series.add(at_ms / 60_000, value));
    }

    /// Sets the minute's value: the last of several observations counts.
    pub(crate) fn set(&self, metric: Metric, of: &[&str], value: f64, at_ms: u64) {
        self.change(metric, of, |series| series.set(at_ms / 60_000, value));
    }

    fn change(&self, metric: Metric, of: &[&str], change: impl FnOnce(&mut Series)) {
        let mut all = lock(&self.0);
        let known = all
            .iter()
            .position(|(it, values, _)| *it == metric && values == of);
        let at = known.unwrap_or(all.len());
        if known.is_none() {
            let of = of.iter().map(|&value| value.to_owned()).collect();
            all.push((metric, of, Series::default()));
        }
        change(&mut all[at].2);
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
        found.map(|(metric, _, series)| (metric.unit, series.minutes()))
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
mod tests {
    use super::*;

    #[test]
    fn a_series_is_known_by_all_its_dimensions() {
        let metrics = Metrics::default();
        let metric = Metric::new("AWS/Test", "Things", &["Name", "Place"], "Count");
        metrics.count(metric, &["a", "here"], 1.0);
        metrics.count(metric, &["b", "here"], 4.0);
        for (dimensions, sum) in [
            (&[("Name", "a"), ("Place", "here")][..], 1.0),
            (&[("Place", "here"), ("Name", "a")], 1.0),
            (&[("Place", "a"), ("Name", "here")], 0.0),
            (&[("Name", "a")], 0.0),
            (&[("Name", "a"), ("Name", "a")], 0.0),
            (&[("Name", "a"), ("Place", "here"), ("Color", "red")], 0.0),
            (&[], 0.0),
        ] {
            let found = metrics.sum("AWS/Test", "Things", dimensions);
            assert!((found - sum).abs() < 0.1, "{dimensions:?}");
        }
    }
}
