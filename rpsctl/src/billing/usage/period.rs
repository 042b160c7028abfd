//! The month that is paid for, and what is known of the rest of it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::SystemTime;

use rust_decimal::Decimal;
use time::{Date, Duration, OffsetDateTime, Time};

use crate::billing::prices::Month;

/// What was counted in each hour, by its start. An hour in which nothing was is not there.
pub(crate) type Hours = BTreeMap<OffsetDateTime, Decimal>;

const DAY_S: i64 = 24 * 60 * 60;

/// A month that has begun, seen from now, and the last days, from which its rest is forecast.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Period {
    month: Month,
    now: OffsetDateTime,
    last_days: i64,
}

impl Period {
    /// `last_days` is at least one.
    pub(crate) fn new(month: Month, now: OffsetDateTime, last_days: u16) -> Self {
        Self {
            month,
            now,
            last_days: i64::from(last_days.max(1)),
        }
    }

    /// The month.
    pub(crate) fn month(self) -> Month {
        self.month
    }

    /// When that is.
    pub(crate) fn now(self) -> OffsetDateTime {
        self.now
    }

    /// Whether it is not over.
    pub(crate) fn is_current(self) -> bool {
        self.month == Month::of(self.now.date())
    }

    /// The days from which the rest of the month is forecast.
    pub(crate) fn last_days(self) -> i64 {
        self.last_days
    }

    /// The end of the month, or now.
    pub(crate) fn end(self) -> OffsetDateTime {
        self.now.min(self.month.end())
    }

    /// When the month began, milliseconds since 1970.
    pub(crate) fn month_start_ms(self) -> u64 {
        u64::try_from(self.month.start().unix_timestamp()).unwrap_or_default() * 1000
    }

    /// The time that CloudWatch is asked for. It begins with an hour.
    pub(crate) fn asked(self) -> Range<SystemTime> {
        self.month.start().min(self.last_days_begin()).into()..self.end().into()
    }

    /// The first hour of the last days.
    fn last_days_begin(self) -> OffsetDateTime {
        hour_of(self.end() - Duration::days(self.last_days))
    }

    /// Whether the last days are more than there is to go by, if that began then.
    pub(crate) fn is_new(self, since: OffsetDateTime) -> bool {
        since > self.last_days_begin()
    }

    /// How much of the month is over, 0 to 1, but for what was before `since`, when there was nothing yet.
    pub(crate) fn elapsed(self, since: Option<OffsetDateTime>) -> Decimal {
        let start = self.month.start();
        let begin = since.map_or(start, |since| since.max(start));
        days(self.end() - begin).max(Decimal::ZERO) / Decimal::from(self.month.days())
    }

    /// Days that are left of the month.
    pub(crate) fn days_left(self) -> Decimal {
        days(self.month.end() - self.end())
    }

    /// How much of it is of this month.
    pub(crate) fn used(self, counted: &Hours) -> Decimal {
        let hours = counted.range(self.month.start()..self.month.end());
        hours.map(|(_, count)| count).sum()
    }

    /// How much it is a day, by the last days; not by those before `since`, when there was nothing to count yet.
    pub(crate) fn a_day(self, counted: &Hours, since: Option<OffsetDateTime>) -> Decimal {
        let begin = self.last_days_begin();
        let begin = since.map_or(begin, |since| since.max(begin));
        let hours = counted.range(hour_of(begin)..);
        let sum: Decimal = hours.map(|(_, count)| count).sum();
        let long = days(self.end() - begin);
        if long > Decimal::ZERO {
            sum / long
        } else {
            Decimal::ZERO
        }
    }

    /// The day on which something that is used so fast reaches an amount that it has not reached, if it does so
    /// within the month.
    pub(crate) fn reaches(self, used: Decimal, a_day: Decimal, amount: Decimal) -> Option<Date> {
        if a_day.is_zero() {
            return None;
        }
        let in_days = (amount - used) / a_day;
        if in_days >= self.days_left() {
            return None;
        }
        let in_s = i64::try_from(in_days * Decimal::from(DAY_S)).ok()?;
        Some((self.end() + Duration::seconds(in_s)).date())
    }

    /// The day on which what was counted came to that amount, with what else was used; none if it has not yet.
    pub(crate) fn reached(self, counted: &Hours, also: Decimal, amount: Decimal) -> Option<Date> {
        let mut sum = also;
        let hours = counted.range(self.month.start()..self.month.end());
        let mut reached = hours.filter(|(_, count)| {
            sum += *count;
            sum >= amount
        });
        reached.next().map(|(hour, _)| hour.date())
    }

    /// How much it was on each of the month's days so far.
    pub(crate) fn each_day(self, counted: &Hours) -> Vec<Decimal> {
        let mut days = vec![Decimal::ZERO; usize::from(self.end_day())];
        for (hour, count) in counted.range(self.month.start()..self.month.end()) {
            if let Some(day) = days.get_mut(usize::from(hour.day()) - 1) {
                *day += count;
            }
        }
        days
    }

    /// The day of the month that it is, or its last.
    fn end_day(self) -> u8 {
        self.end().date().min(self.month.last()).day()
    }
}

/// The start of the hour.
fn hour_of(time: OffsetDateTime) -> OffsetDateTime {
    time.replace_time(Time::MIDNIGHT) + Duration::hours(time.hour().into())
}

/// A time in days.
fn days(time: Duration) -> Decimal {
    let ms = Decimal::from_i128_with_scale(time.whole_milliseconds(), 3);
    ms / Decimal::from(DAY_S)
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;
    use time::macros::{date, datetime};

    use super::{Hours, Period};
    use crate::billing::prices::Month;

    fn period() -> Period {
        let now = datetime!(2026-11-11 12:00 UTC);
        Period::new(Month::of(now.date()), now, 7)
    }

    #[test]
    fn how_much_of_the_month_is_over() {
        assert_eq!(period().elapsed(None), dec!(0.35));
        let new = datetime!(2026-11-08 12:00 UTC);
        assert_eq!(period().elapsed(Some(new)), dec!(0.1));
        let before = datetime!(2026-10-08 12:00 UTC);
        assert_eq!(period().elapsed(Some(before)), dec!(0.35));
        assert_eq!(period().days_left(), dec!(19.5));
        assert!(period().is_current());
        let now = datetime!(2026-11-11 12:00 UTC);
        let over = Period::new("2026-10".parse().expect("a month"), now, 7);
        assert_eq!((over.elapsed(None), over.days_left()), (dec!(1), dec!(0)));
        assert!(!over.is_current());
        let later = Hours::from([(datetime!(2026-11-01 00:00 UTC), dec!(1))]);
        assert_eq!(over.used(&later), dec!(0));
        assert_eq!(over.each_day(&later), [dec!(0); 31]);
        assert_eq!(period().each_day(&Hours::new()).len(), 11);
    }

    #[test]
    fn the_last_days_begin_before_the_month_and_count_only_for_the_rate() {
        let now = datetime!(2026-11-02 12:30 UTC);
        let period = Period::new(Month::of(now.date()), now, 7);
        let counted = Hours::from([
            (datetime!(2026-10-26 11:00 UTC), dec!(1000)),
            (datetime!(2026-10-26 12:00 UTC), dec!(71.125)),
            (datetime!(2026-11-01 00:00 UTC), dec!(10)),
            (datetime!(2026-11-02 12:00 UTC), dec!(3)),
        ]);
        assert_eq!(period.used(&counted), dec!(13));
        assert_eq!(period.each_day(&counted), [dec!(10), dec!(3)]);
        // 84.125 in seven days and half an hour.
        assert_eq!(period.a_day(&counted, None).round_dp(9), dec!(11.982195846));
        let begin: std::time::SystemTime = datetime!(2026-10-26 12:00 UTC).into();
        assert_eq!(period.asked().start, begin);
    }

    #[test]
    fn a_stack_that_is_new_is_not_thinned_out_by_days_without_it() {
        let since = datetime!(2026-11-11 06:00 UTC);
        let counted = Hours::from([(since, dec!(5))]);
        assert_eq!(period().a_day(&counted, Some(since)), dec!(20));
        assert_eq!(period().a_day(&Hours::new(), Some(since)), dec!(0));
        // Nor is the hour in which it began.
        let counted = Hours::from([(datetime!(2026-11-11 11:00 UTC), dec!(5))]);
        let since = datetime!(2026-11-11 11:45 UTC);
        assert_eq!(period().a_day(&counted, Some(since)).round_dp(9), dec!(480));
    }

    #[test]
    fn when_an_amount_is_reached() {
        let table = [
            (dec!(10), dec!(1), dec!(10.1), Some(date!(2026 - 11 - 11))),
            (dec!(10), dec!(1), dec!(11), Some(date!(2026 - 11 - 12))),
            (dec!(10), dec!(1), dec!(29.4), Some(date!(2026 - 11 - 30))),
            (dec!(10), dec!(1), dec!(29.5), None),
            (dec!(0), dec!(0), dec!(1), None),
        ];
        for (used, a_day, amount, day) in table {
            assert_eq!(period().reaches(used, a_day, amount), day, "{amount}");
        }
    }
    #[test]
    fn when_an_amount_was_reached() {
        let counted = Hours::from([
            (datetime!(2026-10-31 12:00 UTC), dec!(100)),
            (datetime!(2026-11-02 12:00 UTC), dec!(4)),
            (datetime!(2026-11-05 23:00 UTC), dec!(4)),
        ]);
        let table = [
            (dec!(0), dec!(4), Some(date!(2026 - 11 - 02))),
            (dec!(0), dec!(5), Some(date!(2026 - 11 - 05))),
            (dec!(3), dec!(5), Some(date!(2026 - 11 - 02))),
            (dec!(0), dec!(9), None),
        ];
        for (also, amount, day) in table {
            assert_eq!(period().reached(&counted, also, amount), day, "{amount}");
        }
    }
}
