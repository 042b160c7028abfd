//! The current time, and AWS's time formats.

use std::time::{SystemTime, UNIX_EPOCH};

use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Duration, UtcDateTime};
use tokio::time::Instant;

/// Milliseconds since 1970.
pub(crate) fn now_ms() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// One moment on two clocks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ClockTime {
    /// For deadlines. This clock is monotonic, and tests can pause it.
    pub(crate) instant: Instant,
    /// For clients: milliseconds since 1970.
    pub(crate) epoch_ms: u64,
}

impl ClockTime {
    pub(crate) fn now() -> Self {
        // In this order, a client never sees a due message as early.
        let epoch_ms = now_ms();
        Self {
            instant: Instant::now(),
            epoch_ms,
        }
    }
}

/// The format of `requestContext.requestTime`: `09/Feb/2024:18:23:28 +0000`.
pub(crate) fn request_time(ms: u64) -> String {
    let description =
        format_description!("[day]/[month repr:short]/[year]:[hour]:[minute]:[second] +0000");
    format_ms(ms, description)
}

/// The format in responses of `GetConnection`: `2020-04-30T20:10:33.236Z`.
pub(crate) fn iso_8601(ms: u64) -> String {
    let description =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    format_ms(ms, description)
}

fn format_ms(ms: u64, description: &[BorrowedFormatItem<'_>]) -> String {
    let time = UtcDateTime::UNIX_EPOCH.checked_add(Duration::milliseconds(ms.cast_signed()));
    // Formatting fails only after the year 9999.
    let text = time.and_then(|time| time.format(description).ok());
    text.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_the_formats_of_aws() {
        // The first pair is from AWS's published sample event.
        assert_eq!(
            request_time(1_707_503_008_941),
            "09/Feb/2024:18:23:28 +0000"
        );
        assert_eq!(iso_8601(1_588_277_433_236), "2020-04-30T20:10:33.236Z");
        assert_eq!(iso_8601(1_735_689_600_000), "2025-01-01T00:00:00.000Z");
    }
}
