use std::fmt;
use std::str::FromStr;

use time::{Date, Duration, OffsetDateTime};

/// A calendar month in UTC, AWS's billing period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Month {
    first: Date,
}

impl Month {
    pub(crate) fn of(day: Date) -> Self {
        // It cannot fail: each month has a first day.
        let first = day.replace_day(1).unwrap_or(day);
        Self { first }
    }

    pub(crate) fn first(self) -> Date {
        self.first
    }

    pub(crate) fn last(self) -> Date {
        self.first.replace_day(self.days()).unwrap_or(self.first)
    }

    pub(crate) fn start(self) -> OffsetDateTime {
        self.first.midnight().assume_utc()
    }

    pub(crate) fn end(self) -> OffsetDateTime {
        self.start() + Duration::days(i64::from(self.days()))
    }

    pub(crate) fn days(self) -> u8 {
        self.first.month().length(self.first.year())
    }
}

impl FromStr for Month {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let format = time::macros::format_description!("[year]-[month]-[day]");
        let first = Date::parse(&format!("{text}-01"), format);
        let first = first.map_err(|_| "use the format YYYY-MM, such as 2026-11")?;
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

    use super::*;

    #[test]
    fn months_are_parsed_and_formatted() {
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
        let bad = "2026 2026-13 2026-1 26-11 2026-11-01 november";
        for bad in bad.split(' ').chain([""]) {
            assert!(bad.parse::<Month>().is_err(), "{bad}");
        }
    }
}
