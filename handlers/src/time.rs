//! The system's clock and random numbers.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use uuid::Uuid;

use crate::ports::{Clock, Random};

/// Milliseconds since 1970.
pub fn now_ms() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[derive(Debug, Clone, Copy)]
pub struct System;

impl Clock for System {
    fn now_ms(&self) -> u64 {
        now_ms()
    }

    async fn sleep(&self, pause: Duration) {
        tokio::time::sleep(pause).await;
    }
}

impl Random for System {
    fn number(&self) -> u64 {
        let (high, low) = Uuid::new_v4().as_u64_pair();
        // Each has a few fixed bits.
        high ^ low
    }

    fn unique(&self) -> String {
        // Short, because the lobby's item must stay small: DynamoDB counts every kilobyte.
        format!("{:016x}", self.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_shows_the_present_and_random_values_differ() {
        const IN_2025_MS: u64 = 1_750_000_000_000;
        assert!(now_ms() > IN_2025_MS && System.now_ms() > IN_2025_MS);
        assert_ne!(System.number(), System.number());
        assert_ne!(System.unique(), System.unique());
    }
}
