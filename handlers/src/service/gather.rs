//! A player who waits alone in its shard of the lobby is brought to the others.
//!
//! **Nobody waits for ever** (guarantee 2): whoever waits elsewhere than in shard 0 has a message on its
//! way, sent before it entered. The message is done with only when the player plays, is gone, waits in
//! shard 0, or was answered by a later join of its own; until then it is put back (five deliveries at most,
//! as for every message), and goes on from what is stored: what a join of ours has claimed and not finished
//! carries the message's name ([`Gather::concerns`]).
//!
//! **One place at most** (guarantee 1): the player leaves the lobby by one conditional write, while nobody is
//! taking it, and then joins as everybody does, by a claim that replaces exactly the one it was seen with. So
//! of two deliveries, or of a delivery and the player's own next join, one goes on. Its old place cannot come
//! back:
//! - The join that could put it into the lobby once more (an entry that the SDK repeats, or one that was held
//!   up on its way) sent this message first, and the message takes as long as that join may last
//!   ([`GATHER_DELAY_S`](rps_game::gather::GATHER_DELAY_S)).
//! - A joiner marks the lobby before it starts the game. The player does not leave while the mark is fresh,
//!   nor if it is not the one that was seen; whoever made an expired one is dead.

use rps_game::gather::Step;
use rps_game::{Claim, GameId, Gather, Rules, ServerMessage};
use tracing::{info, warn};

use crate::ports::{
    Changed, Clock, Delivery, EndGame, Failure, FindConnection, FindGame, JoinStore, Players,
    Random, ReadLobby, Schedule,
};
use crate::service::decide::Handled;
use crate::service::join::Joiner;
use crate::service::settle::end;

/// Brings the player to shard 0, if it still waits elsewhere. A game that starts by that has these rules.
pub async fn gather(
    store: &(impl JoinStore + EndGame),
    timer: &impl Schedule,
    players: &impl Players,
    environment: &(impl Clock + Random),
    rules: Rules,
    wait: &Gather,
) -> Result<Handled, Failure> {
    let Some((claim, step)) = next_step(store, environment, wait).await? else {
        return Ok(Handled::Done);
    };
    match step {
        Step::Done => return Ok(Handled::Done),
        Step::Later => return Ok(Handled::PutBack),
        Step::Out(seen) if !store.step_out(&seen).await? => return Ok(Handled::PutBack),
        Step::Out(_) | Step::Join => {}
    }
    info!(game = %wait.game, "gathering a player who waits alone");
    let joiner = Joiner::new(store, timer, players, environment, rules, &wait.connection);
    let answer = Box::pin(joiner.gathering(wait, claim).join()).await?;
    match &answer {
        // The player knows that it waits.
        ServerMessage::Waiting {} => Ok(Handled::Done),
        ServerMessage::GameStarted { game, .. } => {
            tell(store, players, environment, wait, game, &answer).await?;
            Ok(Handled::Done)
        }
        _ => Ok(Handled::PutBack),
    }
}

/// The claim that this message is to see to, if there still is one, and what that takes.
pub async fn next_step(
    store: &(impl FindConnection + ReadLobby + FindGame),
    clock: &impl Clock,
    wait: &Gather,
) -> Result<Option<(Claim, Step)>, Failure> {
    let found = store.find_connection(&wait.connection).await?;
    let claim = found.and_then(|connection| connection.claim);
    let Some(claim) = claim.filter(|claim| wait.concerns(claim)) else {
        return Ok(None);
    };
    let waiting = store.waiting(claim.game.shard()).await?;
    let game = store.find_game(&claim.game).await?;
    let step = wait.step(&claim, waiting.as_ref(), game.as_ref(), clock.now_ms());
    Ok(Some((claim, step)))
}

/// Tells the player of the start, as its own join would have. Who turns out to be gone loses the game.
async fn tell(
    store: &(impl JoinStore + EndGame),
    players: &impl Players,
    clock: &impl Clock,
    wait: &Gather,
    game: &GameId,
    started: &ServerMessage,
) -> Result<(), Failure> {
    match players.tell(&wait.connection, started).await {
        Ok(Delivery::Told) => return Ok(()),
        Ok(Delivery::Gone) => {}
        Err(failure) => {
            warn!(%failure, %game, "the waiting player was not told of the start");
            return Ok(());
        }
    }
    let seat = store
        .find_game(game)
        .await?
        .and_then(|game| game.seat_of(&wait.connection));
    let Some(seat) = seat else { return Ok(()) };
    match store.close_by_leaving(game, seat, &wait.connection).await? {
        Changed::Yes(game) => end(store, players, clock, &game).await,
        Changed::No(_) | Changed::NoGame => Ok(()),
    }
}
