//! The values of one series: its minutes, and the older hours.

use std::collections::BTreeMap;

/// How long minutes are kept before they are summed up in hours. An operator looks at the last hour or so.
const KEPT_MINUTES: u64 = 6 * 60;

/// How long hours are kept: longer than any month, because bills are by the month.
const KEPT_HOURS: u64 = 45 * 24;

/// Summaries by the number of their first minute since 1970. A minute without values has none.
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

    fn and(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            sum: self.sum + other.sum,
            minimum: self.minimum.min(other.minimum),
            maximum: self.maximum.max(other.maximum),
        }
    }

    pub(crate) fn add_to(self, summaries: &mut BTreeMap<u64, Self>, key: u64) {
        let entry = summaries.entry(key);
        entry.and_modify(|it| *it = it.and(self)).or_insert(self);
    }
}

#[derive(Debug, Default)]
pub(super) struct Series {
    minutes: Minutes,
    /// Each hour by its first minute.
    hours: Minutes,
}

impl Series {
    pub(super) fn add(&mut self, minute: u64, value: f64) {
        Summary::of(value).add_to(&mut self.minutes, minute);
        self.age(minute);
    }

    pub(super) fn set(&mut self, minute: u64, value: f64) {
        self.minutes.insert(minute, Summary::of(value));
        self.age(minute);
    }

    /// Sums up old minutes in hours, and forgets old hours. It takes whole hours only: an hour that is half in minutes
    /// would be in two places.
    fn age(&mut self, now: u64) {
        let first_kept = hour(now.saturating_sub(KEPT_MINUTES));
        while let Some(first) = self.minutes.first_entry()
            && *first.key() < first_kept
        {
            let (minute, summary) = first.remove_entry();
            summary.add_to(&mut self.hours, hour(minute));
        }
        let oldest = hour(now).saturating_sub(KEPT_HOURS * 60);
        while let Some(first) = self.hours.first_entry()
            && *first.key() < oldest
        {
            first.remove();
        }
    }

    pub(super) fn minutes(&self) -> Minutes {
        let all = self.hours.iter().chain(&self.minutes);
        all.map(|(minute, summary)| (*minute, *summary)).collect()
    }
}

fn hour(minute: u64) -> u64 {
    minute - minute % 60
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(last: u64) -> Series {
        let mut series = Series::default();
        for minute in 0..=last {
            series.add(minute, 1.0);
        }
        series
    }

    #[test]
    fn values_of_one_minute_are_summed_up_and_set_replaces_them() {
        let mut series = Series::default();
        for (minute, value) in [(1, 3.0), (1, 1.0), (2, 5.0)] {
            series.add(minute, value);
        }
        for value in [7.0, 9.0, 2.0] {
            series.set(3, value);
        }
        let first = Summary {
            count: 2.0,
            sum: 4.0,
            minimum: 1.0,
            maximum: 3.0,
        };
        let expected = [(1, first), (2, Summary::of(5.0)), (3, Summary::of(2.0))];
        assert_eq!(series.minutes(), Minutes::from(expected));
    }

    #[test]
    fn old_minutes_are_summed_up_in_whole_hours_and_none_is_lost() {
        let mut series = series(630);
        let minutes = series.minutes();
        let first = (630 - KEPT_MINUTES) / 60 * 60;
        let expected = |minute: u64| match minute {
            minute if minute >= first => Some(1.0),
            minute => minute.is_multiple_of(60).then_some(60.0),
        };
        for minute in 0..=630 {
            let count = minutes.get(&minute).map(|it| it.count);
            assert_eq!(count, expected(minute), "{minute}");
        }
        // A late value joins its hour.
        series.add(5, 1.0);
        series.add(631, 1.0);
        assert!((series.minutes()[&0].count - 61.0).abs() < 0.5);
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
}
