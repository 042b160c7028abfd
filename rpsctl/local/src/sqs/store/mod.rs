//! All messages. This is plain data without locks, timers or a clock: callers pass the time of each change.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

use crate::clock::ClockTime;
use crate::sqs::message::{DeliveredMessage, QueuedMessage, Receipt};
use crate::sqs::queue_id::QueueId;

/// SQS's default visibility timeout.
const DEFAULT_VISIBILITY: Duration = Duration::from_secs(30);

pub(super) struct QueueStore {
    /// In the order of [`QueueId::ALL`].
    queues: [StoredQueue; 2],
    next_key: u64,
    pub(super) latest_move: Option<CompletedMove>,
}

pub(super) struct StoredQueue {
    pub(super) visibility: Duration,
    messages: BTreeMap<u64, QueuedMessage>,
    /// Sorts the messages' keys by the time at which they become visible. So a message that fails repeatedly does not
    /// block the others.
    by_time: BTreeSet<(Instant, u64)>,
}

/// The numbers of messages in a queue.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Backlog {
    pub(crate) visible: usize,
    /// Received but not deleted, and hidden.
    pub(crate) in_flight: usize,
    /// Sent with a delay that has not ended.
    pub(crate) delayed: usize,
    /// The age of the oldest message that is not delayed. A dead letter's age starts when it becomes one.
    pub(crate) oldest_age: Option<Duration>,
}

pub(super) struct QueueReceipt {
    pub(super) messages: Vec<DeliveredMessage>,
    /// Whether the receive has hidden messages or moved dead letters.
    pub(super) has_changes: bool,
    /// When the next message becomes visible.
    pub(super) next_due: Option<Instant>,
}

/// An entry of `ListMessageMoveTasks`. The local AWS completes each move at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CompletedMove {
    status: &'static str,
    source_arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    destination_arn: Option<String>,
    approximate_number_of_messages_moved: usize,
    approximate_number_of_messages_to_move: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure_reason: Option<&'static str>,
    /// Milliseconds since 1970.
    started_timestamp: u64,
}

impl QueueStore {
    pub(super) fn new(visibility_timeout_s: u32) -> Self {
        let rounds_visibility = Duration::from_secs(visibility_timeout_s.into());
        Self {
            queues: [rounds_visibility, DEFAULT_VISIBILITY].map(StoredQueue::new),
            next_key: 0,
            latest_move: None,
        }
    }

    pub(super) fn queue(&self, queue: QueueId) -> &StoredQueue {
        &self.queues[queue as usize]
    }

    fn queue_mut(&mut self, queue: QueueId) -> &mut StoredQueue {
        &mut self.queues[queue as usize]
    }

    /// Returns the message's id.
    pub(super) fn send(
        &mut self,
        queue: QueueId,
        body: String,
        delay: Duration,
        now: ClockTime,
    ) -> String {
        let message = QueuedMessage::new(self.next_key, body, delay, now);
        self.next_key += 1;
        let id = message.id.clone();
        self.queue_mut(queue).put(message);
        id
    }

    /// Receives up to `max` messages. Messages with too many receives become dead letters instead.
    pub(super) fn receive(
        &mut self,
        id: QueueId,
        max: usize,
        visibility: Option<Duration>,
        now: ClockTime,
    ) -> QueueReceipt {
        let queue = self.queue_mut(id);
        let hidden_for = visibility.unwrap_or(queue.visibility);
        let (mut alive, mut dead) = (Vec::new(), Vec::new());
        // Put the messages back after the loop: with a visibility timeout of zero, the loop would take them again.
        while alive.len() < max
            && let Some(message) = queue.take_visible(now.instant)
        {
            match id.redrive() {
                Some((target, max_receives)) if message.receives >= max_receives => {
                    dead.push((target, message));
                }
                _ => alive.push(message),
            }
        }
        let has_changes = !(alive.is_empty() && dead.is_empty());
        let mut messages = Vec::new();
        for mut message in alive {
            messages.push(message.receive(id, hidden_for, now));
            queue.put(message);
        }
        let next_due = queue.by_time.first().map(|(at, _)| *at);
        for (target, mut message) in dead {
            message.make_dead_letter(id, now);
            self.queue_mut(target).put(message);
        }
        QueueReceipt {
            messages,
            has_changes,
            next_due,
        }
    }

    /// Deletes a message, if the receipt belongs to its latest receive.
    ///
    /// `DeleteMessage`: "If you use an old `ReceiptHandle`, the request will succeed, but the message might not be
    /// deleted." The local AWS never deletes it, because clients must handle that case.
    pub(super) fn delete(&mut self, receipt: Receipt) {
        let queue = self.queue_mut(receipt.queue);
        let message = queue.messages.get(&receipt.key);
        if message.is_some_and(|message| message.receives == receipt.receive) {
            queue.take(receipt.key);
        }
    }

    /// Hides a message for `visibility` from now on. Returns false if the message does not exist.
    ///
    /// As measured on AWS, this also works with an old receipt, and for a message that is visible again.
    pub(super) fn change_visibility(
        &mut self,
        receipt: Receipt,
        visibility: Duration,
        now: Instant,
    ) -> bool {
        let queue = self.queue_mut(receipt.queue);
        let Some(mut message) = queue.take(receipt.key) else {
            return false;
        };
        message.visible_at = now + visibility;
        queue.put(message);
        true
    }

    pub(super) fn purge(&mut self, queue: QueueId) {
        let queue = self.queue_mut(queue);
        queue.messages.clear();
        queue.by_time.clear();
    }

    /// Moves a queue's visible messages to the destination or, without one, to their original queues. As on AWS, they
    /// become new messages.
    pub(super) fn start_move(
        &mut self,
        source: QueueId,
        destination: Option<QueueId>,
        now: ClockTime,
    ) {
        let to_move = self.queue(source).visible(now.instant).count();
        let mut moved = 0;
        let mut failure_reason = None;
        while let Some(message) = self.queue_mut(source).take_visible(now.instant) {
            let Some(target) = destination.or(message.source) else {
                self.queue_mut(source).put(message);
                failure_reason = Some("CouldNotDetermineMessageSource");
                break;
            };
            self.send(target, message.body, Duration::ZERO, now);
            moved += 1;
        }
        self.latest_move = Some(CompletedMove {
            status: failure_reason.map_or("COMPLETED", |_| "FAILED"),
            source_arn: source.arn(),
            destination_arn: destination.map(QueueId::arn),
            approximate_number_of_messages_moved: moved,
            approximate_number_of_messages_to_move: to_move,
            failure_reason,
            started_timestamp: now.epoch_ms,
        });
    }
}

impl StoredQueue {
    fn new(visibility: Duration) -> Self {
        Self {
            visibility,
            messages: BTreeMap::new(),
            by_time: BTreeSet::new(),
        }
    }

    fn put(&mut self, message: QueuedMessage) {
        self.by_time.insert((message.visible_at, message.key));
        self.messages.insert(message.key, message);
    }

    fn take(&mut self, key: u64) -> Option<QueuedMessage> {
        let message = self.messages.remove(&key)?;
        self.by_time.remove(&(message.visible_at, key));
        Some(message)
    }

    fn take_visible(&mut self, now: Instant) -> Option<QueuedMessage> {
        let key = self.visible(now).next()?;
        self.take(key)
    }

    /// The keys of the visible messages, the longest visible first.
    fn visible(&self, now: Instant) -> impl Iterator<Item = u64> {
        let visible = self.by_time.range(..=(now, u64::MAX));
        visible.map(|(_, key)| *key)
    }

    pub(super) fn backlog(&self, now: Instant) -> Backlog {
        let visible = self.visible(now).count();
        let messages = self.messages.values();
        let not_delayed: Vec<_> = messages
            .filter(|message| !message.is_delayed(now))
            .collect();
        let oldest = not_delayed.iter().map(|message| message.entered).min();
        Backlog {
            visible,
            in_flight: not_delayed.len() - visible,
            delayed: self.messages.len() - not_delayed.len(),
            oldest_age: oldest.map(|entered| now.saturating_duration_since(entered)),
        }
    }
}

#[cfg(test)]
mod tests;
