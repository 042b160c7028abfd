//! The one place where the queue looks at a clock.

use tokio::time::Instant;

use crate::clock::now_ms;

/// One moment, on both clocks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Now {
    /// For deadlines: monotonic, and paused with tokio's clock in tests.
    pub(super) instant: Instant,
    /// For what clients read: ms since 1970.
    pub(super) epoch_ms: u64,
}

impl Now {
    pub(super) fn read() -> Self {
        Self {
            instant: Instant::now(),
            epoch_ms: now_ms(),
        }
    }

    pub(super) fn epoch_s(self) -> u64 {
        self.epoch_ms / 1000
    }
}
