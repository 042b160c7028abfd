//! What becomes of a game whose round is closed.
//!
//! **The same truth** (guarantee 5): what is told follows from the closed round alone. Players are told
//! before anything is removed or disconnected; if telling fails, the tick comes back and tells again.
//!
//! **Nothing is left** (guarantee 6): the game is removed last, so that a tick that comes back finds
//! what is still to be removed.

use rps_contract::log_metrics::GAMES;
use rps_game::{Effect, Game, Seat, ServerMessage, Settled};
use tracing::info;

use crate::ports::{Changed, Delivery, EndGame, Failure, Players, Removal, Schedule};
use crate::time::now_ms;

/// Starts the next round of a drawn game, or ends it.
pub async fn settle(
    store: &impl EndGame,
    clock: &impl Schedule,
    players: &impl Players,
    game: &Game,
) -> Result<(), Failure> {
    let Some((Settled::NextRound(next), effects)) = game.settle(now_ms()) else {
        return end(store, players, game).await;
    };
    for effect in &effects {
        if let Effect::Schedule(tick) = effect {
            clock
                .schedule(&tick.clone().into(), game.rules.window_s())
                .await?;
        }
    }
    match store.next_round(game, &next).await? {
        Changed::Yes(_) => {}
        // An operator has ended the game meanwhile, and may have died since: no other tick finishes it.
        Changed::No(ended) if ended.tick() == game.tick() => {
            return end(store, players, &ended).await;
        }
        // Another delivery of the same tick has, and tells.
        Changed::No(_) | Changed::NoGame => return Ok(()),
    }
    info!(game = %game.id, round = game.round, late_ms = lateness_ms(game), "round drawn");
    let Some(gone) = gone(tell(players, &next, &effects).await?).next() else {
        return Ok(());
    };
    // A player whose connection turns out to be closed loses the game (guarantee 7).
    match store
        .close_by_leaving(&game.id, gone, game.player(gone))
        .await?
    {
        Changed::Yes(game) => end(store, players, &game).await,
        Changed::No(_) | Changed::NoGame => Ok(()),
    }
}

/// Ends a game whose round is closed for good: tells the players, then removes everything.
pub async fn end(store: &impl EndGame, players: &impl Players, game: &Game) -> Result<(), Failure> {
    let Some((Settled::Over, effects)) = game.settle(now_ms()) else {
        return Ok(());
    };
    // Who is gone has nothing to hear; the plays stand.
    let delivered = tell(players, game, &effects).await?;
    log_end(game, &effects);
    remove(store, players, game, delivered).await
}

/// Whether each of the two was reached, by seat; who has nothing to hear counts as reached.
type Delivered = [Delivery; 2];

/// The seats of those who are gone.
fn gone(delivered: Delivered) -> impl Iterator<Item = Seat> {
    let seats = Seat::BOTH.into_iter().zip(delivered);
    seats.filter_map(|(seat, delivery)| (delivery == Delivery::Gone).then_some(seat))
}

/// Tells both at once.
async fn tell(
    players: &impl Players,
    game: &Game,
    effects: &[Effect],
) -> Result<Delivered, Failure> {
    let to = |seat| async move {
        for effect in effects {
            if let Effect::Tell(told, message) = effect
                && *told == seat
                && players.tell(game.player(seat), message).await? == Delivery::Gone
            {
                return Ok(Delivery::Gone);
            }
        }
        Ok(Delivery::Told)
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
    delivered: Delivered,
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

fn log_end(game: &Game, effects: &[Effect]) {
    let reason = effects.iter().find_map(|effect| match effect {
        Effect::Tell(_, ServerMessage::GameOver { reason, .. }) => {
            serde_json::to_value(reason).ok()
        }
        _ => None,
    });
    let reason = reason.as_ref().and_then(serde_json::Value::as_str);
    info!(game = %game.id, rounds = game.round, reason, late_ms = lateness_ms(game), "{}", GAMES.line);
}

/// How long after the round's deadline this is, milliseconds; 0 before it.
fn lateness_ms(game: &Game) -> u64 {
    now_ms().saturating_sub(game.deadline_ms)
}
