//! The message that closes a round.

use serde::{Deserialize, Serialize};

use crate::{GameId, Room};

/// The delayed message that closes a round when its time is up. The sender schedules it, with the
/// window as its delay, before it stores the round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoundTimer {
    pub v: u32,
    pub game: GameId,
    pub round: u32,
    /// The deadline of the round that this timer belongs to. If a join or a draw runs twice, it sends two
    /// timers. Only the timer of the stored round has a matching deadline, so the other one cannot close
    /// the round early.
    pub deadline_ms: u64,
    /// The second play sent this message, in addition to the delayed one. It never comes back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub early: bool,
    /// The game's room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<Room>,
    /// The game is against the house. No place in a lobby shows that its join still runs.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub house: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimerRefusal {
    /// The round is not stored yet; the sender may be about to store it.
    Ahead,
    /// The round is over or never existed.
    Obsolete,
}
