//! Handles the queue's messages.

use futures_util::future::join_all;
use rps_game::{Message, Rules};
use tracing::{error, warn};

use crate::inbound::events::{ItemFailure, SqsEvent, SqsMessage, SqsResponse};
use crate::inbound::with_deadline;
use crate::ports::{Clock, EndGame, JoinStore, Players, Random, Schedule};
use crate::service::decide::{MessageAction, decide};
use crate::service::rebalance::rebalance;

/// The `decide` function. It handles all messages of a batch concurrently. The response names the
/// messages to redeliver; SQS deletes the others.
pub async fn decide_all(
    store: &(impl JoinStore + EndGame),
    queue: &impl Schedule,
    players: &impl Players,
    environment: &(impl Clock + Random),
    rules: Rules,
    event: SqsEvent,
) -> SqsResponse {
    let failures = event.records.into_iter().map(|message| async move {
        let action = decide_one(store, queue, players, environment, rules, &message).await;
        (action == MessageAction::PutBack).then_some(ItemFailure {
            item_identifier: message.message_id,
        })
    });
    SqsResponse {
        batch_item_failures: join_all(failures).await.into_iter().flatten().collect(),
    }
}

async fn decide_one(
    store: &(impl JoinStore + EndGame),
    queue: &impl Schedule,
    players: &impl Players,
    environment: &(impl Clock + Random),
    rules: Rules,
    message: &SqsMessage,
) -> MessageAction {
    let (action, game, round, is_early) = match Message::parse(&message.body) {
        Ok(Message::RoundTimer(round_timer)) => {
            let decision = decide(store, queue, players, environment, &round_timer);
            let decision = Box::pin(decision);
            (
                with_deadline(environment, decision).await,
                round_timer.game,
                Some(round_timer.round),
                round_timer.early,
            )
        }
        Ok(Message::Rebalance(wait)) => {
            let step = Box::pin(rebalance(store, queue, players, environment, rules, &wait));
            let action = with_deadline(environment, step).await;
            (action, wait.game, None, false)
        }
        // A later release may be able to read it. Until then it comes back, and becomes a dead letter.
        Err(error) => {
            error!(message.message_id, %error, "cannot read a message; SQS will redeliver it");
            return MessageAction::PutBack;
        }
    };
    action.unwrap_or_else(|failure| {
        if is_early {
            warn!(%failure, %game, round, "cannot end a round early; its round timer will end it");
            return MessageAction::Delete;
        }
        error!(%failure, %game, round, "failed to handle a message; SQS will redeliver it");
        MessageAction::PutBack
    })
}
