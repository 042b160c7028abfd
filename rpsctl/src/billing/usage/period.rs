//! The billed month and the forecast for its rest.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::SystemTime;

use rust_decimal::Decimal;
use time::{Date, Duration, OffsetDateTime};

use crate::billing::prices::Month;
use crate::exit::Failure;

/// Amounts by the start of their hour. Hours without usage are missing.
pub(crate) type Hours = BTreeMap<OffsetDateTime, Decimal>;

const DAY_S: i64 = 24 * 60 * 60;

/// CloudWatch keeps hours for 455 days
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html>).
const RETENTION_DAYS: i64 = 455;

/// A month that has begun, the current time, and the number of last days for the forecast.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Period {
    pub(crate) month: Month,
    pub(crate) now: OffsetDateTime,
    /// At least one.
    pub(crate) last_days: u16,
    /// The time of the first usage; none if it is unknown.
    pub(crate) since: Option<OffsetDateTime>,
}

impl Period {
    /// The given month or the current one. Fails if the month has not begun or CloudWatch no longer has all its data.
    pub(crate) fn new(
        month: Option<Month>,
        now: OffsetDateTime,
        last_days: u16,
    ) -> Result<Self, Failure> {
        let this = Month::of(now.date());
        let month = month.unwrap_or(this);
        if month > this {
            return Err(Failure::usage(format!(
                "{month} has not begun: pass a month up to {this}, or estimate a cost with --what-if games=N/month"
            )));
        }
        let oldest = now.date().saturating_sub(Duration::days(RETENTION_DAYS));
        if month.first() < oldest {
            let first_complete = Month::of(Month::of(oldest).end().date());
            return Err(Failure::usage(format!(
                "CloudWatch has incomplete data for {month}, because it keeps data for {RETENTION_DAYS} days: pass \
                 {first_complete} or a later month"
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

    /// The time range to read from CloudWatch. It begins at a full hour.
    pub(crate) fn query_range(self) -> Range<SystemTime> {
        self.month.start().min(self.last_days_begin()).into()..self.end().into()
    }

    fn last_days_begin(self) -> OffsetDateTime {
        (self.end() - Duration::days(self.last_days.into())).truncate_to_hour()
    }

    /// Whether the usage began after the start of the last days.
    pub(crate) fn is_new(self, since: OffsetDateTime) -> bool {
        since > self.last_days_begin()
    }

    /// `begin`, or the time of the first usage if that is later.
    fn or_since(self, begin: OffsetDateTime) -> OffsetDateTime {
        self.since.map_or(begin, |since| since.max(begin))
    }

    /// The elapsed share of the month, 0 to 1, since the first usage.
    pub(crate) fn elapsed(self) -> Decimal {
        let elapsed = days(self.end() - self.or_since(self.month.start()));
        elapsed.max(Decimal::ZERO) / Decimal::from(self.month.days())
    }

    pub(crate) fn days_left(self) -> Decimal {
        days(self.month.end() - self.end())
    }

    fn of_month(self, hours: &Hours) -> impl Iterator<Item = (&OffsetDateTime, &Decimal)> {
        hours.range(self.month.start()..self.month.end())
    }

    pub(crate) fn used(self, hours: &Hours) -> Decimal {
        self.of_month(hours).map(|(_, amount)| amount).sum()
    }

    /// The mean per day, over the last days or since the first usage.
    pub(crate) fn per_day(self, hours: &Hours) -> Decimal {
        let begin = self.or_since(self.last_days_begin());
        let last_hours = hours.range(begin.truncate_to_hour()..);
        let sum: Decimal = last_hours.map(|(_, amount)| amount).sum();
        let length = days(self.end() - begin);
        if length <= Decimal::ZERO {
            return Decimal::ZERO;
        }
        sum / length
    }

    /// Forecasts the day on which usage reaches `limit`; none if that is not within the month.
    pub(crate) fn will_reach(
        self,
        used: Decimal,
        per_day: Decimal,
        limit: Decimal,
    ) -> Option<Date> {
        if per_day.is_zero() {
            return None;
        }
        let in_days = (limit - used) / per_day;
        if in_days >= self.days_left() {
            return None;
        }
        let in_s = i64::try_from(in_days * Decimal::from(DAY_S)).ok()?;
        Some((self.end() + Duration::seconds(in_s)).date())
    }

    /// The day on which the sum of `start` and `hours` reached `limit`; none if it has not.
    pub(crate) fn reached(self, hours: &Hours, start: Decimal, limit: Decimal) -> Option<Date> {
        let mut sum = start;
        let mut over_limit = self.of_month(hours).filter(|(_, amount)| {
            sum += *amount;
            sum >= limit
        });
        over_limit.next().map(|(hour, _)| hour.date())
    }

    /// The amount on each day of the month so far.
    pub(crate) fn each_day(self, hours: &Hours) -> Vec<Decimal> {
        let today = self.end().date().min(self.month.last()).day();
        let mut days = vec![Decimal::ZERO; usize::from(today)];
        for (hour, amount) in self.of_month(hours) {
            if let Some(day) = days.get_mut(usize::from(hour.day()) - 1) {
                *day += amount;
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
    fn a_month_must_have_begun_and_have_complete_data() {
        let error = |month: &str| {
            let month = month.parse().expect("a month");
            let error = Period::new(Some(month), NOW, 7).err()?;
            Some(error.to_string())
        };
        assert_eq!((error("2026-11"), error("2025-09")), (None, None));
        let later = error("2026-12").expect("an error");
        assert!(later.starts_with("2026-12 has not begun: pass a month up to 2026-11, "));
        let earlier = "CloudWatch has incomplete data for 2025-08, because it keeps data for 455 days: pass 2025-09 or a \
            later month";
        assert_eq!(error("2025-08").as_deref(), Some(earlier));
    }

    #[test]
    fn the_elapsed_share_of_the_month() {
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
    fn the_last_days_may_begin_before_the_month_and_affect_only_the_mean() {
        let now = datetime!(2026-11-02 12:30 UTC);
        let period = Period { now, ..period() };
        let hours = Hours::from([
            (datetime!(2026-10-26 11:00 UTC), dec!(1000)),
            (datetime!(2026-10-26 12:00 UTC), dec!(71.125)),
            (datetime!(2026-11-01 00:00 UTC), dec!(10)),
            (datetime!(2026-11-02 12:00 UTC), dec!(3)),
        ]);
        assert_eq!(period.used(&hours), dec!(13));
        assert_eq!(period.each_day(&hours), [dec!(10), dec!(3)]);
        // 84.125 in seven days and half an hour.
        assert_eq!(period.per_day(&hours).round_dp(9), dec!(11.982195846));
        let begin: SystemTime = datetime!(2026-10-26 12:00 UTC).into();
        assert_eq!(period.query_range().start, begin);
    }

    #[test]
    fn the_mean_of_a_new_stack_begins_at_its_first_usage() {
        let began = datetime!(2026-11-11 06:00 UTC);
        let hours = Hours::from([(began, dec!(5))]);
        assert_eq!(since(began).per_day(&hours), dec!(20));
        assert_eq!(since(began).per_day(&Hours::new()), dec!(0));
        // Its first hour counts only from its first minute.
        let hours = Hours::from([(datetime!(2026-11-11 11:00 UTC), dec!(5))]);
        let new = since(datetime!(2026-11-11 11:45 UTC));
        assert_eq!(new.per_day(&hours).round_dp(9), dec!(480));
    }

    #[test]
    fn the_day_on_which_usage_will_reach_a_limit() {
        for (used, per_day, limit, day) in [
            (dec!(10), dec!(1), dec!(10.1), Some(date!(2026 - 11 - 11))),
            (dec!(10), dec!(1), dec!(11), Some(date!(2026 - 11 - 12))),
            (dec!(10), dec!(1), dec!(29.4), Some(date!(2026 - 11 - 30))),
            (dec!(10), dec!(1), dec!(29.5), None),
            (dec!(0), dec!(0), dec!(1), None),
        ] {
            assert_eq!(period().will_reach(used, per_day, limit), day, "{limit}");
        }
    }

    #[test]
    fn the_day_on_which_usage_reached_a_limit() {
        let hours = Hours::from([
            (datetime!(2026-10-31 12:00 UTC), dec!(100)),
            (datetime!(2026-11-02 12:00 UTC), dec!(4)),
            (datetime!(2026-11-05 23:00 UTC), dec!(4)),
        ]);
        for (start, limit, day) in [
            (dec!(0), dec!(4), Some(date!(2026 - 11 - 02))),
            (dec!(0), dec!(5), Some(date!(2026 - 11 - 05))),
            (dec!(3), dec!(5), Some(date!(2026 - 11 - 02))),
            (dec!(0), dec!(9), None),
        ] {
            assert_eq!(period().reached(&hours, start, limit), day, "{limit}");
        }
    }
}
