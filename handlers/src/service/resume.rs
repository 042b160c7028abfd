//! Gives a player its seat again, on another connection.
//!
//! **One connection per seat** (guarantee 1): one transaction moves the seat, claims the game for the new connection, and
//! removes the item of the old one. It succeeds only if the seat still belongs to the connection that was read, and the
//! secret is right.
//!
//! **Both know the result** (guarantee 5): a round that a write closed has no seat to take, so `settle` notifies the
//! players that it read. While the plays alone decide a round, a seat may still move; `settle` then finds its new
//! connection when it removes the game.

use rps_game::{
    Claim, ConnectionId, ErrorCode, Game, GameId, Position, Seat, SeatSecret, ServerMessage,
    Settlement,
};
use tracing::{info, warn};

use crate::ports::{Clock, JoinStore, Players, PortError, Random, TakeSeat, Takeover};
use crate::service::position;

/// Another message may change an item between the reads and the transaction.
const MAX_ATTEMPTS: u32 = 3;

/// Moves the seat with this secret to the connection `me`, and returns the answer to it.
pub async fn resume(
    store: &(impl JoinStore + TakeSeat),
    players: &impl Players,
    environment: &(impl Clock + Random),
    me: &ConnectionId,
    id: &GameId,
    secret: &SeatSecret,
) -> Result<ServerMessage, PortError> {
    let mut old = None;
    for _ in 0..MAX_ATTEMPTS {
        let answer = attempt(store, players, environment, me, (id, secret), &mut old).await?;
        if let Some(answer) = answer {
            return Ok(answer);
        }
    }
    Ok(ErrorCode::TryAgain.into())
}

/// `None`: an item has changed meanwhile. `old` becomes the connection that has the seat, if it claims the game.
async fn attempt(
    store: &(impl JoinStore + TakeSeat),
    players: &impl Players,
    environment: &(impl Clock + Random),
    me: &ConnectionId,
    (id, secret): (&GameId, &SeatSecret),
    old: &mut Option<ConnectionId>,
) -> Result<Option<ServerMessage>, PortError> {
    let Some(snapshot) = position::find(store, environment, me).await? else {
        // Its game is over, or another connection has taken its seat.
        players.disconnect(me).await?;
        return Ok(Some(ErrorCode::TryAgain.into()));
    };
    if let Position::Playing(game, seat) = &snapshot.place
        && game.id == *id
    {
        close_replaced(players, old.as_ref()).await;
        return Ok(Some(repeated(game, *seat, secret, environment.now_ms())));
    }
    if let Some(code) = refusal(&snapshot.place) {
        return Ok(Some(code.into()));
    }
    let game = store.find_game(id).await?;
    let Some((seat, game)) = game.and_then(|it| Some((it.seat_with(secret)?, it))) else {
        return Ok(Some(ErrorCode::NotInAGame.into()));
    };
    if game.closed.is_some() {
        return Ok(Some(result(&game, seat)));
    }
    let from = game.player(seat);
    if from == me {
        return Ok(None);
    }
    *old = claims(store, from, id).await?.then(|| from.clone());
    let takeover = Takeover {
        from,
        is_claimed: old.is_some(),
        to: &snapshot.connection,
        claim: &claim(environment, &game, seat),
        secret,
    };
    if !store.take_seat(takeover).await? {
        return Ok(None);
    }
    info!(game = %id, round = game.round, "resumed");
    close_replaced(players, old.as_ref()).await;
    answer(store, environment, me, id).await.map(Some)
}

/// `None`: the connection is idle.
fn refusal(place: &Position) -> Option<ErrorCode> {
    match place {
        Position::Idle => None,
        Position::Joining => Some(ErrorCode::TryAgain),
        Position::Waiting(_) => Some(ErrorCode::AlreadyWaiting),
        Position::Playing(..) => Some(ErrorCode::AlreadyInAGame),
    }
}

async fn claims(
    store: &impl JoinStore,
    player: &ConnectionId,
    game: &GameId,
) -> Result<bool, PortError> {
    let connection = store.find_connection(player).await?;
    let claim = connection.and_then(|connection| connection.claim);
    Ok(claim.is_some_and(|claim| claim.game == *game))
}

fn claim(environment: &(impl Clock + Random), game: &Game, seat: Seat) -> Claim {
    Claim {
        game: game.id.clone(),
        seat,
        by: environment.unique().into(),
        at_ms: environment.now_ms(),
        room: game.room.clone(),
    }
}

/// The connection already plays this game, so the secret must be its own.
fn repeated(game: &Game, seat: Seat, secret: &SeatSecret, now_ms: u64) -> ServerMessage {
    match game.seat_with(secret) {
        Some(own) if own == seat => game.resumed(seat, now_ms),
        Some(_) => ErrorCode::AlreadyInAGame.into(),
        None => ErrorCode::NotInAGame.into(),
    }
}

/// The round is closed: the answer is the result of the game. After a draw that is not final, the next round is about to
/// begin.
fn result(game: &Game, seat: Seat) -> ServerMessage {
    let message = match game.settle(game.deadline_ms) {
        Settlement::Over(messages) => messages[seat as usize].clone(),
        Settlement::Open | Settlement::NextRound { .. } => Some(ErrorCode::TryAgain.into()),
    };
    message.unwrap_or_else(|| ErrorCode::NotInAGame.into())
}

/// Another connection has the player's seat now. A client that is not told so would resume again.
async fn close_replaced(players: &impl Players, old: Option<&ConnectionId>) {
    let Some(old) = old else { return };
    let told = players.notify(old, &ErrorCode::AlreadyInAGame.into()).await;
    let closed = match told {
        Ok(_) => players.disconnect(old).await,
        Err(failure) => Err(failure),
    };
    if let Err(failure) = closed {
        warn!(%failure, "cannot close the connection that had the seat");
    }
}

async fn answer(
    store: &impl JoinStore,
    clock: &impl Clock,
    me: &ConnectionId,
    game: &GameId,
) -> Result<ServerMessage, PortError> {
    let game = store.find_game(game).await?;
    let seat = game.and_then(|game| Some((game.seat_of(me)?, game)));
    Ok(match seat {
        Some((seat, game)) => game.resumed(seat, clock.now_ms()),
        // The game has ended meanwhile, and this connection has its result.
        None => ErrorCode::NotInAGame.into(),
    })
}
