//! Messages of the queue: ticks.

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use futures_util::future::join_all;
use rps_core::Tick;
use tracing::error;

use super::in_time;
use crate::ports::{CloseRound, EndGame, NextRound, Players, Schedule};
use crate::service::decide::{Handled, decide};
use crate::time::now_ms;

/// The `decide` function: each message by itself, all at once; those to be delivered again are named
/// in the answer, and only they come back.
pub async fn decide_all(
    store: &(impl CloseRound + NextRound + EndGame),
    clock: &impl Schedule,
    players: &impl Players,
    event: SqsEvent,
) -> SqsBatchResponse {
    let handled = event.records.into_iter().map(|message| async move {
        let handled = decide_one(store, clock, players, &message).await;
        let mut failure = BatchItemFailure::default();
        failure.item_identifier = message.message_id.unwrap_or_default();
        (handled == Handled::PutBack).then_some(failure)
    });
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = join_all(handled).await.into_iter().flatten().collect();
    response
}

async fn decide_one(
    store: &(impl CloseRound + NextRound + EndGame),
    clock: &impl Schedule,
    players: &impl Players,
    message: &SqsMessage,
) -> Handled {
    let id = message.message_id.as_deref().unwrap_or_default();
    let tick = match serde_json::from_str::<Tick>(message.body.as_deref().unwrap_or_default()) {
        Ok(tick) => tick,
        // Delivering it again would not make it readable.
        Err(error) => {
            error!(message = id, %error, "a message that is no tick is dropped");
            return Handled::Done;
        }
    };
    let decided = Box::pin(decide(store, clock, players, &tick, age_ms(message)));
    in_time(decided).await.unwrap_or_else(|failure| {
        error!(%failure, game = %tick.game, round = tick.round, "will be delivered again");
        Handled::PutBack
    })
}

/// How long ago the message was sent, milliseconds.
fn age_ms(message: &SqsMessage) -> u64 {
    let sent_ms = message
        .attributes
        .get("SentTimestamp")
        .and_then(|sent| sent.parse().ok());
    now_ms().saturating_sub(sent_ms.unwrap_or_default())
}
