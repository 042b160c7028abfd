//! Removes a closed connection.
//!
//! AWS sends `$disconnect` on a best-effort basis, so nothing depends on it. Without it, the round timer or the
//! next joiner notices the closed connection later. `leave` removes the connection's item first, so that
//! a running join can no longer claim a game for it; then it leaves the game or the lobby.
//!
//! A player who closes its connection on purpose loses its game at once. If the connection broke, its seat becomes
//! absent, and the player may resume ([`crate::service::resume`]).

use rps_game::ConnectionId;

use crate::ports::{Clock, EndGame, Players, PortError};
use crate::service::lobby;
use crate::service::settle::{forfeit, lose_connection};

/// An eventually consistent read is usually consistent after a second. If it misses a connection that is older than
/// this, the connection stays, as it does without `$disconnect`.
const CONSISTENT_AFTER_MS: u64 = 4000;

/// A closed connection.
#[derive(Debug, Clone, Copy)]
pub struct Closed<'a> {
    pub id: &'a ConnectionId,
    pub connected_at_ms: u64,
    /// The player closed it.
    pub is_on_purpose: bool,
}

/// Removes a closed connection from its game or the lobby.
pub async fn leave(
    store: &impl EndGame,
    players: &impl Players,
    clock: &impl Clock,
    closed: Closed<'_>,
) -> Result<(), PortError> {
    let id = closed.id;
    // A read is cheaper than a delete. Most connections close at the end of a game, which has already
    // removed their items.
    let age_ms = clock.now_ms().saturating_sub(closed.connected_at_ms);
    let stored = if age_ms < CONSISTENT_AFTER_MS {
        store.find_connection(id).await?
    } else {
        store.peek_connection(id).await?
    };
    let Some(stored) = stored else {
        return Ok(());
    };
    let removed = store.remove_connection(id).await?.unwrap_or(stored);
    let mut room = None;
    if let Some(claim) = removed.claim {
        let (game, seat) = (&claim.game, claim.seat);
        let has_ended = if closed.is_on_purpose {
            forfeit(store, players, clock, game, seat, id).await?
        } else {
            lose_connection(store, players, clock, game, seat, id).await?
        };
        if has_ended {
            return Ok(());
        }
        room = claim.room;
    }
    // If this misses a place, the next joiner removes it.
    let mut lobby = store.peek_lobby(None).await?;
    lobby::leave_if_waiting(store, id, &mut lobby).await?;
    if let Some(room) = room {
        // Perhaps nobody joins in this room any more.
        let mut lobby = store.lobby(Some(&room)).await?;
        lobby::leave_if_waiting(store, id, &mut lobby).await?;
    }
    Ok(())
}
