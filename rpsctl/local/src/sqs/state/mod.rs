//! All messages: plain data without a lock, a timer or a clock. Every change names its time.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

use crate::clock::Now;
use crate::sqs::message::{Message, Receipt, Received};
use crate::sqs::queue_id::QueueId;

/// The visibility timeout of a queue that is created without one.
const DEFAULT_VISIBILITY: Duration = Duration::from_secs(30);

pub(super) struct State {
    /// In the order of [`QueueId::ALL`].
    queues: [Queue; 2],
    next_key: u64,
    pub(super) latest_move: Option<MoveTask>,
}

pub(super) struct Queue {
    pub(super) visibility: Duration,
    messages: BTreeMap<u64, Message>,
    /// When each message is visible: a message that fails again and again does not block the others.
    by_time: BTreeSet<(Instant, u64)>,
}

/// How many messages a queue has.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Backlog {
    pub(crate) visible: usize,
    /// Received and not deleted.
    pub(crate) in_flight: usize,
    /// Sent with a delay that is not over.
    pub(crate) delayed: usize,
    /// The age of the oldest message that is not delayed. A dead letter is as old as it is dead.
    pub(crate) oldest_age: Option<Duration>,
}

/// What one look into a queue found.
pub(super) struct Look {
    pub(super) received: Vec<Received>,
    /// Whether messages were hidden, or became dead letters.
    pub(super) has_moved: bool,
    /// When the next message becomes visible.
    pub(super) next_due: Option<Instant>,
}

/// A move of all dead letters, complete when it starts; an entry of `ListMessageMoveTasks`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct MoveTask {
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

impl State {
    pub(super) fn new(visibility_timeout_s: u32) -> Self {
        let of_rounds = Duration::from_secs(visibility_timeout_s.into());
        Self {
            queues: [of_rounds, DEFAULT_VISIBILITY].map(Queue::new),
            next_key: 0,
            latest_move: None,
        }
    }

    pub(super) fn queue(&self, queue: QueueId) -> &Queue {
        &self.queues[queue as usize]
    }

    fn queue_mut(&mut self, queue: QueueId) -> &mut Queue {
        &mut self.queues[queue as usize]
    }

    /// Returns the message's id.
    pub(super) fn send(
        &mut self,
        queue: QueueId,
        body: String,
        delay: Duration,
        now: Now,
    ) -> String {
        let message = Message::new(self.next_key, body, delay, now);
        self.next_key += 1;
        let id = message.id.clone();
        self.queue_mut(queue).put(message);
        id
    }

    /// Receives up to `max` messages. Those that were received too often become dead letters instead.
    pub(super) fn receive(
        &mut self,
        id: QueueId,
        max: usize,
        visibility: Option<Duration>,
        now: Now,
    ) -> Look {
        let queue = self.queue_mut(id);
        let hidden_for = visibility.unwrap_or(queue.visibility);
        let (mut alive, mut dead) = (Vec::new(), Vec::new());
        // They are put back at the end: without a visibility timeout this receive would give them again.
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
        let has_moved = !(alive.is_empty() && dead.is_empty());
        let mut received = Vec::new();
        for mut message in alive {
            received.push(message.receive(id, hidden_for, now));
            queue.put(message);
        }
        let next_due = queue.by_time.first().map(|(at, _)| *at);
        for (target, mut message) in dead {
            message.die(id, now);
            self.queue_mut(target).put(message);
        }
        Look {
            received,
            has_moved,
            next_due,
        }
    }

    /// Deletes a message, but only by the receipt of its latest receive.
    ///
    /// `DeleteMessage`: "If you use an old `ReceiptHandle`, the request will succeed, but the message might not be
    /// deleted." Here it never is: a client must survive that.
    pub(super) fn delete(&mut self, receipt: Receipt) {
        let queue = self.queue_mut(receipt.queue);
        let message = queue.messages.get(&receipt.key);
        if message.is_some_and(|message| message.receives == receipt.receive) {
            queue.take(receipt.key);
        }
    }

    /// Hides a message for `visibility` from now on. False: it is not there.
    ///
    /// Works with an old receipt, and when the message is visible again, as it was seen to do at AWS.
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

    /// Moves the visible messages of one queue to another, or each to the queue that it failed in. To AWS they are new
    /// messages there.
    pub(super) fn start_move(&mut self, source: QueueId, destination: Option<QueueId>, now: Now) {
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
        self.latest_move = Some(MoveTask {
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

impl Queue {
    fn new(visibility: Duration) -> Self {
        Self {
            visibility,
            messages: BTreeMap::new(),
            by_time: BTreeSet::new(),
        }
    }

    fn put(&mut self, message: Message) {
        self.by_time.insert((message.visible_at, message.key));
        self.messages.insert(message.key, message);
    }

    fn take(&mut self, key: u64) -> Option<Message> {
        let message = self.messages.remove(&key)?;
        self.by_time.remove(&(message.visible_at, key));
        Some(message)
    }

    fn take_visible(&mut self, now: Instant) -> Option<Message> {
        let key = self.visible(now).next()?;
        self.take(key)
    }

    /// The visible messages, those first that have been visible for the longest time.
    fn visible(&self, now: Instant) -> impl Iterator<Item = u64> {
        let visible = self.by_time.range(..=(now, u64::MAX));
        visible.map(|(_, key)| *key)
    }

    pub(super) fn backlog(&self, now: Instant) -> Backlog {
        let visible = self.visible(now).count();
        let messages = self.messages.values();
        let not_delayed: Vec<_> = messages.filter(|it| !it.is_delayed(now)).collect();
        let oldest = not_delayed.iter().map(|it| it.entered).min();
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
