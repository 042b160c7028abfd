//! A round's time is over.
//!
//! **Decided once** (guarantee 3): the round is closed by one conditional write that names round and
//! deadline; a duplicate, reordered or orphaned tick matches neither and vanishes. Closing freezes the
//! plays, so whoever settles the game, however often, settles it the same.
//!
//! **Every game ends** (guarantee 4): each tick is sent before its round is stored, so no stored round
//! is without one. A failure anywhere puts the tick back, and the next delivery goes on from what is
//! stored. A tick that arrives before its round is stored is put back too, while its sender may live.

use rps_game::Tick;

use crate::ports::{Changed, Clock, EndGame, Failure, Players, Schedule};
use crate::service::settle::settle;

/// What to do with a tick that was handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handled {
    /// It has done its work, or never will: delete it.
    Done,
    /// It came before its round: deliver it again.
    PutBack,
}

/// Decides the round whose time is over, if `tick`, sent `age_ms` ago, is its tick.
pub async fn decide(
    store: &impl EndGame,
    timer: &impl Schedule,
    players: &impl Players,
    clock: &impl Clock,
    tick: &Tick,
    age_ms: u64,
) -> Result<Handled, Failure> {
    let is_needed = match store.close_round(tick).await? {
        Changed::Yes(game) => {
            settle(store, timer, players, clock, &game).await?;
            false
        }
        Changed::No(game) => tick.is_needed(Some(&game), age_ms),
        Changed::NoGame => tick.is_needed(None, age_ms),
    };
    Ok(if is_needed {
        Handled::PutBack
    } else {
        Handled::Done
    })
}
