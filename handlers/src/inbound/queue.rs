//! Messages of the queue.

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use futures_util::future::join_all;
use rps_game::{Message, Rules};
use tracing::error;

use super::in_time;
use crate::ports::{EndGame, JoinStore, Players, Schedule};
use crate::service::decide::{Handled, decide};
use crate::service::gather::gather;
use crate::time::now_ms;

/// The `decide` function: each message by itself, all at once; those to be delivered again are named
/// in the answer, and only they come back.
pub async fn decide_all(
    store: &(impl JoinStore + EndGame),
    clock: &impl Schedule,
    players: &impl Players,
    rules: Rules,
    event: SqsEvent,
) -> SqsBatchResponse {
    let handled = event.records.into_iter().map(|message| async move {
        let handled = decide_one(store, clock, players, rules, &message).await;
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
    clock: &impl Schedule,
    players: &impl Players,
    rules: Rules,
    message: &SqsMessage,
) -> Handled {
    let id = message.message_id.as_deref().unwrap_or_default();
    let body = message.body.as_deref().unwrap_or_default();
    let (handled, game, round) = match serde_json::from_str(body) {
        Ok(Message::Tick(tick)) => {
            let decided = Box::pin(decide(store, clock, players, &tick, age_ms(message)));
            (in_time(decided).await, tick.game, Some(tick.round))
        }
        Ok(Message::Gather(wait)) => {
            let gathered = Box::pin(gather(store, clock, players, rules, &wait));
            (in_time(gathered).await, wait.game, None)
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

/// How long ago the message was sent, milliseconds.
fn age_ms(message: &SqsMessage) -> u64 {
    let sent_ms = message
        .attributes
        .get("SentTimestamp")
        .and_then(|sent| sent.parse().ok());
    now_ms().saturating_sub(sent_ms.unwrap_or_default())
}
