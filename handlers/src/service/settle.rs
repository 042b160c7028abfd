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
use rps_game::{ConnectionId, Game, GameId, Lobby, Seat, ServerMessage, Settlement};
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
    let next = match store.next_round(game, &next).await? {
        // A player may have resumed on another connection.
        ChangeResult::Yes(stored) => stored,
        // An operator's command closed the round and may have crashed since. Only this round timer can still
        // finish the game.
        ChangeResult::No(ended) if ended.round_timer() == game.round_timer() => {
            return end(store, players, clock, &ended).await;
        }
        // Another delivery of this round timer started the next round and notifies the players.
        ChangeResult::No(_) | ChangeResult::NoGame => return Ok(()),
    };
    let late_ms = game.overdue_ms(clock.now_ms());
    info!(game = %game.id, round = game.round, late_ms, "round drawn");
    let deliveries = both(async |seat| {
        if next.is_house(seat) {
            return Ok(Delivery::Delivered);
        }
        players.notify(next.player(seat), &drawn).await
    });
    let deliveries = deliveries.await?;
    // A player with a closed connection loses this round, unless it resumes (guarantee 7).
    for (seat, delivery) in Seat::BOTH.into_iter().zip(deliveries) {
        if delivery == Delivery::Closed {
            let player = next.player(seat);
            lose_connection(store, players, clock, &next.id, seat, player).await?;
        }
    }
    Ok(())
}

/// The player left: the opponent wins. Returns false if the round is closed or decided by its plays, or if another
/// connection has the seat.
pub async fn forfeit(
    store: &impl EndGame,
    players: &impl Players,
    clock: &impl Clock,
    game: &GameId,
    seat: Seat,
    player: &ConnectionId,
) -> Result<bool, PortError> {
    let ChangeResult::Yes(game) = store.close_by_leaving(game, seat, player).await? else {
        return Ok(false);
    };
    end(store, players, clock, &game).await?;
    Ok(true)
}

/// The player's connection broke: its seat is absent until it resumes. A player who cannot resume, because an earlier
/// release started the game, loses. Returns true if the game has ended.
pub async fn lose_connection(
    store: &impl EndGame,
    players: &impl Players,
    clock: &impl Clock,
    game: &GameId,
    seat: Seat,
    player: &ConnectionId,
) -> Result<bool, PortError> {
    match store.mark_absent(game, seat, player).await? {
        ChangeResult::No(stored) if stored.secrets[seat as usize].is_none() => {
            forfeit(store, players, clock, game, seat, player).await
        }
        _ => Ok(false),
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
    let tell_both = async |game: &Game| {
        both(async |seat| match &messages[seat as usize] {
            _ if game.is_house(seat) => Ok(None),
            // The player left, or an operator disconnects it.
            None => Ok(Some(Delivery::Delivered)),
            Some(message) => tell(store, players, game, seat, message).await,
        })
        .await
    };
    let mut deliveries = tell_both(game).await?;
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
    let mut game = game.clone();
    while remove(store, players, &game, deliveries).await?.is_some() {
        // A player has resumed on another connection meanwhile. Nobody does after this write.
        match store.close_round(&game.round_timer()).await? {
            ChangeResult::Yes(moved) => game = moved,
            ChangeResult::No(_) | ChangeResult::NoGame => break,
        }
        deliveries = tell_both(&game).await?;
    }
    Ok(())
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
/// another game with the same id. The house has nothing. Returns the game if it has other players now.
async fn remove(
    store: &impl EndGame,
    players: &impl Players,
    game: &Game,
    deliveries: [Option<Delivery>; 2],
) -> Result<Option<Game>, PortError> {
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
    let is_removed = |(player, id): &(&ConnectionId, &GameId)| {
        // The first player may have waited on an earlier connection.
        let waited = (**id == game.id).then_some(Seat::First);
        let seat = game.seat_of(player).or(waited);
        seat.is_some_and(|seat| deliveries[seat as usize].is_some())
    };
    let places = lobby.places.iter().filter(is_removed);
    let players: Vec<ConnectionId> = places.map(|(player, _)| player.clone()).collect();
    for player in players {
        lobby::leave_if_waiting(store, &player, &mut lobby).await?;
    }
    Ok(())
}
