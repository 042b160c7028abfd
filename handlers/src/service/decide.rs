//! Decides a round when its round timer arrives.
//!
//! **Decided once** (guarantee 3): when both have played, their plays never change. Otherwise one conditional write
//! closes the round, which freezes them. So every run of `settle` has the same result. The round timer names the round
//! and the deadline, so a duplicate or reordered timer, or one whose round was never stored, changes nothing.
//!
//! **Every game ends** (guarantee 4): a function schedules the round timer before it stores the round, so
//! every stored round has a timer. After a failure SQS redelivers the timer, and `decide` continues from
//! the stored state. A timer that arrives before its round is stored goes back to the queue while AWS may
//! still store the round.

use rps_game::RoundTimer;

use crate::ports::{
    ChangeResult, Clock, EndGame, FindGame, Players, PortError, ReadLobby, Schedule,
};
use crate::service::settle::settle;

/// The next action for a handled message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageAction {
    /// The message is done or obsolete: delete it.
    Delete,
    /// The message is not done: redeliver it.
    PutBack,
}

/// Decides the round of `round_timer`.
pub async fn decide(
    store: &(impl EndGame + FindGame),
    queue: &impl Schedule,
    players: &impl Players,
    clock: &impl Clock,
    round_timer: &RoundTimer,
) -> Result<MessageAction, PortError> {
    let game = if round_timer.early {
        store.find_game(&round_timer.game).await?
    } else {
        // An older state, but a round without further plays never opens again. Only the write refuses.
        store.peek_closed_game(&round_timer.game).await?
    };
    if let Some(game) = game
        && let Ok(closed) = game.clock(round_timer)
    {
        settle(store, queue, players, clock, &closed).await?;
        return Ok(MessageAction::Delete);
    }
    if round_timer.early {
        return Ok(MessageAction::Delete);
    }
    let is_needed = match store.close_round(round_timer).await? {
        ChangeResult::Yes(game) => {
            settle(store, queue, players, clock, &game).await?;
            false
        }
        ChangeResult::No(game) => round_timer.is_needed(false, Some(&game), clock.now_ms()),
        ChangeResult::NoGame => is_needed(store, clock, round_timer).await?,
    };
    Ok(if is_needed {
        MessageAction::PutBack
    } else {
        MessageAction::Delete
    })
}

/// Returns false if the round timer is obsolete and may be deleted.
pub async fn is_needed(
    store: &(impl ReadLobby + FindGame),
    clock: &impl Clock,
    round_timer: &RoundTimer,
) -> Result<bool, PortError> {
    let lobby = store.lobby(round_timer.room.as_ref()).await?;
    let waits = lobby.places.values().any(|game| *game == round_timer.game);
    let game = store.find_game(&round_timer.game).await?;
    Ok(round_timer.is_needed(waits, game.as_ref(), clock.now_ms()))
}
