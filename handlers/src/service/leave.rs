//! A connection closes.
//!
//! `$disconnect` is best effort, so nothing depends on it: it only makes sooner what the clock, or the
//! next joiner, would find out. The connection goes first, so that no join still running can claim a
//! place for it any more; then whichever place it had.

use rps_game::ConnectionId;

use crate::ports::{Changed, Clock, EndGame, Failure, FindConnection, Players};
use crate::service::settle::end;

/// Removes a closed connection from wherever it is, and tells its opponent.
pub async fn leave(
    store: &(impl FindConnection + EndGame),
    players: &impl Players,
    clock: &impl Clock,
    id: &ConnectionId,
) -> Result<(), Failure> {
    // A read is cheaper than a delete, and most connections are closed by the end of a game, which has
    // removed them already.
    let Some(found) = store.find_connection(id).await? else {
        return Ok(());
    };
    let removed = store.remove_connection(id, None).await?.unwrap_or(found);
    let Some(claim) = removed.claim else {
        return Ok(());
    };
    match store.close_by_leaving(&claim.game, claim.seat, id).await? {
        Changed::Yes(game) => end(store, players, clock, &game).await,
        // Another has closed the round, and settles it; or the claim was left over.
        Changed::No(_) => Ok(()),
        Changed::NoGame => store.clear_lobby(id, &claim.game).await,
    }
}
