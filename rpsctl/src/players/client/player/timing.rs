//! The delays of a player's automatic actions.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};

/// How long a person's client tries to replace a lost connection.
const RECOVER: Duration = Duration::from_mins(1);

#[derive(Debug, Clone, Copy)]
pub(super) struct Timing {
    /// Reconnect a waiting player: API Gateway closes a connection that is idle for 10 minutes.
    pub(super) reconnect: Duration,
    /// Send an unanswered message again after a `try-again`: at most this long at first, and longer each time.
    pub(super) resend: Duration,
    /// Join again this long after the window if no outcome has arrived, or if no game starts after
    /// `already-in-a-game`. The join makes the server send a lost round timer again.
    pub(super) late: Duration,
    /// Disconnect after the game if the server does not.
    pub(super) hang_up: Duration,
    /// If a resumed game is over already, wait this long for its outcome.
    pub(super) outcome: Duration,
    /// Try for this long to replace a lost connection.
    pub(super) recover: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            reconnect: Duration::from_mins(9),
            resend: Duration::from_millis(500),
            late: Duration::from_secs(10),
            hang_up: Duration::from_secs(5),
            outcome: Duration::from_secs(1),
            recover: Duration::ZERO,
        }
    }
}

/// The longest pause before a message is sent again.
pub(super) const MAX_RESEND: Duration = Duration::from_secs(8);

impl Timing {
    /// The delays of a player who replaces a lost connection.
    pub(super) fn recovering() -> Self {
        Self {
            recover: RECOVER,
            ..Self::default()
        }
    }

    /// Each pause is doubled, times a random factor between 0.5 and 1 (docs/protocol.md).
    pub(super) fn resends(&self) -> ExponentialBackoff {
        ExponentialBuilder::new()
            .with_min_delay(self.resend / 2)
            .with_max_delay(MAX_RESEND / 2)
            .without_max_times()
            .with_jitter()
            .build()
    }
}
