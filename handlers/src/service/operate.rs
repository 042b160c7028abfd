//! Operators end games and disconnect players. No function uses this module.
//!
//! Each operation begins with one conditional write, which succeeds only if the state is unchanged since
//! the operator read it. Then it runs the same steps as the functions. If rpsctl dies midway, the round
//! timer, `$disconnect`, or another run of the command finishes the operation.

use rps_game::{Claim, ConnectionId, Game, JoinId, Message, Position, Seat, Waiting};

use crate::ports::{
    ChangeResult, ClaimPlace, ClaimResult, Clock, CloseByOperator, EndGame, FindGame, Players,
    PortError, ReadLobby,
};
use crate::service::position::ConnectionSnapshot;
use crate::service::settle::end;
use crate::service::{decide, lobby};

/// Ends the game if its round and `closed` are unchanged since `snapshot`: notifies both players, and removes
/// the game.
pub async fn end_game(
    store: &(impl CloseByOperator + EndGame),
    players: &impl Players,
    clock: &impl Clock,
    snapshot: &Game,
) -> Result<ChangeResult, PortError> {
    let changed = store.close_by_operator(snapshot).await?;
    if let ChangeResult::Yes(game) = &changed {
        end(store, players, clock, game).await?;
    }
    Ok(changed)
}

/// Disconnects a player. The opponent in a running game wins and is notified, unless both have played. Returns false
/// and changes nothing if the connection's position differs from `snapshot`. Use a new `by` for every call.
pub async fn disconnect(
    store: &(impl ClaimPlace + FindGame + EndGame),
    players: &impl Players,
    clock: &impl Clock,
    snapshot: &ConnectionSnapshot,
    by: &JoinId,
) -> Result<bool, PortError> {
    let connection = &snapshot.connection;
    match &snapshot.place {
        Position::Playing(game, seat) => {
            let closed = store.close_by_leaving(&game.id, *seat, &connection.id);
            match closed.await? {
                ChangeResult::Yes(game) => end(store, players, clock, &game).await?,
                // The plays decide the round. After a draw, the player is absent, and may resume.
                ChangeResult::No(game) if game.is_played() && game.closed.is_none() => {
                    players.disconnect(&connection.id).await?;
                }
                ChangeResult::No(_) | ChangeResult::NoGame => return Ok(false),
            }
            Ok(true)
        }
        Position::Waiting(_) | Position::Idle => {
            let lobby = store.lobby(connection.room()).await?;
            let place = Waiting::find(&lobby, &connection.id);
            if place.as_ref() != snapshot.waiting() {
                return Ok(false);
            }
            let claim = claim(store, clock, snapshot, by).await?;
            if let Some(claim) = &claim {
                close(store, players, &connection.id, claim).await?;
            }
            Ok(claim.is_some())
        }
        Position::Joining => Ok(false),
    }
}

/// Claims a game for the player as a joiner does, so that no joiner starts one with it meanwhile. If rpsctl dies, the
/// claim expires. `None`: the connection has changed.
async fn claim(
    store: &(impl ClaimPlace + FindGame),
    clock: &impl Clock,
    snapshot: &ConnectionSnapshot,
    by: &JoinId,
) -> Result<Option<Claim>, PortError> {
    let (id, old) = (&snapshot.connection.id, &snapshot.connection.claim);
    let game = match (snapshot.waiting(), old) {
        (Some(waiting), _) => waiting.game.clone(),
        (_, Some(old)) => old.game.clone(),
        // A game that does not exist.
        (_, None) => by.as_str().into(),
    };
    let claim = Claim {
        game,
        seat: Seat::First,
        by: by.clone(),
        at_ms: clock.now_ms(),
        room: snapshot.connection.room().cloned(),
    };
    let result = store.claim_place(id, &claim, old.as_ref()).await?;
    // AWS may have stored the game late: the player is in it.
    let is_free = result == ClaimResult::Yes && store.find_game(&claim.game).await?.is_none();
    Ok(is_free.then_some(claim))
}

/// Closes the connection, which has this claim. Removes its item last, so that another run can find the connection if
/// rpsctl dies.
async fn close(
    store: &impl EndGame,
    players: &impl Players,
    id: &ConnectionId,
    claim: &Claim,
) -> Result<(), PortError> {
    players.disconnect(id).await?;
    let mut lobby = store.lobby(claim.room.as_ref()).await?;
    lobby::leave_if_waiting(store, id, &mut lobby).await?;
    store.remove_player(id, &claim.game).await.map(drop)
}

/// Returns false if the message is obsolete and may be deleted.
pub async fn is_needed(
    store: &(impl ReadLobby + FindGame),
    clock: &impl Clock,
    message: &Message,
) -> Result<bool, PortError> {
    match message {
        Message::RoundTimer(round_timer) => decide::is_needed(store, clock, round_timer).await,
        Message::Rebalance(rebalance) => Ok(rebalance.is_needed(&store.lobby(None).await?)),
    }
}
