//! The time, and AWS's ways to write it.

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
}

/// As in `requestContext.requestTime`: `09/Feb/2024:18:23:28 +0000`.
pub(crate) fn request_time(ms: u64) -> String {
    let form =
        format_description!("[day]/[month repr:short]/[year]:[hour]:[minute]:[second] +0000");
    written(ms, form)
}

/// As in the answer of `GetConnection`: `2020-04-30T20:10:33.236Z`.
pub(crate) fn iso_8601(ms: u64) -> String {
    let form =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    written(ms, form)
}

fn written(ms: u64, form: &[BorrowedFormatItem<'_>]) -> String {
    let time = UtcDateTime::UNIX_EPOCH.checked_add(Duration::milliseconds(ms.cast_signed()));
    // Only a time after the year 9999 cannot be written.
    let text = time.and_then(|time| time.format(form).ok());
    text.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_aws_writes_them() {
        // The pairs are those of AWS's published sample event.
        assert_eq!(
            request_time(1_707_503_008_941),
            "09/Feb/2024:18:23:28 +0000"
        );
        assert_eq!(iso_8601(1_588_277_433_236), "2020-04-30T20:10:33.236Z");
        assert_eq!(iso_8601(1_735_689_600_000), "2025-01-01T00:00:00.000Z");
    }
}
