//! SQS in memory: the game's two queues, with the operations that the game, `rpsctl` and simple uses of the `aws` CLI
//! need.
//!
//! | module | contents |
//! |---|---|
//! | `queue_id` | the two queues and their names |
//! | `message` | queued and received messages, and receipts |
//! | `store` | all messages, the dead-letter rule, and the redrive of dead letters |
//! | `protocol`, `requests` | the operations in the JSON protocol |
//! | `error` | SQS's errors |
//!
//! A waiting receive returns when a message becomes due; this module does not poll. The "approximate" attributes are
//! exact. Messages do not expire.

mod error;
mod message;
mod protocol;
mod queue_id;
mod requests;
mod store;

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

pub(crate) use self::message::{DeliveredMessage, Receipt, SystemAttribute};
pub(crate) use self::queue_id::QueueId;
pub(crate) use self::store::Backlog;
use self::store::QueueStore;
use crate::clock::ClockTime;
use crate::faults::FaultInjector;
use crate::lock;
use crate::metrics::{LocalMetric, Metrics, billed};
use crate::names::Urls;

const SENT: LocalMetric = LocalMetric::for_queue("NumberOfMessagesSent", "Count");
const RECEIVED: LocalMetric = LocalMetric::for_queue("NumberOfMessagesReceived", "Count");
/// As on AWS, this includes repeated deletions of one message.
const DELETED: LocalMetric = LocalMetric::for_queue("NumberOfMessagesDeleted", "Count");
const EMPTY_RECEIVES: LocalMetric = LocalMetric::for_queue("NumberOfEmptyReceives", "Count");

pub(crate) struct Sqs {
    urls: Urls,
    store: Mutex<QueueStore>,
    /// Wakes the waiting receives after each change of a message's visibility.
    changed: Notify,
    metrics: Arc<Metrics>,
    faults: Arc<FaultInjector>,
}

impl Sqs {
    /// Creates the empty queues. `visibility_timeout_s` applies to the rounds queue.
    pub(crate) fn new(
        urls: &Urls,
        visibility_timeout_s: u32,
        metrics: &Arc<Metrics>,
        faults: &Arc<FaultInjector>,
    ) -> Arc<Self> {
        Arc::new(Self {
            urls: urls.clone(),
            store: Mutex::new(QueueStore::new(visibility_timeout_s)),
            changed: Notify::new(),
            metrics: Arc::clone(metrics),
            faults: Arc::clone(faults),
        })
    }

    fn store(&self) -> MutexGuard<'_, QueueStore> {
        lock(&self.store)
    }

    /// Adds a message without a client's request, so no metric counts it.
    pub(crate) fn put(&self, queue: QueueId, body: String) {
        self.store()
            .send(queue, body, Duration::ZERO, ClockTime::now());
        self.changed.notify_waiters();
    }

    /// Sends a client's message and returns its id. The caller bills the request.
    fn send(&self, queue: QueueId, body: String, delay: Duration) -> String {
        let now = ClockTime::now();
        if let Some(later) = self.faults.duplicate_delay() {
            self.store().send(queue, body.clone(), delay + later, now);
        }
        let delay = delay + self.faults.message_delay();
        let id = self.store().send(queue, body, delay, now);
        self.changed.notify_waiters();
        self.count(SENT, queue, 1.0);
        id
    }

    /// Waits up to `wait` for the first message, receives up to `max` messages and hides them. `visibility` overrides
    /// the queue's visibility timeout.
    ///
    /// Cancel-safe: a dropped future has received nothing.
    pub(crate) async fn receive(
        &self,
        queue: QueueId,
        max: usize,
        visibility: Option<Duration>,
        wait: Duration,
    ) -> Vec<DeliveredMessage> {
        let deadline = Instant::now() + wait;
        loop {
            // Subscribe before the receive, so that a message sent in between still wakes this loop.
            let changed = self.changed.notified();
            let now = ClockTime::now();
            let result = self.store().receive(queue, max, visibility, now);
            if result.has_changes {
                // Let the other waiting receives compute their next wake-up time again.
                self.changed.notify_waiters();
            }
            if !result.messages.is_empty() || now.instant >= deadline {
                self.count_receive(queue, &result.messages);
                return result.messages;
            }
            let wake_up = result.next_due.unwrap_or(deadline).min(deadline);
            tokio::select! {
                () = changed => {}
                () = sleep_until(wake_up) => {}
            }
        }
    }

    /// Deletes a received message. A receipt of an earlier receive deletes nothing.
    fn delete(&self, receipt: Receipt) {
        self.store().delete(receipt);
        self.count(DELETED, receipt.queue, 1.0);
    }

    /// Deletes messages with one request.
    pub(crate) fn delete_batch(&self, receipts: impl IntoIterator<Item = Receipt>) {
        self.bill(0);
        receipts
            .into_iter()
            .for_each(|receipt| self.delete(receipt));
    }

    pub(crate) fn backlog(&self, queue: QueueId) -> Backlog {
        self.store().queue(queue).backlog(Instant::now())
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "a receive has ten messages at most"
    )]
    fn count_receive(&self, queue: QueueId, messages: &[DeliveredMessage]) {
        match messages.len() {
            0 => self.count(EMPTY_RECEIVES, queue, 1.0),
            count => self.count(RECEIVED, queue, count as f64),
        }
        self.bill(messages.iter().map(|message| message.body.len()).sum());
    }

    fn count(&self, metric: LocalMetric, queue: QueueId, value: f64) {
        self.metrics.count(metric, &[queue.name()], value);
    }

    /// Bills a request: one for each started 64 KB of its messages, at least one. `bytes` is the size of its messages.
    fn bill(&self, bytes: usize) {
        let requests = billed::sqs_requests(bytes as u64);
        self.metrics.count(billed::SQS_REQUESTS, &[], requests);
    }
}

#[cfg(test)]
mod tests;
