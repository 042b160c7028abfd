//! A receive hides messages from everybody else for a time, and counts toward the dead-letter queue's limit. So
//! the caller lets go of each message: deletes it, or gives it back.

use std::cell::RefCell;
use std::collections::HashMap;
use std::pin::pin;
use std::time::Duration;

use aws_sdk_sqs::types::ChangeMessageVisibilityBatchRequestEntry;
use futures_util::future::join_all;
use futures_util::stream::{self, StreamExt};
use tokio::time::Instant;

use crate::aws::Watch;
use crate::aws::queues::Queue;
use crate::aws::queues::message::{ATTRIBUTES, ReceivedMessage};
use crate::confirmed::Confirmed;
use crate::exit::Failure;
use crate::interrupt::Interrupt;

const AT_A_TIME: usize = 4;
/// How long a call waits for a message, seconds. A call that waits asks all of SQS's machines.
const WAIT_S: i32 = 1;
/// Messages in one call, at most: SQS's own limit.
const BATCH: usize = 10;
/// So many empty answers in a row say that there is nothing more.
const EMPTY: usize = 2 * AT_A_TIME;
/// Where messages keep coming there is no end of receiving them.
const LONGEST: Duration = Duration::from_mins(1);

#[derive(Debug)]
pub(crate) struct Received {
    /// The oldest first.
    pub(crate) messages: Vec<ReceivedMessage>,
    /// There may be more: a limit was reached.
    pub(crate) more: bool,
    /// Why receiving ended early, if a call failed.
    pub(crate) failure: Option<Failure>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Deletion {
    Done,
    /// It was not tried: somebody else may have received the message since.
    TooLate,
}

/// How far several receivers are together.
struct Intake {
    deadline: Instant,
    /// An interruption, or a failure.
    stop: bool,
    /// Messages that no receiver has asked for yet.
    wanted: usize,
    empty: usize,
    /// By id: SQS may deliver one twice, and only the latest receipt is good.
    messages: HashMap<String, ReceivedMessage>,
    failure: Option<Failure>,
}

impl Intake {
    fn new(limit: u32) -> Self {
        Self {
            deadline: Instant::now() + LONGEST,
            stop: false,
            wanted: limit as usize,
            empty: 0,
            messages: HashMap::new(),
            failure: None,
        }
    }

    /// Messages to ask for next; none if that is enough.
    fn next(&mut self) -> Option<usize> {
        let max = self.wanted.min(BATCH);
        if self.stop || self.is_all() || self.is_late() || max == 0 {
            return None;
        }
        self.wanted -= max;
        Some(max)
    }

    fn is_all(&self) -> bool {
        self.empty >= EMPTY
    }

    fn is_late(&self) -> bool {
        Instant::now() >= self.deadline
    }

    fn add(&mut self, asked: usize, answer: Result<Vec<ReceivedMessage>, Failure>) {
        let messages = answer.unwrap_or_else(|failure| {
            self.failure = Some(failure);
            self.stop = true;
            Vec::new()
        });
        self.empty = if messages.is_empty() {
            self.empty + 1
        } else {
            0
        };
        let before = self.messages.len();
        let messages = messages.into_iter().map(|it| (it.id.clone(), it));
        self.messages.extend(messages);
        let new = self.messages.len() - before;
        self.wanted += asked.saturating_sub(new);
    }

    fn end(self) -> Received {
        let more = self.wanted == 0 || (self.is_late() && !self.is_all());
        let mut messages: Vec<_> = self.messages.into_values().collect();
        messages.sort_by(|one, other| (one.sent_ms, &one.id).cmp(&(other.sent_ms, &other.id)));
        Received {
            messages,
            more,
            failure: self.failure,
        }
    }
}

impl Queue<'_> {
    /// Receives what there is, until an interruption or a failure. What was received then is in hand all the same.
    pub(crate) async fn receive(
        &self,
        limit: u32,
        hold: Duration,
        interrupt: &mut Interrupt,
    ) -> Received {
        let intake = RefCell::new(Intake::new(limit));
        {
            let receivers = (0..AT_A_TIME).map(|_| self.receive_into(&intake, hold));
            let mut receivers = pin!(join_all(receivers));
            tokio::select! {
                _ = &mut receivers => {}
                () = interrupt.wait() => {
                    // A call that is dropped may have received messages, which nobody would give back.
                    intake.borrow_mut().stop = true;
                    receivers.await;
                }
            }
        }
        intake.into_inner().end()
    }

    async fn receive_into(&self, intake: &RefCell<Intake>, hold: Duration) {
        loop {
            let Some(max) = intake.borrow_mut().next() else {
                return;
            };
            let answer = self.receive_once(max, hold).await;
            intake.borrow_mut().add(max, answer);
        }
    }

    async fn receive_once(
        &self,
        max: usize,
        hold: Duration,
    ) -> Result<Vec<ReceivedMessage>, Failure> {
        let called = Instant::now();
        let hold_s = i32::try_from(hold.as_secs()).unwrap_or(i32::MAX);
        let watch = Watch::default();
        let receive = self
            .client
            .receive_message()
            .queue_url(self.url)
            .max_number_of_messages(i32::try_from(max).unwrap_or(1))
            .wait_time_seconds(WAIT_S)
            .visibility_timeout(hold_s)
            .set_message_system_attribute_names(Some(ATTRIBUTES.to_vec()))
            .customize()
            .interceptor(watch.clone());
        let answer = receive.send().await;
        let answer = answer.map_err(|error| self.explain("sqs:ReceiveMessage", &error))?;
        let messages = answer.messages.unwrap_or_default().into_iter();
        let messages =
            messages.map(|it| ReceivedMessage::new(it, called, watch.answered_ms(), hold));
        Ok(messages.flatten().collect())
    }

    /// Gives back those that are still in hand: whoever receives next gets them. Returns how many it could not.
    pub(crate) async fn give_back<'m>(
        &self,
        messages: impl IntoIterator<Item = &'m ReceivedMessage>,
    ) -> usize {
        let in_hand = messages.into_iter().filter(|it| it.is_in_hand());
        let in_hand: Vec<_> = in_hand.collect();
        let batches = stream::iter(in_hand.chunks(BATCH)).map(|batch| self.show_again(batch));
        let kept = batches.buffer_unordered(AT_A_TIME);
        kept.fold(0, async |sum, kept| sum + kept).await
    }

    async fn show_again(&self, batch: &[&ReceivedMessage]) -> usize {
        let mut change = self.client.change_message_visibility_batch();
        for (n, message) in batch.iter().enumerate() {
            message.let_go();
            let entry = ChangeMessageVisibilityBatchRequestEntry::builder()
                .id(n.to_string())
                .receipt_handle(&message.receipt)
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

    /// Deletes a message by its receipt, unless that expires meanwhile.
    pub(crate) async fn delete(
        &self,
        message: &ReceivedMessage,
        _: &Confirmed,
    ) -> Result<Deletion, Failure> {
        if message.expires_soon() {
            return Ok(Deletion::TooLate);
        }
        let delete = self.client.delete_message().queue_url(self.url);
        let deleted = delete.receipt_handle(&message.receipt).send().await;
        deleted.map_err(|error| self.explain("sqs:DeleteMessage", &error))?;
        message.let_go();
        Ok(Deletion::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::Deployment;
    use crate::aws::queues::message::tests::received;

    #[test]
    fn a_message_that_comes_twice_is_one_with_the_latest_receipt() {
        let hold = Duration::from_mins(1);
        let mut intake = Intake::new(12);
        assert_eq!((intake.next(), intake.next()), (Some(10), Some(2)));
        assert_eq!(intake.next(), None);
        intake.add(
            10,
            Ok(vec![received("m", "1", hold), received("n", "1", hold)]),
        );
        intake.add(2, Ok(vec![received("m", "2", hold)]));
        assert_eq!(intake.next(), Some(10));
        intake.add(10, Ok(Vec::new()));
        let ended = intake.end();
        let receipts = ended.messages.iter().map(|it| (&*it.id, &*it.receipt));
        assert_eq!(receipts.collect::<Vec<_>>(), [("m", "2"), ("n", "1")]);
    }

    #[tokio::test]
    async fn a_receipt_that_is_too_old_is_not_used() {
        // Nobody answers there.
        let deployment = Deployment::at("http://127.0.0.1:1").await;
        let queue = deployment.queue().await.expect("named");
        let confirmed = Confirmed::beforehand(true).expect("--yes");
        let old = received("m", "1", Duration::ZERO);
        let deletion = queue.delete(&old, &confirmed).await;
        assert!(matches!(deletion, Ok(Deletion::TooLate)), "{deletion:?}");
        // What came back by itself is not given back from under whoever has it now.
        assert_eq!(queue.give_back([&old]).await, 0);
    }
}
