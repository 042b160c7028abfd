//! The time, and AWS's ways to write it.

use std::time::{SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

/// Milliseconds since 1970.
pub(crate) fn now_ms() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// One moment, on both clocks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Now {
    /// For deadlines: monotonic, and paused with tokio's clock in tests.
    pub(crate) instant: Instant,
    /// For what clients read: ms since 1970.
    pub(crate) epoch_ms: u64,
}

impl Now {
    pub(crate) fn read() -> Self {
        // In this order nothing that is due looks early to a client.
        let epoch_ms = now_ms();
        Self {
            instant: Instant::now(),
            epoch_ms,
        }
    }

    pub(crate) fn epoch_s(self) -> u64 {
        self.epoch_ms / 1000
    }
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// As in `requestContext.requestTime`: `09/Feb/2024:18:23:28 +0000`.
pub(crate) fn request_time(ms: u64) -> String {
    let (year, month, day) = date(ms / 86_400_000);
    let month = MONTHS[month - 1];
    let (hours, minutes, seconds) = time_of_day(ms);
    format!("{day:02}/{month}/{year}:{hours:02}:{minutes:02}:{seconds:02} +0000")
}

/// As in the answer of `GetConnection`: `2020-04-30T20:10:33.236Z`.
pub(crate) fn iso_8601(ms: u64) -> String {
    let (year, month, day) = date(ms / 86_400_000);
    let (hours, minutes, seconds) = time_of_day(ms);
    let millis = ms % 1000;
    format!("{year}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}.{millis:03}Z")
}

fn time_of_day(ms: u64) -> (u64, u64, u64) {
    let seconds = ms / 1000;
    (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60)
}

/// Year, month and day so many days after 1 January 1970.
fn date(mut days: u64) -> (u64, usize, u64) {
    let leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let mut year = 1970;
    while days >= 365 + u64::from(leap(year)) {
        days -= 365 + u64::from(leap(year));
        year += 1;
    }
    let february = 28 + u64::from(leap(year));
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    (year, month, days + 1)
}

#[cfg(test)]
mod tests {
    use super::{iso_8601, request_time};

    #[test]
    fn times_are_written_as_aws_writes_them() {
        // The pairs are those of AWS's published sample event.
        assert_eq!(
            request_time(1_707_503_008_941),
            "09/Feb/2024:18:23:28 +0000"
        );
        assert_eq!(iso_8601(1_588_277_433_236), "2020-04-30T20:10:33.236Z");
    }

    #[test]
    fn the_ends_of_months_and_years_are_right() {
        assert_eq!(iso_8601(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(iso_8601(951_782_400_000), "2000-02-29T00:00:00.000Z");
        assert_eq!(iso_8601(1_735_689_599_999), "2024-12-31T23:59:59.999Z");
        assert_eq!(iso_8601(1_735_689_600_000), "2025-01-01T00:00:00.000Z");
    }
}
