//! Settles a game whose round is closed: starts the next round, or ends the game.
//!
//! **The same result for both** (guarantee 5): the messages depend only on the closed round. `settle`
//! notifies the players before it removes or disconnects anything. If that fails, SQS redelivers the round
//! timer, and `settle` notifies them again.
//!
//! **One game per connection** (guarantee 1): AWS may store a game after its joiner gave it up and joined another. So
//! the end of a game concerns only players who claim it.
//!
//! **Complete removal** (guarantee 6): `settle` removes the game last, so that a redelivered round timer
//! still finds the items to remove.

use rps_contract::log_metrics::{BOT_GAMES, GAMES};
use rps_game::{Game, Lobby, Seat, ServerMessage, Settlement};
use tracing::info;

use crate::ports::{
    ChangeResult, Clock, Delivery, EndGame, FindConnection, Notify, Players, PortError, Schedule,
};
use crate::service::lobby;

/// Starts the next round after a draw, or ends the game.
pub async fn settle(
    store: &impl EndGame,
    queue: &impl Schedule,
    players: &impl Players,
    clock: &impl Clock,
    game: &Game,
) -> Result<(), PortError> {
    let Settlement::NextRound { game: next, drawn } = game.settle(clock.now_ms()) else {
        return end(store, players, clock, game).await;
    };
    let window_s = game.rules.window_s();
    queue.schedule(&next.round_timer().into(), window_s).await?;
    match store.next_round(game, &next).await? {
        ChangeResult::Yes(_) => {}
        // An operator's command closed the round and may have crashed since. Only this round timer can still
        // finish the game.
        ChangeResult::No(ended) if ended.round_timer() == game.round_timer() => {
            return end(store, players, clock, &ended).await;
        }
        // Another delivery of this round timer started the next round and notifies the players.
        ChangeResult::No(_) | ChangeResult::NoGame => return Ok(()),
    }
    let late_ms = game.overdue_ms(clock.now_ms());
    info!(game = %game.id, round = game.round, late_ms, "round drawn");
    let deliveries = both(async |seat| {
        if next.is_house(seat) {
            return Ok(Delivery::Delivered);
        }
        players.notify(next.player(seat), &drawn).await
    });
    let deliveries = deliveries.await?;
    let mut seats = Seat::BOTH.into_iter().zip(deliveries);
    let Some((leaver, _)) = seats.find(|(_, delivery)| *delivery == Delivery::Closed) else {
        return Ok(());
    };
    // A player with a closed connection loses the game (guarantee 7).
    match store
        .close_by_leaving(&game.id, leaver, game.player(leaver))
        .await?
    {
        ChangeResult::Yes(game) => end(store, players, clock, &game).await,
        ChangeResult::No(_) | ChangeResult::NoGame => Ok(()),
    }
}

/// Ends a game after its last round is closed: notifies the players, then removes the game.
pub async fn end(
    store: &impl EndGame,
    players: &impl Players,
    clock: &impl Clock,
    game: &Game,
) -> Result<(), PortError> {
    let Settlement::Over(messages) = game.settle(clock.now_ms()) else {
        return Ok(());
    };
    let deliveries = both(async |seat| match &messages[seat as usize] {
        _ if game.is_house(seat) => Ok(None),
        // The player left, or an operator disconnects it.
        None => Ok(Some(Delivery::Delivered)),
        Some(message) => tell(store, players, game, seat, message).await,
    });
    let deliveries = deliveries.await?;
    let reason = messages.iter().flatten().find_map(|message| match message {
        ServerMessage::GameOver { reason, .. } => Some(<&str>::from(reason)),
        _ => None,
    });
    let late_ms = game.overdue_ms(clock.now_ms());
    let line = match game.house {
        Some(_) => BOT_GAMES.line,
        None => GAMES.line,
    };
    info!(game = %game.id, rounds = game.round, reason, late_ms, "{line}");
    remove(store, players, game, deliveries).await
}

/// Tells a player the result. `None`: the player claims another game. A player who has played claims this one.
async fn tell(
    store: &impl FindConnection,
    players: &impl Notify,
    game: &Game,
    seat: Seat,
    result: &ServerMessage,
) -> Result<Option<Delivery>, PortError> {
    let id = game.player(seat);
    if game.round == 1 && game.played(seat).is_none() {
        let connection = store.find_connection(id).await?;
        match connection.and_then(|connection| connection.claim) {
            // It has left, or an earlier run has told it and died before it disconnected it.
            None => return Ok(Some(Delivery::Delivered)),
            Some(claim) if claim.game != game.id => return Ok(None),
            Some(_) => {}
        }
    }
    players.notify(id, result).await.map(Some)
}

/// Runs the operation for both seats, concurrently. A failure of one does not cancel the other.
async fn both<T>(
    operation: impl AsyncFn(Seat) -> Result<T, PortError>,
) -> Result<[T; 2], PortError> {
    let (first, second) = tokio::join!(operation(Seat::First), operation(Seat::Second));
    Ok([first?, second?])
}

/// Removes and disconnects both players, then removes the game. The connections' items go first, so that
/// the following `$disconnect` finds nothing to do. A player without a delivery keeps everything: it may wait, even for
/// another game with the same id. The house has nothing.
async fn remove(
    store: &impl EndGame,
    players: &impl Players,
    game: &Game,
    deliveries: [Option<Delivery>; 2],
) -> Result<(), PortError> {
    let remove_player = async |seat| match deliveries[seat as usize] {
        Some(_) => store.remove_player(game.player(seat), &game.id).await,
        None => Ok(false),
    };
    let (_, lobby) = tokio::try_join!(both(remove_player), store.peek_lobby(None))?;
    leave_lobby(store, game, deliveries, lobby).await?;
    if game.room.is_some() {
        let room = store.peek_lobby(game.room.as_ref()).await?;
        leave_lobby(store, game, deliveries, room).await?;
    }
    both(async |seat| match deliveries[seat as usize] {
        Some(Delivery::Delivered) => players.disconnect(game.player(seat)).await,
        Some(Delivery::Closed) | None => Ok(()),
    })
    .await?;
    store.remove_game(game).await
}

/// Closes the places of removed players, if a joiner died after it stored the game, or if AWS opened a place late.
async fn leave_lobby(
    store: &impl EndGame,
    game: &Game,
    deliveries: [Option<Delivery>; 2],
    mut lobby: Lobby,
) -> Result<(), PortError> {
    for (player, delivery) in game.players.iter().zip(deliveries) {
        if delivery.is_some() {
            lobby::leave_if_waiting(store, player, &mut lobby).await?;
        }
    }
    Ok(())
}
