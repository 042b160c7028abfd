//! Removes a closed connection.
//!
//! AWS sends `$disconnect` on a best-effort basis, so nothing depends on it. Without it, the round timer or the
//! next joiner notices the closed connection later. `leave` removes the connection's item first, so that
//! a running join can no longer claim a game for it; then it leaves the game or the lobby.

use rps_game::ConnectionId;

use crate::ports::{ChangeResult, Clock, EndGame, Players, PortError};
use crate::service::lobby;
use crate::service::settle::end;

/// An eventually consistent read is usually consistent after a second. If it misses a connection that is older than
/// this, the connection stays, as it does without `$disconnect`.
const CONSISTENT_AFTER_MS: u64 = 4000;

/// Removes a closed connection from its game or the lobby, and notifies its opponent.
pub async fn leave(
    store: &impl EndGame,
    players: &impl Players,
    clock: &impl Clock,
    id: &ConnectionId,
    connected_at_ms: u64,
) -> Result<(), PortError> {
    // A read is cheaper than a delete. Most connections close at the end of a game, which has already
    // removed their items.
    let age_ms = clock.now_ms().saturating_sub(connected_at_ms);
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
        let result = store.close_by_leaving(&claim.game, claim.seat, id).await?;
        room = claim.room;
        if let ChangeResult::Yes(game) = result {
            return end(store, players, clock, &game).await;
        }
        // Another caller closed the round and settles it, or the claim is a leftover.
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
