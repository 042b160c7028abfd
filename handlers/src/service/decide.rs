//! Decides a round when its round timer arrives.
//!
//! **Decided once** (guarantee 3): one conditional write closes the round. Its condition names the round
//! and the deadline, so a duplicate or reordered round timer, or one whose round was never stored, changes nothing. Closing freezes
//! the plays, so every run of `settle` has the same result.
//!
//! **Every game ends** (guarantee 4): a function schedules the round timer before it stores the round, so
//! every stored round has a timer. After a failure SQS redelivers the timer, and `decide` continues from
//! the stored state. A timer that arrives before its round is stored goes back to the queue while its
//! sender may still be running.

use rps_game::RoundTimer;

use crate::ports::{ChangeResult, Clock, EndGame, Players, PortError, Schedule};
use crate::service::settle::settle;

/// The next action for a handled message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageAction {
    /// The message is done or obsolete: delete it.
    Delete,
    /// The message is not done: redeliver it.
    PutBack,
}

/// Decides the round of `round_timer`, which was sent `age_ms` ago.
pub async fn decide(
    store: &impl EndGame,
    queue: &impl Schedule,
    players: &impl Players,
    clock: &impl Clock,
    round_timer: &RoundTimer,
    age_ms: u64,
) -> Result<MessageAction, PortError> {
    let is_needed = match store.close_round(round_timer).await? {
        ChangeResult::Yes(game) => {
            settle(store, queue, players, clock, &game).await?;
            false
        }
        ChangeResult::No(game) => round_timer.is_needed(Some(&game), age_ms),
        ChangeResult::NoGame => round_timer.is_needed(None, age_ms),
    };
    Ok(if is_needed {
        MessageAction::PutBack
    } else {
        MessageAction::Delete
    })
}
