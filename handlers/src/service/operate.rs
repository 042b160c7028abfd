//! Operators end games and disconnect players. No function uses this module.
//!
//! Each operation begins with one conditional write, which succeeds only if the state is unchanged since
//! the operator read it. Then it runs the same steps as the functions. If rpsctl dies midway, the round
//! timer, `$disconnect`, or another run of the command finishes the operation.

use rps_game::rebalance::RebalanceStep;
use rps_game::{
    Claim, Connection, ConnectionId, Game, GameId, JoinId, Message, Position, Reservation, Seat,
    Waiting,
};

use crate::ports::{
    ChangeResult, ClaimPlace, ClaimResult, Clock, CloseByOperator, EndGame, FindConnection,
    FindGame, Players, PortError, ReadLobby, ReservePlayer, ReserveResult,
};
use crate::service::settle::end;
use crate::service::{decide, rebalance};

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

/// A connection and its position at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionSnapshot {
    pub connection: Connection,
    pub place: Position,
}

impl ConnectionSnapshot {
    /// `waiting` and `game` belong to the claimed game. Read the connection first, then the lobby shard,
    /// then the game.
    #[must_use]
    pub fn new(
        connection: Connection,
        waiting: Option<&Waiting>,
        game: Option<&Game>,
        now_ms: u64,
    ) -> Self {
        let place = connection.claim.as_ref().map_or(Position::Idle, |claim| {
            Position::of(&connection.id, claim, waiting, game, now_ms)
        });
        Self { connection, place }
    }
}

pub async fn find(
    store: &(impl FindConnection + ReadLobby + FindGame),
    clock: &impl Clock,
    id: &ConnectionId,
) -> Result<Option<ConnectionSnapshot>, PortError> {
    let Some(connection) = store.find_connection(id).await? else {
        return Ok(None);
    };
    let (mut waiting, mut game) = (None, None);
    if let Some(claim) = &connection.claim {
        waiting = store.waiting(claim.game.shard()).await?;
        game = store.find_game(&claim.game).await?;
    }
    let snapshot =
        ConnectionSnapshot::new(connection, waiting.as_ref(), game.as_ref(), clock.now_ms());
    Ok(Some(snapshot))
}

/// Disconnects a player. The opponent in a running game wins and is notified, unless both have played. Returns false
/// and changes nothing if the connection's position differs from `snapshot`. Use a new `by` for every call.
pub async fn disconnect(
    store: &(impl ClaimPlace + ReservePlayer + FindGame + EndGame),
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
                // The plays decide the round. After a draw, the player loses the next one.
                ChangeResult::No(game) if game.is_played() && game.closed.is_none() => {
                    players.disconnect(&connection.id).await?;
                }
                ChangeResult::No(_) | ChangeResult::NoGame => return Ok(false),
            }
            Ok(true)
        }
        Position::Waiting(waiting) => {
            let may_close = reserve(store, clock, waiting, by).await?;
            if may_close {
                close(store, players, &connection.id, &waiting.game).await?;
            }
            Ok(may_close)
        }
        Position::Idle => {
            let claim = claim(store, clock, connection, by).await?;
            if let Some(claim) = &claim {
                close(store, players, &connection.id, &claim.game).await?;
            }
            Ok(claim.is_some())
        }
        Position::Joining => Ok(false),
    }
}

/// Reserves the waiting player as a joiner does, so that no joiner starts a game with it meanwhile. If
/// rpsctl dies, the reservation expires and the player still waits.
async fn reserve(
    store: &(impl ReservePlayer + FindGame + EndGame),
    clock: &impl Clock,
    waiting: &Waiting,
    by: &JoinId,
) -> Result<bool, PortError> {
    let reservation = Reservation {
        by: by.clone(),
        at_ms: clock.now_ms(),
    };
    if store.reserve_player(waiting, &reservation).await? != ReserveResult::Yes {
        return Ok(false);
    }
    if store.find_game(&waiting.game).await?.is_none() {
        return Ok(true);
    }
    // A joiner stored the game and died before it cleared the lobby: the player is in that game.
    store.clear_lobby(waiting).await?;
    Ok(false)
}

/// Renews the idle connection's claim, or claims a game that does not exist. Until that claim expires, no join
/// and no rebalance of the connection can claim another game. `None`: the connection has changed.
async fn claim(
    store: &impl ClaimPlace,
    clock: &impl Clock,
    connection: &Connection,
    by: &JoinId,
) -> Result<Option<Claim>, PortError> {
    let (id, old) = (&connection.id, connection.claim.as_ref());
    let no_game = Claim {
        game: GameId::in_shard(&*by.unique, 0),
        seat: Seat::First,
        by: by.clone(),
        at_ms: clock.now_ms(),
        reservation: None,
    };
    let claim = old.map_or(no_game, |old| old.renewed(by, clock.now_ms()));
    let result = store.claim_place(id, &claim, old).await?;
    Ok((result == ClaimResult::Yes).then_some(claim))
}

/// Closes the connection, which claims this game. Removes its item last, so that another run can find the connection if
/// rpsctl dies.
async fn close(
    store: &impl EndGame,
    players: &impl Players,
    id: &ConnectionId,
    game: &GameId,
) -> Result<(), PortError> {
    players.disconnect(id).await?;
    let waiting = Waiting {
        connection: id.clone(),
        game: game.clone(),
    };
    store.clear_lobby(&waiting).await?;
    store.remove_player(id, game).await?;
    Ok(())
}

/// Returns false if the message is obsolete and may be deleted.
pub async fn is_needed(
    store: &(impl FindConnection + ReadLobby + FindGame),
    clock: &impl Clock,
    message: &Message,
) -> Result<bool, PortError> {
    match message {
        Message::RoundTimer(round_timer) => decide::is_needed(store, clock, round_timer).await,
        Message::Rebalance(rebalance) => {
            let step = rebalance::next_step(store, clock, rebalance).await?;
            Ok(step.is_some_and(|(_, step)| step != RebalanceStep::Done))
        }
    }
}
