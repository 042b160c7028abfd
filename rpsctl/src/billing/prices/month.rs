//! A calendar month, which is what AWS bills, in UTC.

use std::fmt;
use std::str::FromStr;

use time::{Date, Duration, OffsetDateTime};

/// A month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Month {
    /// Its first day.
    first: Date,
}

impl Month {
    /// The month of that day.
    pub(crate) fn of(day: Date) -> Self {
        // Each month has a first day.
        let first = day.replace_day(1).unwrap_or(day);
        Self { first }
    }

    /// Its first day.
    pub(crate) fn first(self) -> Date {
        self.first
    }

    /// Its last day.
    pub(crate) fn last(self) -> Date {
        let days = self.first.month().length(self.first.year());
        self.first.replace_day(days).unwrap_or(self.first)
    }

    /// When it begins.
    pub(crate) fn start(self) -> OffsetDateTime {
        self.first.midnight().assume_utc()
    }

    /// When it ends, and the next begins.
    pub(crate) fn end(self) -> OffsetDateTime {
        self.start() + Duration::days(i64::from(self.days()))
    }

    /// How many days it has.
    pub(crate) fn days(self) -> u8 {
        self.first.month().length(self.first.year())
    }
}

impl FromStr for Month {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let format = time::macros::format_description!("[year]-[month]-[day]");
        let first = Date::parse(&format!("{text}-01"), format);
        let first = first.map_err(|_| "a month looks like 2026-11")?;
        Ok(Self { first })
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month) = (self.first.year(), u8::from(self.first.month()));
        write!(f, "{year}-{month:02}")
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::Month;

    #[test]
    fn months_are_read_and_written() {
        for (text, last) in [
            ("2026-11", date!(2026 - 11 - 30)),
            ("2028-02", date!(2028 - 02 - 29)),
        ] {
            let month: Month = text.parse().expect("a month");
            assert_eq!(month.to_string(), text);
            assert_eq!(month.last(), last);
            assert_eq!(Month::of(last), month);
            assert_eq!(month.days(), last.day());
        }
        for bad in [
            "2026",
            "2026-13",
            "2026-1",
            "26-11",
            "2026-11-01",
            "november",
            "",
        ] {
            assert!(bad.parse::<Month>().is_err(), "{bad}");
        }
    }
}
