//! What becomes of a game whose round is closed.
//!
//! **The same truth** (guarantee 5): what is told follows from the closed round alone. Players are told
//! before anything is removed or disconnected; if telling fails, the tick comes back and tells again.
//!
//! **Nothing is left** (guarantee 6): the game is removed last, so that a tick that comes back finds
//! what is still to be removed.

use rps_contract::log_metrics::GAMES;
use rps_game::{Game, Seat, ServerMessage, Settlement};
use tracing::info;

use crate::ports::{Changed, Clock, Delivery, EndGame, Failure, Players, Removal, Schedule};

/// Starts the next round of a drawn game, or ends it.
pub async fn settle(
    store: &impl EndGame,
    timer: &impl Schedule,
    players: &impl Players,
    clock: &impl Clock,
    game: &Game,
) -> Result<(), Failure> {
    let Settlement::NextRound { game: next, drawn } = game.settle(clock.now_ms()) else {
        return end(store, players, clock, game).await;
    };
    let window_s = game.rules.window_s();
    timer.schedule(&next.tick().into(), window_s).await?;
    match store.next_round(game, &next).await? {
        Changed::Yes(_) => {}
        // An operator has ended the game meanwhile, and may have died since: no other tick finishes it.
        Changed::No(ended) if ended.tick() == game.tick() => {
            return end(store, players, clock, &ended).await;
        }
        // Another delivery of the same tick has, and tells.
        Changed::No(_) | Changed::NoGame => return Ok(()),
    }
    let late_ms = game.overdue_ms(clock.now_ms());
    info!(game = %game.id, round = game.round, late_ms, "round drawn");
    let delivered = tell(players, &next, [Some(&drawn); 2]).await?;
    let mut gone = Seat::BOTH.into_iter().zip(delivered);
    let Some((gone, _)) = gone.find(|(_, delivery)| *delivery == Delivery::Gone) else {
        return Ok(());
    };
    // A player whose connection turns out to be closed loses the game (guarantee 7).
    match store
        .close_by_leaving(&game.id, gone, game.player(gone))
        .await?
    {
        Changed::Yes(game) => end(store, players, clock, &game).await,
        Changed::No(_) | Changed::NoGame => Ok(()),
    }
}

/// Ends a game whose round is closed for good: tells the players, then removes everything.
pub async fn end(
    store: &impl EndGame,
    players: &impl Players,
    clock: &impl Clock,
    game: &Game,
) -> Result<(), Failure> {
    let Settlement::Over(messages) = game.settle(clock.now_ms()) else {
        return Ok(());
    };
    // Who is gone has nothing to hear; the plays stand.
    let delivered = tell(players, game, messages.each_ref().map(Option::as_ref)).await?;
    let reason = messages.iter().flatten().find_map(|message| match message {
        ServerMessage::GameOver { reason, .. } => Some(<&str>::from(reason)),
        _ => None,
    });
    let late_ms = game.overdue_ms(clock.now_ms());
    info!(game = %game.id, rounds = game.round, reason, late_ms, "{}", GAMES.line);
    remove(store, players, game, delivered).await
}

/// Tells both at once, each its message, by seat. Who has nothing to hear counts as reached.
async fn tell(
    players: &impl Players,
    game: &Game,
    messages: [Option<&ServerMessage>; 2],
) -> Result<[Delivery; 2], Failure> {
    let to = async |seat: Seat| match messages[seat as usize] {
        Some(message) => players.tell(game.player(seat), message).await,
        None => Ok(Delivery::Told),
    };
    // Both are tried, whatever comes of either.
    let (first, second) = tokio::join!(to(Seat::First), to(Seat::Second));
    Ok([first?, second?])
}

/// Removes and disconnects both players, and last the game. The connections' items go first, so that
/// the `$disconnect` that follows finds nothing to do. Who is gone needs no disconnecting.
async fn remove(
    store: &impl EndGame,
    players: &impl Players,
    game: &Game,
    delivered: [Delivery; 2],
) -> Result<(), Failure> {
    let [first, second] = &game.players;
    tokio::try_join!(
        store.remove_connection(first, Some(&game.id)),
        store.remove_connection(second, Some(&game.id)),
        leave_lobby(store, game),
    )?;
    let disconnect = async |id, delivery| match delivery {
        Delivery::Told => players.disconnect(id).await,
        Delivery::Gone => Ok(()),
    };
    let [to_first, to_second] = delivered;
    tokio::try_join!(disconnect(first, to_first), disconnect(second, to_second))?;
    store.remove_game(&game.id, Removal::Always).await?;
    Ok(())
}

/// A joiner that died after it stored the game has left the first player in the lobby.
async fn leave_lobby(store: &impl EndGame, game: &Game) -> Result<(), Failure> {
    match store.peek_lobby(game.id.shard()).await? {
        Some(waiting) if waiting.game == game.id => {
            store.clear_lobby(&waiting.connection, &game.id).await
        }
        _ => Ok(()),
    }
}
