//! One series: its minutes, and the older hours.

use std::collections::BTreeMap;

use super::{Metric, Summary};

/// How long minutes are kept before they are summed up in hours. An operator looks at the last hour or so.
const KEPT_MINUTES: u64 = 6 * 60;

/// How long hours are kept: longer than any month, because bills are by the month.
const KEPT_HOURS: u64 = 45 * 24;

/// Summaries by the number of their first minute since 1970. A minute without values is not there.
pub(crate) type Minutes = BTreeMap<u64, Summary>;

/// A metric of one thing.
#[derive(Debug)]
pub(super) struct Series {
    pub(super) metric: Metric,
    /// The values of its dimensions, in the metric's order.
    pub(super) of: Vec<String>,
    minutes: Minutes,
    /// Hours that are over for long, each by its first minute.
    hours: Minutes,
}

impl Series {
    pub(super) fn new(metric: Metric, of: &[&str]) -> Self {
        Self {
            metric,
            of: of.iter().map(|&value| value.to_owned()).collect(),
            minutes: Minutes::new(),
            hours: Minutes::new(),
        }
    }

    pub(super) fn has_dimensions(&self, dimensions: &[(String, String)]) -> bool {
        let mut own = self.metric.dimensions.iter().zip(&self.of);
        dimensions.len() == self.of.len()
            && own.all(|(name, value)| dimensions.iter().any(|(n, v)| n == name && v == value))
    }

    pub(super) fn change(&mut self, minute: u64, change: impl FnOnce(Option<Summary>) -> Summary) {
        let after = change(self.minutes.get(&minute).copied());
        self.minutes.insert(minute, after);
        self.sum_up_before(hour(minute.saturating_sub(KEPT_MINUTES)));
        let oldest = hour(minute).saturating_sub(KEPT_HOURS * 60);
        while self
            .hours
            .first_key_value()
            .is_some_and(|(it, _)| *it < oldest)
        {
            self.hours.pop_first();
        }
    }

    /// Whole hours only: one that is half in minutes would be in two places.
    fn sum_up_before(&mut self, hour_start: u64) {
        while let Some(first) = self.minutes.first_entry()
            && *first.key() < hour_start
        {
            let (minute, summary) = first.remove_entry();
            let of_hour = self.hours.entry(hour(minute));
            of_hour
                .and_modify(|it| *it = it.and(summary))
                .or_insert(summary);
        }
    }

    /// All that is kept.
    pub(super) fn minutes(&self) -> Minutes {
        let all = self.hours.iter().chain(&self.minutes);
        all.map(|(minute, summary)| (*minute, *summary)).collect()
    }
}

/// The first minute of its hour.
fn hour(minute: u64) -> u64 {
    minute - minute % 60
}

#[cfg(test)]
mod tests {
    use super::{KEPT_HOURS, KEPT_MINUTES, Metric, Series, Summary};

    const METRIC: Metric = Metric {
        namespace: "AWS/Test",
        name: "Things",
        dimensions: &[],
        unit: "Count",
    };

    /// A series with one event in each minute up to this.
    fn series(last: u64) -> Series {
        let mut series = Series::new(METRIC, &[]);
        for minute in 0..=last {
            series.change(minute, |before| {
                assert_eq!(before, None);
                Summary::of(1.0)
            });
        }
        series
    }

    #[test]
    fn old_minutes_are_summed_up_in_whole_hours_and_none_is_lost() {
        let minutes = series(630).minutes();
        let count = |minute: u64| minutes.get(&minute).map(|it| it.count);
        let first = (630 - KEPT_MINUTES) / 60 * 60;
        for minute in 0..first {
            let expected = minute.is_multiple_of(60).then_some(60.0);
            assert_eq!(count(minute), expected, "{minute}");
        }
        for minute in first..=630 {
            assert_eq!(count(minute), Some(1.0), "{minute}");
        }
    }

    #[test]
    fn old_hours_are_forgotten() {
        let minutes = series((KEPT_HOURS + 10) * 60).minutes();
        assert_eq!(minutes.first_key_value().map(|(it, _)| *it), Some(600));
        let all: f64 = minutes.values().map(|it| it.sum).sum();
        #[expect(clippy::cast_precision_loss, reason = "a small number")]
        let kept = (KEPT_HOURS * 60 + 1) as f64;
        assert!((all - kept).abs() < 0.5, "{all}");
    }

    #[test]
    fn what_comes_late_joins_its_hour() {
        let mut series = series(600);
        series.change(5, |before| {
            assert_eq!(before, None, "its minute is an hour by now");
            Summary::of(1.0)
        });
        series.change(601, |_| Summary::of(1.0));
        assert!((series.minutes()[&0].count - 61.0).abs() < 0.5);
    }
}
