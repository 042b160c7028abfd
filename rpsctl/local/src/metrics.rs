//! What happened in each minute: the numbers that CloudWatch shows, and so what AWS would bill.
//!
//! Who knows a number names its metric and puts it here; a new metric needs nothing else.

pub(crate) mod billed;
mod series;

use std::sync::Mutex;

use crate::{clock, lock};
pub(crate) use series::Minutes;
use series::Series;

/// A metric in CloudWatch's words: a series for each combination of values of its dimensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Metric {
    pub(crate) namespace: &'static str,
    pub(crate) name: &'static str,
    pub(crate) dimensions: &'static [&'static str],
    pub(crate) unit: &'static str,
}

/// The values of some time, summed up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Summary {
    pub(crate) count: f64,
    pub(crate) sum: f64,
    pub(crate) minimum: f64,
    pub(crate) maximum: f64,
}

impl Summary {
    pub(crate) fn of(value: f64) -> Self {
        Self {
            count: 1.0,
            sum: value,
            minimum: value,
            maximum: value,
        }
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            sum: self.sum + other.sum,
            minimum: self.minimum.min(other.minimum),
            maximum: self.maximum.max(other.maximum),
        }
    }
}

/// All series.
#[derive(Debug, Default)]
pub(crate) struct Metrics(Mutex<Vec<Series>>);

impl Metric {
    /// One of a queue.
    pub(crate) const fn of_queue(name: &'static str, unit: &'static str) -> Self {
        Self {
            namespace: "AWS/SQS",
            name,
            dimensions: &["QueueName"],
            unit,
        }
    }
}

impl Metrics {
    /// Something happened now, to what the dimensions of the metric name.
    pub(crate) fn count(&self, metric: Metric, of: &[&str], value: f64) {
        self.add(metric, of, value, clock::now_ms());
    }

    /// Something happened: the value goes to those of its minute.
    pub(crate) fn add(&self, metric: Metric, of: &[&str], value: f64, at_ms: u64) {
        let value = Summary::of(value);
        self.change(metric, of, at_ms, |before| {
            before.map_or(value, |before| before.and(value))
        });
    }

    /// Something was looked at: the last look stands for the minute, however often somebody looked.
    pub(crate) fn set(&self, metric: Metric, of: &[&str], value: f64, at_ms: u64) {
        self.change(metric, of, at_ms, |_| Summary::of(value));
    }

    fn change(
        &self,
        metric: Metric,
        of: &[&str],
        at_ms: u64,
        change: impl FnOnce(Option<Summary>) -> Summary,
    ) {
        let mut all = lock(&self.0);
        let known = all.iter().position(|it| it.metric == metric && it.of == of);
        let at = known.unwrap_or(all.len());
        if known.is_none() {
            all.push(Series::new(metric, of));
        }
        all[at].change(at_ms / 60_000, change);
    }

    /// The series with that name and exactly these dimensions, in any order, with its unit.
    pub(crate) fn series(
        &self,
        namespace: &str,
        name: &str,
        dimensions: &[(String, String)],
    ) -> Option<(&'static str, Minutes)> {
        let all = lock(&self.0);
        let found = all.iter().find(|it| {
            (it.metric.namespace, it.metric.name) == (namespace, name)
                && it.has_dimensions(dimensions)
        });
        found.map(|it| (it.metric.unit, it.minutes()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Metric, Metrics, Minutes, Summary};

    const METRIC: Metric = Metric {
        namespace: "AWS/Test",
        name: "Things",
        dimensions: &["Name", "Place"],
        unit: "Count",
    };

    fn minutes(metrics: &Metrics, of: &str) -> Minutes {
        let dimension = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let dimensions = [dimension("Place", "here"), dimension("Name", of)];
        let found = metrics.series("AWS/Test", "Things", &dimensions);
        found.unwrap_or_default().1
    }

    #[test]
    fn what_happens_in_one_minute_is_summed_up() {
        let metrics = Metrics::default();
        for (value, at_ms) in [(3.0, 60_000), (1.0, 119_999), (5.0, 120_000)] {
            metrics.add(METRIC, &["a", "here"], value, at_ms);
        }
        let first = Summary {
            count: 2.0,
            sum: 4.0,
            minimum: 1.0,
            maximum: 3.0,
        };
        let expected = Minutes::from([(1, first), (2, Summary::of(5.0))]);
        assert_eq!(minutes(&metrics, "a"), expected);
        assert!(minutes(&metrics, "b").is_empty());
    }

    #[test]
    fn the_last_look_stands_for_the_minute() {
        let metrics = Metrics::default();
        for value in [7.0, 9.0, 2.0] {
            metrics.set(METRIC, &["a", "here"], value, 60_000);
        }
        let expected = Minutes::from([(1, Summary::of(2.0))]);
        assert_eq!(minutes(&metrics, "a"), expected);
    }

    #[test]
    fn a_series_is_known_by_all_its_dimensions() {
        let metrics = Metrics::default();
        metrics.count(METRIC, &["a", "here"], 1.0);
        let dimension = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        for (dimensions, known) in [
            (vec![("Name", "a"), ("Place", "here")], true),
            (vec![("Place", "here"), ("Name", "a")], true),
            (vec![("Place", "a"), ("Name", "here")], false),
            (vec![("Name", "a")], false),
            (vec![("Name", "a"), ("Name", "a")], false),
            (
                vec![("Name", "a"), ("Place", "here"), ("Colour", "red")],
                false,
            ),
            (vec![], false),
        ] {
            let asked: Vec<_> = dimensions.iter().map(|(k, v)| dimension(k, v)).collect();
            let found = metrics.series("AWS/Test", "Things", &asked);
            assert_eq!(found.is_some(), known, "{dimensions:?}");
        }
    }
}
