//! A game's settings, and constants that all releases share.

use std::ops::RangeInclusive;

/// Milliseconds after which the function that began something has certainly stopped. `rps-contract` checks
/// that the functions' timeout is shorter.
pub const LEASE_MS: u64 = 5000;

/// A request to AWS may take effect six minutes after its function gave it up, in milliseconds: AWS accepts a
/// [signature for five minutes](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html), and clocks
/// differ.
pub const LATE_MS: u64 = 360_000;

/// The format version `v` of items and messages. Readers ignore unknown fields, so that releases can
/// finish each other's games. A change that readers must not ignore raises the version.
pub const VERSION: u32 = 1;

/// The highest format version of all items.
pub const GAME_VERSION: u32 = SEATS_SINCE;

/// The highest format version of messages.
pub const MESSAGE_VERSION: u32 = ROOM_MESSAGES_SINCE;

/// Since this version of games, the second play closes a round ([`crate::Game::is_played`]). In an older game, `decide`
/// closes every round by a write.
pub const PLAYS_CLOSE_SINCE: u32 = 2;

/// A room, and a game in a room or against the house, have this version. Older functions would not clean up the room, and
/// would send messages to the house.
pub const ROOMS_SINCE: u32 = 3;

/// A game has this version after a seat became absent or was taken again. Older functions would decide it by other rules,
/// and would not tell a player who resumes meanwhile.
pub const SEATS_SINCE: u32 = 4;

/// The round timer of a game in a room or against the house has this version. Older functions would look for its player in
/// the lobby.
pub const ROOM_MESSAGES_SINCE: u32 = 2;

/// Stored in each game, so a changed setting affects new games only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rules {
    window_s: u8,
    max_rounds: u8,
    decide_early: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            window_s: 5,
            max_rounds: 5,
            decide_early: false,
        }
    }
}

impl Rules {
    /// Whole seconds, because SQS delays are whole seconds.
    pub const WINDOW_S: RangeInclusive<u8> = 1..=60;
    /// AWS stops a chain of Lambda and SQS after about 16 invocations. A join, a rebalance and 12 rounds
    /// are 14.
    pub const MAX_ROUNDS: RangeInclusive<u8> = 1..=12;

    pub fn new(window_s: u8, max_rounds: u8) -> Option<Self> {
        (Self::WINDOW_S.contains(&window_s) && Self::MAX_ROUNDS.contains(&max_rounds)).then_some(
            Self {
                window_s,
                max_rounds,
                decide_early: false,
            },
        )
    }

    /// The same rules, but the second play ends a round early or not.
    #[must_use]
    pub fn deciding_early(self, decide_early: bool) -> Self {
        Self {
            decide_early,
            ..self
        }
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

    pub fn decide_early(self) -> bool {
        self.decide_early
    }
}
