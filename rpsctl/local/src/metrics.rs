//! What happened in each minute: the numbers that CloudWatch shows.
//!
//! Who knows a number names its metric and puts it here; a new metric needs nothing else.

use std::{collections::BTreeMap, sync::Mutex};

use crate::lock;

/// How long minutes are kept. An operator looks at the last hour or so.
const KEPT_MINUTES: u64 = 6 * 60;

/// A metric in CloudWatch's words: a series for each value of one dimension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Metric {
    pub(crate) namespace: &'static str,
    pub(crate) name: &'static str,
    pub(crate) dimension: &'static str,
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

/// The minutes of a series, by their number since 1970. A minute without values is not there.
pub(crate) type Minutes = BTreeMap<u64, Summary>;

struct Series {
    metric: Metric,
    /// The value of its dimension.
    of: String,
    minutes: Minutes,
}

/// All series.
#[derive(Default)]
pub(crate) struct Metrics(Mutex<Vec<Series>>);

impl Metrics {
    /// Something happened: the value goes to those of its minute.
    pub(crate) fn add(&self, metric: Metric, of: &str, value: f64, at_ms: u64) {
        let value = Summary::of(value);
        self.change(metric, of, at_ms, |before| {
            before.map_or(value, |before| before.and(value))
        });
    }

    /// Something was looked at: the last look stands for the minute, however often somebody looked.
    pub(crate) fn set(&self, metric: Metric, of: &str, value: f64, at_ms: u64) {
        self.change(metric, of, at_ms, |_| Summary::of(value));
    }

    fn change(
        &self,
        metric: Metric,
        of: &str,
        at_ms: u64,
        change: impl FnOnce(Option<Summary>) -> Summary,
    ) {
        let mut all = lock(&self.0);
        let known = all.iter().position(|it| it.metric == metric && it.of == of);
        let at = known.unwrap_or(all.len());
        if known.is_none() {
            all.push(Series {
                metric,
                of: of.to_owned(),
                minutes: Minutes::new(),
            });
        }
        let minutes = &mut all[at].minutes;
        let minute = at_ms / 60_000;
        let after = change(minutes.get(&minute).copied());
        minutes.insert(minute, after);
        let oldest = minute.saturating_sub(KEPT_MINUTES);
        while minutes
            .first_key_value()
            .is_some_and(|(it, _)| *it < oldest)
        {
            minutes.pop_first();
        }
    }

    /// The series with that name and exactly these dimensions, with its unit.
    pub(crate) fn series(
        &self,
        namespace: &str,
        name: &str,
        dimensions: &[(String, String)],
    ) -> Option<(&'static str, Minutes)> {
        let [(dimension, of)] = dimensions else {
            return None;
        };
        let all = lock(&self.0);
        let found = all.iter().find(|it| {
            let metric = it.metric;
            (metric.namespace, metric.name) == (namespace, name)
                && metric.dimension == dimension
                && it.of == *of
        });
        found.map(|it| (it.metric.unit, it.minutes.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::{KEPT_MINUTES, Metric, Metrics, Minutes, Summary};

    const METRIC: Metric = Metric {
        namespace: "AWS/Test",
        name: "Things",
        dimension: "Name",
        unit: "Count",
    };

    fn minutes(metrics: &Metrics, of: &str) -> Minutes {
        let dimensions = [("Name".to_owned(), of.to_owned())];
        let found = metrics.series("AWS/Test", "Things", &dimensions);
        found.unwrap_or_default().1
    }

    #[test]
    fn what_happens_in_one_minute_is_summed_up() {
        let metrics = Metrics::default();
        for (value, at_ms) in [(3.0, 60_000), (1.0, 119_999), (5.0, 120_000)] {
            metrics.add(METRIC, "a", value, at_ms);
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
            metrics.set(METRIC, "a", value, 60_000);
        }
        let expected = Minutes::from([(1, Summary::of(2.0))]);
        assert_eq!(minutes(&metrics, "a"), expected);
    }

    #[test]
    fn old_minutes_are_forgotten() {
        let metrics = Metrics::default();
        for minute in 0..3 * KEPT_MINUTES {
            metrics.add(METRIC, "a", 1.0, minute * 60_000);
        }
        let kept = minutes(&metrics, "a");
        assert_eq!(kept.len() as u64, KEPT_MINUTES + 1);
        assert!(kept.contains_key(&(3 * KEPT_MINUTES - 1)));
    }
}
