//! Receive messages. SQS then hides them from other consumers, and counts the receive toward the dead-letter limit. So
//! the caller must delete each message or give it back.

use std::cell::RefCell;
use std::collections::HashMap;
use std::pin::pin;
use std::time::Duration;

use aws_sdk_sqs::types::ChangeMessageVisibilityBatchRequestEntry;
use futures_util::future::join_all;
use futures_util::stream::{self, StreamExt};
use tokio::time::Instant;

use crate::aws::queues::Queue;
use crate::aws::queues::message::{ATTRIBUTES, ReceivedMessage};
use crate::confirmed::Confirmed;
use crate::exit::Failure;
use crate::interrupt::Interrupt;

const CONCURRENCY: usize = 4;
/// How long a call waits for a message, in seconds. A call that waits queries all of SQS's servers.
const WAIT_S: i32 = 1;
/// SQS's limit of messages in one call.
const BATCH: usize = 10;
/// After this many empty answers in a row the queue counts as empty.
const EMPTY: usize = 2 * CONCURRENCY;
/// Ends a receive from a queue that never becomes empty.
const TIME_LIMIT: Duration = Duration::from_mins(1);

#[derive(Debug)]
pub(crate) struct ReceiveResult {
    /// Oldest first.
    pub(crate) messages: Vec<ReceivedMessage>,
    /// A limit ended the receive, so the queue may have more messages.
    pub(crate) more: bool,
    /// The error that ended the receive early, if any.
    pub(crate) failure: Option<Failure>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Deletion {
    Done,
    /// Not tried, because another consumer may have received the message since.
    TooLate,
}

/// The shared progress of the concurrent receivers.
struct ReceiveProgress {
    deadline: Instant,
    /// Set by an interruption or a failure.
    stop: bool,
    /// How many more messages receivers may request.
    remaining: usize,
    empty: usize,
    /// By id: SQS may deliver a message twice, and only its latest receipt is valid.
    messages: HashMap<String, ReceivedMessage>,
    failure: Option<Failure>,
}

impl ReceiveProgress {
    fn new(limit: u32) -> Self {
        Self {
            deadline: Instant::now() + TIME_LIMIT,
            stop: false,
            remaining: limit as usize,
            empty: 0,
            messages: HashMap::new(),
            failure: None,
        }
    }

    /// The number of messages to request next; none if receiving is complete.
    fn next(&mut self) -> Option<usize> {
        let max = self.remaining.min(BATCH);
        if self.stop || self.is_queue_empty() || self.is_late() || max == 0 {
            return None;
        }
        self.remaining -= max;
        Some(max)
    }

    fn is_queue_empty(&self) -> bool {
        self.empty >= EMPTY
    }

    fn is_late(&self) -> bool {
        Instant::now() >= self.deadline
    }

    fn add(&mut self, max: usize, response: Result<Vec<ReceivedMessage>, Failure>) {
        let messages = response.unwrap_or_else(|failure| {
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
        self.remaining += max.saturating_sub(new);
    }

    fn end(self) -> ReceiveResult {
        let more = self.remaining == 0 || (self.is_late() && !self.is_queue_empty());
        let mut messages: Vec<_> = self.messages.into_values().collect();
        messages.sort_by(|one, other| (one.sent_ms, &one.id).cmp(&(other.sent_ms, &other.id)));
        ReceiveResult {
            messages,
            more,
            failure: self.failure,
        }
    }
}

impl Queue<'_> {
    /// Receives messages until the queue is empty, a limit is reached, or an interruption or error occurs. The result
    /// always contains all messages received so far.
    pub(crate) async fn receive(
        &self,
        limit: u32,
        visibility_timeout: Duration,
        interrupt: &mut Interrupt,
    ) -> ReceiveResult {
        let progress = RefCell::new(ReceiveProgress::new(limit));
        {
            let receivers =
                (0..CONCURRENCY).map(|_| self.receive_into(&progress, visibility_timeout));
            let mut receivers = pin!(join_all(receivers));
            tokio::select! {
                _ = &mut receivers => {}
                () = interrupt.wait() => {
                    // Finish running calls: a dropped call may have received messages that must be given back.
                    progress.borrow_mut().stop = true;
                    receivers.await;
                }
            }
        }
        progress.into_inner().end()
    }

    async fn receive_into(
        &self,
        progress: &RefCell<ReceiveProgress>,
        visibility_timeout: Duration,
    ) {
        loop {
            let Some(max) = progress.borrow_mut().next() else {
                return;
            };
            let response = self.receive_once(max, visibility_timeout).await;
            progress.borrow_mut().add(max, response);
        }
    }

    async fn receive_once(
        &self,
        max: usize,
        visibility_timeout: Duration,
    ) -> Result<Vec<ReceivedMessage>, Failure> {
        let called_at = Instant::now();
        let timeout_s = i32::try_from(visibility_timeout.as_secs()).unwrap_or(i32::MAX);
        let receive = self
            .client
            .receive_message()
            .queue_url(self.url)
            .max_number_of_messages(i32::try_from(max).unwrap_or(1))
            .wait_time_seconds(WAIT_S)
            .visibility_timeout(timeout_s)
            .set_message_system_attribute_names(Some(ATTRIBUTES.to_vec()));
        let response = receive.send().await;
        let output = response.map_err(|error| self.explain("sqs:ReceiveMessage", &error))?;
        let messages = output.messages.unwrap_or_default().into_iter();
        let messages =
            messages.map(|message| ReceivedMessage::new(message, called_at, visibility_timeout));
        Ok(messages.flatten().collect())
    }

    /// Makes messages visible again, for the next consumer. Skips expired and deleted ones. Returns how many failed.
    pub(crate) async fn give_back<'m>(
        &self,
        messages: impl IntoIterator<Item = &'m ReceivedMessage>,
    ) -> usize {
        let in_hand = messages.into_iter().filter(|it| it.is_in_hand());
        let in_hand: Vec<_> = in_hand.collect();
        let batches = stream::iter(in_hand.chunks(BATCH)).map(|batch| self.give_back_batch(batch));
        let failed = batches.buffer_unordered(CONCURRENCY);
        failed.fold(0, async |sum, failed| sum + failed).await
    }

    async fn give_back_batch(&self, batch: &[&ReceivedMessage]) -> usize {
        let mut change = self.client.change_message_visibility_batch();
        for (n, message) in batch.iter().enumerate() {
            message.release();
            let entry = ChangeMessageVisibilityBatchRequestEntry::builder()
                .id(n.to_string())
                .receipt_handle(&message.receipt)
                .visibility_timeout(0);
            // It cannot fail: the entry has an id and a handle.
            if let Ok(entry) = entry.build() {
                change = change.entries(entry);
            }
        }
        match change.queue_url(self.url).send().await {
            Ok(answer) => answer.failed.len(),
            Err(_) => batch.len(),
        }
    }

    /// Deletes a message, unless its receipt may expire meanwhile.
    pub(crate) async fn delete(
        &self,
        message: &ReceivedMessage,
        _: &Confirmed,
    ) -> Result<Deletion, Failure> {
        if message.expires_soon() {
            return Ok(Deletion::TooLate);
        }
        let delete = self.client.delete_message().queue_url(self.url);
        let response = delete.receipt_handle(&message.receipt).send().await;
        response.map_err(|error| self.explain("sqs:DeleteMessage", &error))?;
        message.release();
        Ok(Deletion::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::Deployment;
    use crate::aws::queues::message::tests::message;

    #[test]
    fn a_message_received_twice_keeps_the_latest_receipt() {
        let timeout = Duration::from_mins(1);
        let mut progress = ReceiveProgress::new(12);
        assert_eq!((progress.next(), progress.next()), (Some(10), Some(2)));
        assert_eq!(progress.next(), None);
        progress.add(
            10,
            Ok(vec![message("m", "1", timeout), message("n", "1", timeout)]),
        );
        progress.add(2, Ok(vec![message("m", "2", timeout)]));
        assert_eq!(progress.next(), Some(10));
        progress.add(10, Ok(Vec::new()));
        let result = progress.end();
        let receipts = result.messages.iter().map(|it| (&*it.id, &*it.receipt));
        assert_eq!(receipts.collect::<Vec<_>>(), [("m", "2"), ("n", "1")]);
    }

    #[tokio::test]
    async fn an_expired_receipt_is_not_used() {
        // No server listens at this address.
        let deployment = Deployment::at("http://127.0.0.1:1").await;
        let queue = deployment.queue().await.expect("named");
        let confirmed = Confirmed::beforehand(true).expect("--yes");
        let old = message("m", "1", Duration::ZERO);
        let deletion = queue.delete(&old, &confirmed).await;
        assert!(matches!(deletion, Ok(Deletion::TooLate)), "{deletion:?}");
        // The message is visible again, so another consumer may have it now.
        assert_eq!(queue.give_back([&old]).await, 0);
    }
}
