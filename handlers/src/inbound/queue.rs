//! Handles the queue's messages.

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use futures_util::future::join_all;
use rps_game::{Message, Rules};
use tracing::error;

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
) -> SqsBatchResponse {
    let failures = event.records.into_iter().map(|message| async move {
        let action = decide_one(store, queue, players, environment, rules, &message).await;
        let mut failure = BatchItemFailure::default();
        failure.item_identifier = message.message_id.unwrap_or_default();
        (action == MessageAction::PutBack).then_some(failure)
    });
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = join_all(failures).await.into_iter().flatten().collect();
    response
}

async fn decide_one(
    store: &(impl JoinStore + EndGame),
    queue: &impl Schedule,
    players: &impl Players,
    environment: &(impl Clock + Random),
    rules: Rules,
    message: &SqsMessage,
) -> MessageAction {
    let id = message.message_id.as_deref().unwrap_or_default();
    let body = message.body.as_deref().unwrap_or_default();
    let (action, game, round) = match serde_json::from_str(body) {
        Ok(Message::RoundTimer(round_timer)) => {
            let age_ms = environment.now_ms().saturating_sub(sent_at_ms(message));
            let decision = Box::pin(decide(
                store,
                queue,
                players,
                environment,
                &round_timer,
                age_ms,
            ));
            (
                with_deadline(environment, decision).await,
                round_timer.game,
                Some(round_timer.round),
            )
        }
        Ok(Message::Rebalance(wait)) => {
            let step = Box::pin(rebalance(store, queue, players, environment, rules, &wait));
            (with_deadline(environment, step).await, wait.game, None)
        }
        // A redelivery would fail the same way.
        Err(error) => {
            error!(message_id = id, %error, "dropped a message that is not of the game");
            return MessageAction::Delete;
        }
    };
    action.unwrap_or_else(|failure| {
        error!(%failure, %game, round, "failed to handle a message; SQS will redeliver it");
        MessageAction::PutBack
    })
}

fn sent_at_ms(message: &SqsMessage) -> u64 {
    let sent = message.attributes.get("SentTimestamp");
    sent.and_then(|sent| sent.parse().ok()).unwrap_or_default()
}
