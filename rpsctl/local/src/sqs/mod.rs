//! SQS in memory: the two queues of the game, and the operations that the game, `rpsctl` and the first steps with
//! the `aws` CLI need.
//!
//! | module | holds |
//! |---|---|
//! | `queue_id` | the two queues and their names |
//! | `message` | one message, its receipts, and what a receiver sees of it |
//! | `state` | all messages, dead letters, and the move of these back |
//! | `protocol`, `requests` | the operations as JSON |
//! | `error` | the refusals |
//!
//! A message is delivered when it is due: nothing here polls. Where AWS says "approximate", the numbers are exact.
//! Messages do not expire.

mod error;
mod message;
mod protocol;
mod queue_id;
mod requests;
mod state;

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

pub(crate) use self::message::{Receipt, Received, SystemAttribute};
pub(crate) use self::queue_id::QueueId;
pub(crate) use self::state::Backlog;
use self::state::State;
use crate::clock::Now;
use crate::lock;
use crate::metrics::{Metric, Metrics, billed};
use crate::names::Urls;

const SENT: Metric = Metric::of_queue("NumberOfMessagesSent", "Count");
const RECEIVED: Metric = Metric::of_queue("NumberOfMessagesReceived", "Count");
/// Also of a message that was deleted before, as AWS counts.
const DELETED: Metric = Metric::of_queue("NumberOfMessagesDeleted", "Count");
const EMPTY_RECEIVES: Metric = Metric::of_queue("NumberOfEmptyReceives", "Count");

pub(crate) struct Sqs {
    urls: Urls,
    state: Mutex<State>,
    /// Wakes the receives that wait: a message may be visible, or become so earlier than they know.
    changed: Notify,
    metrics: Arc<Metrics>,
}

impl Sqs {
    /// Two empty queues; a message of the game's is hidden for so long after a receive.
    pub(crate) fn new(urls: &Urls, visibility_timeout_s: u32, metrics: &Arc<Metrics>) -> Self {
        Self {
            urls: urls.clone(),
            state: Mutex::new(State::new(visibility_timeout_s)),
            changed: Notify::new(),
            metrics: Arc::clone(metrics),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Puts a message in that is due at once. No client has called for that, so it does not count.
    pub(crate) fn put(&self, queue: QueueId, body: String) {
        self.state().send(queue, body, Duration::ZERO, Now::read());
        self.changed.notify_waiters();
    }

    /// Sends a message as a client does, and returns its id. The request is billed by the caller.
    fn send(&self, queue: QueueId, body: String, delay: Duration) -> String {
        let id = self.state().send(queue, body, delay, Now::read());
        self.changed.notify_waiters();
        self.count(SENT, queue, 1.0);
        id
    }

    /// Receives up to `max` messages, waiting at most `wait` for the first, and hides them: for the queue's visibility
    /// timeout, if no other is given.
    ///
    /// Safe to drop while it waits: it has received nothing.
    pub(crate) async fn receive(
        &self,
        queue: QueueId,
        max: usize,
        visibility: Option<Duration>,
        wait: Duration,
    ) -> Vec<Received> {
        let deadline = Instant::now() + wait;
        loop {
            // Made before the look: a message that is sent between the look and the wait still wakes it.
            let changed = self.changed.notified();
            let now = Now::read();
            let look = self.state().receive(queue, max, visibility, now);
            if look.has_moved {
                // The receives that wait learn when the message is visible, and where.
                self.changed.notify_waiters();
            }
            if !look.received.is_empty() || now.instant >= deadline {
                self.count_receive(queue, &look.received);
                return look.received;
            }
            let next = look.next_due.unwrap_or(deadline).min(deadline);
            tokio::select! {
                () = changed => {}
                () = sleep_until(next) => {}
            }
        }
    }

    /// Deletes a received message. With the receipt of an earlier receive it deletes nothing.
    fn delete(&self, receipt: Receipt) {
        self.state().delete(receipt);
        self.count(DELETED, receipt.queue, 1.0);
    }

    /// Deletes messages by one request.
    pub(crate) fn delete_batch(&self, receipts: impl IntoIterator<Item = Receipt>) {
        self.bill(0);
        receipts
            .into_iter()
            .for_each(|receipt| self.delete(receipt));
    }

    pub(crate) fn backlog(&self, queue: QueueId) -> Backlog {
        self.state().queue(queue).backlog(Instant::now())
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "a receive has ten messages at most"
    )]
    fn count_receive(&self, queue: QueueId, received: &[Received]) {
        match received.len() {
            0 => self.count(EMPTY_RECEIVES, queue, 1.0),
            count => self.count(RECEIVED, queue, count as f64),
        }
        self.bill(received.iter().map(|message| message.body.len()).sum());
    }

    fn count(&self, metric: Metric, queue: QueueId, value: f64) {
        self.metrics.count(metric, &[queue.name()], value);
    }

    /// Counts one request that carries so many bytes of messages.
    fn bill(&self, bytes: usize) {
        let requests = billed::sqs_requests(bytes as u64);
        self.metrics.count(billed::SQS_REQUESTS, &[], requests);
    }
}

#[cfg(test)]
mod tests;
