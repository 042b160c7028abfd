//! Looking at messages, which is receiving them.
//!
//! A receive hides messages from everybody else for a time, and counts toward the dead-letter queue's limit. So
//! who looks lets go of each message: deletes it, or gives it back.

use std::time::Duration;

use aws_sdk_sqs::types::ChangeMessageVisibilityBatchRequestEntry;
use futures_util::future::join_all;
use futures_util::stream::{self, StreamExt};
use tokio::time::Instant;

use super::held::ATTRIBUTES;
use super::intake::{BATCH, Receiving};
use super::{Held, Intake, Queue, Received};
use crate::aws::clock::AnsweredAt;
use crate::exit::Failure;
use crate::interrupt::Interrupt;
use crate::operate::{Confirmed, Outcome};
use crate::output;
use crate::words::count;

/// Calls at a time.
pub(super) const AT_A_TIME: usize = 4;
/// How long a call waits for a message, seconds. A call that waits asks all of SQS's machines.
const WAIT_S: i32 = 1;

impl Queue<'_> {
    /// Receives what there is, until an interruption. What was received then is in hand all the same.
    pub(crate) async fn receive(
        &self,
        intake: Intake,
        interrupt: &mut Interrupt,
    ) -> Result<Received, Failure> {
        let receiving = Receiving::new(intake);
        {
            let receivers = (0..AT_A_TIME).map(|_| self.receive_on(&receiving));
            let mut receivers = std::pin::pin!(join_all(receivers));
            tokio::select! {
                _ = &mut receivers => {}
                () = interrupt.wait() => {
                    // A call that is dropped may have received messages, which nobody would give back.
                    receiving.stop.set(true);
                    receivers.await;
                }
            }
        }
        let received = receiving.end();
        if let Err((messages, _)) = &received {
            self.give_back(messages).await;
        }
        received.map_err(|(_, failure)| failure)
    }

    async fn receive_on(&self, receiving: &Receiving) {
        while let Some(max) = receiving.next() {
            let called = Instant::now();
            let answer = self.receive_once(max, called, receiving.intake.hold).await;
            receiving.take(max, answer);
        }
    }

    async fn receive_once(
        &self,
        max: usize,
        called: Instant,
        hold: Duration,
    ) -> Result<Vec<Held>, Failure> {
        let hold_s = i32::try_from(hold.as_secs()).unwrap_or(i32::MAX);
        let answered = AnsweredAt::default();
        let receive = self
            .client
            .receive_message()
            .queue_url(self.url)
            .max_number_of_messages(i32::try_from(max).unwrap_or(1))
            .wait_time_seconds(WAIT_S)
            .visibility_timeout(hold_s)
            .set_message_system_attribute_names(Some(ATTRIBUTES.to_vec()))
            .customize()
            .interceptor(answered.clone());
        let answer = receive.send().await.map_err(|error| {
            let action = "sqs:ReceiveMessage";
            self.deployment.explain(action, &self.in_words(), &error)
        })?;
        let messages = answer.messages.unwrap_or_default().into_iter();
        let messages = messages.map(|it| Held::new(it, called, answered.ms(), hold));
        Ok(messages.flatten().collect())
    }

    /// Gives back those that are still in hand: whoever receives next gets them. What is stale came back by itself.
    pub(crate) async fn give_back<'h>(&self, messages: impl IntoIterator<Item = &'h Held>) {
        let in_hand = messages
            .into_iter()
            .filter(|held| held.is_in_hand() && !held.is_stale());
        let in_hand: Vec<&Held> = in_hand.collect();
        let batches = stream::iter(in_hand.chunks(BATCH)).map(|batch| self.show_again(batch));
        let kept = batches.buffer_unordered(AT_A_TIME);
        let kept = kept.fold(0, async |sum, kept| sum + kept).await;
        if kept > 0 {
            output::note(format_args!(
                "could not be given back: {}; what was received comes back by itself within minutes",
                count(kept, "message")
            ));
        }
    }

    /// Gives back a batch, and says how many it could not.
    async fn show_again(&self, batch: &[&Held]) -> usize {
        let mut change = self.client.change_message_visibility_batch();
        for (n, held) in batch.iter().enumerate() {
            held.let_go();
            let entry = ChangeMessageVisibilityBatchRequestEntry::builder()
                .id(n.to_string())
                .receipt_handle(&held.receipt)
                .visibility_timeout(0);
            // Incomplete is only what has no id or no handle.
            if let Ok(entry) = entry.build() {
                change = change.entries(entry);
            }
        }
        match change.queue_url(self.url).send().await {
            Ok(answer) => answer.failed.len(),
            Err(_) => batch.len(),
        }
    }

    /// Deletes a message by the receive that it is held by, if it still is.
    pub(crate) async fn delete(&self, held: &Held, _: &Confirmed) -> Result<Outcome, Failure> {
        if held.is_almost_stale() {
            let why = "it was received too long ago, and somebody else may have it now";
            return Ok(Outcome::Refused(why.to_owned()));
        }
        let delete = self.client.delete_message().queue_url(self.url);
        match delete.receipt_handle(&held.receipt).send().await {
            Ok(_) => {
                held.let_go();
                Ok(Outcome::Done)
            }
            Err(error) => {
                let action = "sqs:DeleteMessage";
                Err(self.deployment.explain(action, &self.in_words(), &error))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::held::tests::held;
    use super::*;
    use crate::aws::Deployment;
    use crate::operate::ConfirmArgs;
    use crate::target::{Login, Target};
    use clap::Parser;

    #[derive(Parser)]
    struct Args {
        #[command(flatten)]
        confirm: ConfirmArgs,
    }

    #[tokio::test]
    async fn a_handle_that_is_too_old_is_not_used() {
        // Nobody answers there.
        let endpoint = "http://127.0.0.1:1".parse().expect("a URL");
        let login = Login::Local;
        let deployment = Deployment::reach(Target::Local { endpoint, login }).await;
        let deployment = deployment.expect("reached");
        let queue = deployment.queue().await.expect("named");
        let args = Args::parse_from(["", "--yes"]);
        let confirmed = args.confirm.confirm("").expect("--yes").expect("--yes");
        let old = held("m", "1", Duration::ZERO);
        let refused = queue.delete(&old, &confirmed).await;
        assert!(matches!(refused, Ok(Outcome::Refused(_))), "{refused:?}");
        // What came back by itself is not given back from under whoever has it now.
        queue.give_back([&old]).await;
        assert!(old.is_in_hand());
    }
}
