//! What operators do to games and connections: by the same steps as the functions, so that what dies half-way
//! is finished by the clock, by `$disconnect`, or by doing it again.
//!
//! Each begins with one conditional write that holds only if all is still as the operator has seen it. No
//! function uses this.

use rps_game::gather::Step;
use rps_game::{
    Claim, Connection, ConnectionId, Game, GameId, JoinId, Message, Position, Seat, Taken, Waiting,
};

use crate::ports::{
    Changed, ClaimPlace, Claimed, Clock, CloseByOperator, EndGame, Failure, FindConnection,
    FindGame, Players, ReadLobby, TakeWaiting,
};
use crate::service::gather;
use crate::service::settle::end;

/// Ends the game, if it is in the round that was seen: tells both players, and removes everything.
pub async fn end_game(
    store: &(impl CloseByOperator + EndGame),
    players: &impl Players,
    clock: &impl Clock,
    seen: &Game,
) -> Result<Changed, Failure> {
    let changed = store.close_by_operator(seen).await?;
    if let Changed::Yes(game) = &changed {
        end(store, players, clock, game).await?;
    }
    Ok(changed)
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub connection: Connection,
    pub place: Position,
}

impl Seen {
    /// Takes the shard of the lobby and the game that the connection claims, read in this order after it.
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
) -> Result<Option<Seen>, Failure> {
    let Some(connection) = store.find_connection(id).await? else {
        return Ok(None);
    };
    let (mut waiting, mut game) = (None, None);
    if let Some(claim) = &connection.claim {
        waiting = store.waiting(claim.game.shard()).await?;
        game = store.find_game(&claim.game).await?;
    }
    let seen = Seen::new(connection, waiting.as_ref(), game.as_ref(), clock.now_ms());
    Ok(Some(seen))
}

/// Closes a connection that is where it was seen, and frees that place: the opponent of a game wins it and is
/// told so. False if it is elsewhere by now; then nothing was done. `by` is in no other call.
pub async fn disconnect(
    store: &(impl ClaimPlace + TakeWaiting + FindGame + EndGame),
    players: &impl Players,
    clock: &impl Clock,
    seen: &Seen,
    by: &JoinId,
) -> Result<bool, Failure> {
    let connection = &seen.connection;
    match &seen.place {
        Position::Playing(game, seat) => {
            let closed = store.close_by_leaving(&game.id, *seat, &connection.id);
            let Changed::Yes(game) = closed.await? else {
                return Ok(false);
            };
            end(store, players, clock, &game).await?;
            Ok(true)
        }
        Position::Waiting(waiting) => Ok(take(store, clock, waiting, by).await?
            && close(store, players, clock, connection, by).await?),
        Position::Idle => close(store, players, clock, connection, by).await,
        Position::Joining => Ok(false),
    }
}

/// The lobby is marked as if a game were being started: nobody else takes the player meanwhile, and if this dies
/// the mark expires and the player still waits.
async fn take(
    store: &(impl TakeWaiting + FindGame + EndGame),
    clock: &impl Clock,
    waiting: &Waiting,
    by: &JoinId,
) -> Result<bool, Failure> {
    let taken = Taken {
        by: by.clone(),
        at_ms: clock.now_ms(),
    };
    if waiting.is_being_taken(taken.at_ms) || !store.take_waiting(waiting, &taken).await? {
        return Ok(false);
    }
    if store.find_game(&waiting.game).await?.is_none() {
        return Ok(true);
    }
    // A joiner has stored the game since, and died before it cleared the lobby: the player plays.
    let id = &waiting.connection;
    store.clear_lobby(id, &waiting.game).await?;
    Ok(false)
}

/// The connection claims its place anew, or one that does not exist: meanwhile no join of it gets another, and no
/// message gathers it. If this dies the claim expires, and all goes on as before. The item goes last, so that
/// what is left can still be found and closed.
async fn close(
    store: &(impl ClaimPlace + EndGame),
    players: &impl Players,
    clock: &impl Clock,
    connection: &Connection,
    by: &JoinId,
) -> Result<bool, Failure> {
    let (id, held) = (&connection.id, connection.claim.as_ref());
    let nowhere = Claim {
        game: GameId::in_shard(&*by.unique, 0),
        seat: Seat::First,
        by: by.clone(),
        at_ms: clock.now_ms(),
    };
    let claim = held.map_or(nowhere, |held| held.renewed(by, clock.now_ms()));
    if store.claim_place(id, &claim, held).await? != Claimed::Yes {
        return Ok(false);
    }
    players.disconnect(id).await?;
    store.clear_lobby(id, &claim.game).await?;
    store.remove_connection(id, Some(&claim.game)).await?;
    Ok(true)
}

/// Whether a message of the queue, sent `age_ms` ago, has something to do; what has not may be deleted.
pub async fn is_needed(
    store: &(impl FindConnection + ReadLobby + FindGame),
    clock: &impl Clock,
    message: &Message,
    age_ms: u64,
) -> Result<bool, Failure> {
    match message {
        Message::Tick(tick) => {
            let game = store.find_game(&tick.game).await?;
            Ok(tick.is_needed(game.as_ref(), age_ms))
        }
        Message::Gather(wait) => {
            let step = gather::next_step(store, clock, wait).await?;
            Ok(step.is_some_and(|(_, step)| step != Step::Done))
        }
    }
}
