//! Messages of the queue.

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use futures_util::future::join_all;
use rps_game::{Message, Rules};
use tracing::error;

use crate::inbound::in_time;
use crate::ports::{Clock, EndGame, JoinStore, Players, Random, Schedule};
use crate::service::decide::{Handled, decide};
use crate::service::gather::gather;

/// The `decide` function: each message by itself, all at once; those to be delivered again are named
/// in the answer, and only they come back.
pub async fn decide_all(
    store: &(impl JoinStore + EndGame),
    timer: &impl Schedule,
    players: &impl Players,
    environment: &(impl Clock + Random),
    rules: Rules,
    event: SqsEvent,
) -> SqsBatchResponse {
    let handled = event.records.into_iter().map(|message| async move {
        let handled = decide_one(store, timer, players, environment, rules, &message).await;
        let mut failure = BatchItemFailure::default();
        failure.item_identifier = message.message_id.unwrap_or_default();
        (handled == Handled::PutBack).then_some(failure)
    });
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = join_all(handled).await.into_iter().flatten().collect();
    response
}

async fn decide_one(
    store: &(impl JoinStore + EndGame),
    timer: &impl Schedule,
    players: &impl Players,
    environment: &(impl Clock + Random),
    rules: Rules,
    message: &SqsMessage,
) -> Handled {
    let id = message.message_id.as_deref().unwrap_or_default();
    let body = message.body.as_deref().unwrap_or_default();
    let (handled, game, round) = match serde_json::from_str(body) {
        Ok(Message::Tick(tick)) => {
            let age_ms = environment.now_ms().saturating_sub(sent_at_ms(message));
            let decided = Box::pin(decide(store, timer, players, environment, &tick, age_ms));
            (
                in_time(environment, decided).await,
                tick.game,
                Some(tick.round),
            )
        }
        Ok(Message::Gather(wait)) => {
            let gathered = Box::pin(gather(store, timer, players, environment, rules, &wait));
            (in_time(environment, gathered).await, wait.game, None)
        }
        // Delivering it again would not make it readable.
        Err(error) => {
            error!(message_id = id, %error, "a message that is not ours is dropped");
            return Handled::Done;
        }
    };
    handled.unwrap_or_else(|failure| {
        error!(%failure, %game, round, "will be delivered again");
        Handled::PutBack
    })
}

fn sent_at_ms(message: &SqsMessage) -> u64 {
    let sent = message.attributes.get("SentTimestamp");
    sent.and_then(|sent| sent.parse().ok()).unwrap_or_default()
}
