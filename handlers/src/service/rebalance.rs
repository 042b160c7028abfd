//! Pairs a player who waits beside others.
//!
//! **No player waits forever** (guarantee 2): every player who waits beside others has a scheduled message, sent before
//! its place was opened. Only a player who finds no lobby has none, so at most one. The message is done when the player
//! does not wait any more, or waits alone. Until then `decide` puts it back. SQS delivers every message up to
//! [`MAX_RECEIVE_COUNT`](rps_contract::names::MAX_RECEIVE_COUNT) times, which outlasts the leases of all joiners.
//!
//! **One game per connection** (guarantee 1): the player joins like any other. Of two deliveries, or of a delivery and
//! the player's own join, only one gets the claims.

use rps_game::{ErrorCode, GameId, Rebalance, Rules, ServerMessage};
use tracing::{info, warn};

use crate::ports::{Clock, Delivery, EndGame, JoinStore, Players, PortError, Random, Schedule};
use crate::service::decide::MessageAction;
use crate::service::join::Joiner;
use crate::service::settle::forfeit;

/// Pairs the player if it still waits. A game that this starts has these `rules`. Of a player who waits alone, it only
/// makes sure that it claims no other game, which an earlier delivery may have left behind.
pub async fn rebalance(
    store: &(impl JoinStore + EndGame),
    queue: &impl Schedule,
    players: &impl Players,
    environment: &(impl Clock + Random),
    rules: Rules,
    message: &Rebalance,
) -> Result<MessageAction, PortError> {
    let lobby = store.lobby(None).await?;
    if !message.is_needed(&lobby) {
        return Ok(MessageAction::Delete);
    }
    info!(game = %message.game, "pairing a player who waits beside others");
    let me = &message.connection;
    let joiner = Joiner::new(store, queue, players, environment, rules, me);
    let answer = Box::pin(joiner.staying().join_in(lobby)).await?;
    match &answer {
        ServerMessage::GameStarted { game, .. } => {
            notify(store, players, environment, message, game, &answer).await?;
            Ok(MessageAction::Delete)
        }
        ServerMessage::Error { code, .. } if *code == ErrorCode::TryAgain => {
            Ok(MessageAction::PutBack)
        }
        _ => Ok(MessageAction::Delete),
    }
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
    forfeit(store, players, clock, game, seat, &message.connection).await?;
    Ok(())
}
