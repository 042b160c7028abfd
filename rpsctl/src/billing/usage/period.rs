//! The month that is paid for, and what is known of the rest of it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::SystemTime;

use rust_decimal::Decimal;
use time::{Date, Duration, OffsetDateTime};

use crate::billing::prices::Month;
use crate::exit::Failure;

/// What was counted in each hour, by its start. An hour in which nothing was is not there.
pub(crate) type Hours = BTreeMap<OffsetDateTime, Decimal>;

const DAY_S: i64 = 24 * 60 * 60;

/// CloudWatch keeps hours for 455 days
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html>).
const KEPT_DAYS: i64 = 455;

/// A month that has begun, seen from now, and the last days, from which its rest is forecast.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Period {
    pub(crate) month: Month,
    pub(crate) now: OffsetDateTime,
    /// At least one.
    pub(crate) last_days: u16,
    /// When there was first something to count; none if that is not known.
    pub(crate) since: Option<OffsetDateTime>,
}

impl Period {
    /// The month, or this one: one that has begun, and of which CloudWatch knows.
    pub(crate) fn new(
        month: Option<Month>,
        now: OffsetDateTime,
        last_days: u16,
    ) -> Result<Self, Failure> {
        let this = Month::of(now.date());
        let month = month.unwrap_or(this);
        if month > this {
            return Err(Failure::usage(format!(
                "{month} has not begun: pass a month up to {this}; what will be is in the forecast of this month, or \
                 in --what-if games=N/month"
            )));
        }
        let oldest = now.date().saturating_sub(Duration::days(KEPT_DAYS));
        if month.first() < oldest {
            // The first of which it knows all.
            let whole = Month::of(Month::of(oldest).end().date());
            return Err(Failure::usage(format!(
                "CloudWatch keeps its numbers for {KEPT_DAYS} days and does not know all of {month} any more: pass a month \
                 from {whole} on"
            )));
        }
        Ok(Self {
            month,
            now,
            last_days,
            since: None,
        })
    }

    pub(crate) fn is_current(self) -> bool {
        self.month == Month::of(self.now.date())
    }

    fn end(self) -> OffsetDateTime {
        self.now.min(self.month.end())
    }

    /// The time that CloudWatch is asked for. It begins with an hour.
    pub(crate) fn asked(self) -> Range<SystemTime> {
        self.month.start().min(self.last_days_begin()).into()..self.end().into()
    }

    fn last_days_begin(self) -> OffsetDateTime {
        (self.end() - Duration::days(self.last_days.into())).truncate_to_hour()
    }

    /// Whether the last days are more than there is to go by, if that began then.
    pub(crate) fn is_new(self, since: OffsetDateTime) -> bool {
        since > self.last_days_begin()
    }

    /// A time, or when there was first something to count if that is later.
    fn or_since(self, begin: OffsetDateTime) -> OffsetDateTime {
        self.since.map_or(begin, |since| since.max(begin))
    }

    /// How much of the month is over, 0 to 1, but for the time in which there was nothing yet.
    pub(crate) fn elapsed(self) -> Decimal {
        let over = days(self.end() - self.or_since(self.month.start()));
        over.max(Decimal::ZERO) / Decimal::from(self.month.days())
    }

    pub(crate) fn days_left(self) -> Decimal {
        days(self.month.end() - self.end())
    }

    fn of_month(self, counted: &Hours) -> impl Iterator<Item = (&OffsetDateTime, &Decimal)> {
        counted.range(self.month.start()..self.month.end())
    }

    pub(crate) fn used(self, counted: &Hours) -> Decimal {
        self.of_month(counted).map(|(_, count)| count).sum()
    }

    /// How much it is a day, by the last days; not by those in which there was nothing to count yet.
    pub(crate) fn a_day(self, counted: &Hours) -> Decimal {
        let begin = self.or_since(self.last_days_begin());
        let hours = counted.range(begin.truncate_to_hour()..);
        let sum: Decimal = hours.map(|(_, count)| count).sum();
        let long = days(self.end() - begin);
        if long <= Decimal::ZERO {
            return Decimal::ZERO;
        }
        sum / long
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
        let mut reached = self.of_month(counted).filter(|(_, count)| {
            sum += *count;
            sum >= amount
        });
        reached.next().map(|(hour, _)| hour.date())
    }

    /// How much it was on each of the month's days so far.
    pub(crate) fn each_day(self, counted: &Hours) -> Vec<Decimal> {
        let today = self.end().date().min(self.month.last()).day();
        let mut days = vec![Decimal::ZERO; usize::from(today)];
        for (hour, count) in self.of_month(counted) {
            if let Some(day) = days.get_mut(usize::from(hour.day()) - 1) {
                *day += count;
            }
        }
        days
    }
}

fn days(time: Duration) -> Decimal {
    let ms = Decimal::from_i128_with_scale(time.whole_milliseconds(), 3);
    ms / Decimal::from(DAY_S)
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;
    use time::macros::{date, datetime};

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-11 12:00 UTC);

    fn period() -> Period {
        Period::new(None, NOW, 7).expect("this month")
    }

    fn since(since: OffsetDateTime) -> Period {
        Period {
            since: Some(since),
            ..period()
        }
    }

    #[test]
    fn the_month_has_begun_and_cloudwatch_knows_it() {
        let refused = |month: &str| {
            let month = month.parse().expect("a month");
            let refused = Period::new(Some(month), NOW, 7).err()?;
            Some(refused.to_string())
        };
        assert_eq!((refused("2026-11"), refused("2025-09")), (None, None));
        let later = refused("2026-12").expect("refused");
        assert!(later.starts_with("2026-12 has not begun: pass a month up to 2026-11; "));
        let earlier = "CloudWatch keeps its numbers for 455 days and does not know all of 2025-08 any more: pass a month \
            from 2025-09 on";
        assert_eq!(refused("2025-08").as_deref(), Some(earlier));
    }

    #[test]
    fn how_much_of_the_month_is_over() {
        assert_eq!(period().elapsed(), dec!(0.35));
        let new = since(datetime!(2026-11-08 12:00 UTC));
        assert_eq!(new.elapsed(), dec!(0.1));
        let old = since(datetime!(2026-10-08 12:00 UTC));
        assert_eq!(old.elapsed(), dec!(0.35));
        assert_eq!(period().days_left(), dec!(19.5));
        assert!(period().is_current());
        assert_eq!(period().each_day(&Hours::new()).len(), 11);

        let over = Period {
            month: "2026-10".parse().expect("a month"),
            ..period()
        };
        assert_eq!((over.elapsed(), over.days_left()), (dec!(1), dec!(0)));
        assert!(!over.is_current());
        let later = Hours::from([(datetime!(2026-11-01 00:00 UTC), dec!(1))]);
        assert_eq!(over.used(&later), dec!(0));
        assert_eq!(over.each_day(&later), [dec!(0); 31]);
    }

    #[test]
    fn the_last_days_begin_before_the_month_and_count_only_for_the_rate() {
        let now = datetime!(2026-11-02 12:30 UTC);
        let period = Period { now, ..period() };
        let counted = Hours::from([
            (datetime!(2026-10-26 11:00 UTC), dec!(1000)),
            (datetime!(2026-10-26 12:00 UTC), dec!(71.125)),
            (datetime!(2026-11-01 00:00 UTC), dec!(10)),
            (datetime!(2026-11-02 12:00 UTC), dec!(3)),
        ]);
        assert_eq!(period.used(&counted), dec!(13));
        assert_eq!(period.each_day(&counted), [dec!(10), dec!(3)]);
        // 84.125 in seven days and half an hour.
        assert_eq!(period.a_day(&counted).round_dp(9), dec!(11.982195846));
        let begin: SystemTime = datetime!(2026-10-26 12:00 UTC).into();
        assert_eq!(period.asked().start, begin);
    }

    #[test]
    fn a_stack_that_is_new_is_not_thinned_out_by_days_without_it() {
        let began = datetime!(2026-11-11 06:00 UTC);
        let counted = Hours::from([(began, dec!(5))]);
        assert_eq!(since(began).a_day(&counted), dec!(20));
        assert_eq!(since(began).a_day(&Hours::new()), dec!(0));
        // Nor is the hour in which it began.
        let counted = Hours::from([(datetime!(2026-11-11 11:00 UTC), dec!(5))]);
        let new = since(datetime!(2026-11-11 11:45 UTC));
        assert_eq!(new.a_day(&counted).round_dp(9), dec!(480));
    }

    #[test]
    fn when_an_amount_is_reached() {
        for (used, a_day, amount, day) in [
            (dec!(10), dec!(1), dec!(10.1), Some(date!(2026 - 11 - 11))),
            (dec!(10), dec!(1), dec!(11), Some(date!(2026 - 11 - 12))),
            (dec!(10), dec!(1), dec!(29.4), Some(date!(2026 - 11 - 30))),
            (dec!(10), dec!(1), dec!(29.5), None),
            (dec!(0), dec!(0), dec!(1), None),
        ] {
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
        for (also, amount, day) in [
            (dec!(0), dec!(4), Some(date!(2026 - 11 - 02))),
            (dec!(0), dec!(5), Some(date!(2026 - 11 - 05))),
            (dec!(3), dec!(5), Some(date!(2026 - 11 - 02))),
            (dec!(0), dec!(9), None),
        ] {
            assert_eq!(period().reached(&counted, also, amount), day, "{amount}");
        }
    }
}
