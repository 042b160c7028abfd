//! The settings of a game, and what all releases agree on.

use std::ops::RangeInclusive;

/// After this time a function that began something is certainly dead, milliseconds. `rps-contract` holds the
/// functions' timeout to it.
pub const LEASE_MS: u64 = 5000;

/// The version that items and messages carry in `v`. Readers ignore what they do not
/// know, so that releases can finish each other's games; a change that they must not ignore raises it.
pub const VERSION: u32 = 1;

/// Stored in the game: a changed setting touches new games only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    window_s: u8,
    max_rounds: u8,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            window_s: 5,
            max_rounds: 5,
        }
    }
}

impl Rules {
    /// Seconds to play: whole seconds, as SQS counts delays.
    pub const WINDOW_S: RangeInclusive<u8> = 1..=60;
    /// Rounds: AWS stops a chain of Lambda and SQS after about 16 functions. A join, a gathering and 12
    /// rounds are 14.
    pub const MAX_ROUNDS: RangeInclusive<u8> = 1..=12;

    pub fn new(window_s: u8, max_rounds: u8) -> Option<Self> {
        (Self::WINDOW_S.contains(&window_s) && Self::MAX_ROUNDS.contains(&max_rounds)).then_some(
            Self {
                window_s,
                max_rounds,
            },
        )
    }

    pub fn window_s(self) -> u8 {
        self.window_s
    }

    pub fn window_ms(self) -> u64 {
        u64::from(self.window_s) * 1000
    }

    pub fn max_rounds(self) -> u8 {
        self.max_rounds
    }
}
