//! Moves a player who waits alone in a lobby shard to shard 0.
//!
//! **No player waits forever** (guarantee 2): every player outside shard 0 has a scheduled message, sent
//! before the player entered the lobby. The message is done when the player plays, is disconnected, waits
//! in shard 0, or has joined again itself. Until then `decide` puts it back. SQS delivers every
//! message up to [`MAX_RECEIVE_COUNT`](rps_contract::names::MAX_RECEIVE_COUNT) times, which outlasts the leases
//! of a join and of a joiner. Each delivery continues from the stored state: an unfinished claim of an earlier
//! delivery refers to the message ([`Rebalance::concerns`]).
//!
//! **One game per connection** (guarantee 1): the player joins like any other, with a claim that replaces exactly
//! the claim that was read, while no joiner has reserved the player. Of two deliveries, or of a delivery and the
//! player's own join, only one succeeds. If the old lobby entry comes back, because AWS executes its write late,
//! the next joiner clears it: the player claims another game.

use rps_game::rebalance::RebalanceStep;
use rps_game::{Claim, GameId, Rebalance, Rules, ServerMessage};
use tracing::{info, warn};

use crate::ports::{
    ChangeResult, ClaimPlace, ClaimResult, Clock, Delivery, EndGame, FindConnection, FindGame,
    JoinStore, Players, PortError, Random, ReadLobby, Schedule,
};
use crate::service::decide::MessageAction;
use crate::service::join::Joiner;
use crate::service::settle::end;

/// Moves the player to shard 0 if it still waits in another shard. A game that this starts has these
/// `rules`.
pub async fn rebalance(
    store: &(impl JoinStore + EndGame),
    queue: &impl Schedule,
    players: &impl Players,
    environment: &(impl Clock + Random),
    rules: Rules,
    message: &Rebalance,
) -> Result<MessageAction, PortError> {
    let Some((claim, step)) = next_step(store, environment, message).await? else {
        return Ok(MessageAction::Delete);
    };
    match step {
        RebalanceStep::Done => return Ok(MessageAction::Delete),
        RebalanceStep::SendTimer(round_timer) => {
            queue.schedule(&round_timer.into(), 0).await?;
            return Ok(MessageAction::Delete);
        }
        RebalanceStep::Renew => return renew(store, environment, message, &claim).await,
        RebalanceStep::Later => return Ok(MessageAction::PutBack),
        RebalanceStep::LeaveLobby(waiting) if !store.clear_lobby(&waiting).await? => {
            return Ok(MessageAction::PutBack);
        }
        RebalanceStep::LeaveLobby(_) | RebalanceStep::Join => {}
    }
    info!(game = %message.game, "rebalancing a player who waits alone");
    let joiner = Joiner::new(
        store,
        queue,
        players,
        environment,
        rules,
        &message.connection,
    );
    let answer = Box::pin(joiner.rebalancing(message, claim).join()).await?;
    match &answer {
        // The player already has its `waiting` message.
        ServerMessage::Waiting {} => Ok(MessageAction::Delete),
        ServerMessage::GameStarted { game, .. } => {
            notify(store, players, environment, message, game, &answer).await?;
            Ok(MessageAction::Delete)
        }
        _ => Ok(MessageAction::PutBack),
    }
}

/// Returns the claim that this message concerns and the next step. `None`: the message is obsolete.
pub async fn next_step(
    store: &(impl FindConnection + ReadLobby + FindGame),
    clock: &impl Clock,
    message: &Rebalance,
) -> Result<Option<(Claim, RebalanceStep)>, PortError> {
    let connection = store.find_connection(&message.connection).await?;
    let claim = connection.and_then(|connection| connection.claim);
    let Some(claim) = claim.filter(|claim| message.concerns(claim)) else {
        return Ok(None);
    };
    let waiting = store.waiting(claim.game.shard()).await?;
    let game = store.find_game(&claim.game).await?;
    let step = message.step(&claim, waiting.as_ref(), game.as_ref(), clock.now_ms());
    Ok(Some((claim, step)))
}

async fn renew(
    store: &impl ClaimPlace,
    environment: &(impl Clock + Random),
    message: &Rebalance,
    claim: &Claim,
) -> Result<MessageAction, PortError> {
    let by = message.join_id(environment.unique());
    let renewed = claim.renewed(&by, environment.now_ms());
    let result = store.claim_place(&message.connection, &renewed, Some(claim));
    Ok(match result.await? {
        ClaimResult::Yes | ClaimResult::NoConnection => MessageAction::Delete,
        ClaimResult::Conflict(_) => MessageAction::PutBack,
    })
}

/// Notifies the player of the start, as its own join would. If its connection is closed, it loses.
async fn notify(
    store: &(impl JoinStore + EndGame),
    players: &impl Players,
    clock: &impl Clock,
    message: &Rebalance,
    game: &GameId,
    started: &ServerMessage,
) -> Result<(), PortError> {
    match players.notify(&message.connection, started).await {
        Ok(Delivery::Delivered) => return Ok(()),
        Ok(Delivery::Closed) => {}
        Err(failure) => {
            warn!(%failure, %game, "cannot notify the waiting player of the start");
            return Ok(());
        }
    }
    let seat = store
        .find_game(game)
        .await?
        .and_then(|game| game.seat_of(&message.connection));
    let Some(seat) = seat else { return Ok(()) };
    match store
        .close_by_leaving(game, seat, &message.connection)
        .await?
    {
        ChangeResult::Yes(game) => end(store, players, clock, &game).await,
        ChangeResult::No(_) | ChangeResult::NoGame => Ok(()),
    }
}
