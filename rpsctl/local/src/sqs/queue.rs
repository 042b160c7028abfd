//! One queue: its messages, its attributes, and who waits for what.

mod receive;
mod usage;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::attributes::Attributes;
use super::content::Content;
use super::directory::Directory;
use super::error::{Code, SqsError};
use super::message::Message;
use super::messages::{Counts, Messages, Unchangeable};
use super::receipt::Receipt;
use crate::clock::Now;
use crate::lock;
use crate::metrics::Metrics;

/// "Approximately 120,000 in flight messages" ("Amazon SQS standard queue quotas").
const MAX_IN_FLIGHT: usize = 120_000;
/// A queue is purged once in this time, says `PurgeQueue`.
const PURGE_PAUSE: Duration = Duration::from_mins(1);

/// One queue.
#[derive(Debug)]
pub struct Queue {
    name: String,
    url: String,
    arn: String,
    created_s: u64,
    state: Mutex<State>,
    /// Woken when a waiting receive may have to look again.
    changed: Notify,
    /// Where the dead-letter queue is found.
    directory: Weak<Directory>,
    metrics: Arc<Metrics>,
}

#[derive(Debug)]
struct State {
    attributes: Attributes,
    modified_s: u64,
    tags: BTreeMap<String, String>,
    messages: Messages,
    purged: Option<Instant>,
}

impl Queue {
    pub(super) fn new(
        directory: &Arc<Directory>,
        name: &str,
        attributes: Attributes,
        tags: BTreeMap<String, String>,
    ) -> Self {
        let created_s = Now::read().epoch_s();
        let state = State {
            attributes,
            modified_s: created_s,
            tags,
            messages: Messages::default(),
            purged: None,
        };
        Self {
            name: name.to_owned(),
            url: directory.url(name),
            arn: Directory::arn(name),
            created_s,
            state: Mutex::new(state),
            changed: Notify::new(),
            directory: Arc::downgrade(directory),
            metrics: Arc::clone(&directory.metrics),
        }
    }

    /// The queue's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What clients send as `QueueUrl`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The `eventSourceARN` of the queue's Lambda events.
    #[must_use]
    pub fn arn(&self) -> &str {
        &self.arn
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Takes in a message from a move task.
    pub(super) fn accept_redriven(&self, message: Message) {
        let now = Now::read();
        self.put(message.redriven(now), Duration::ZERO, now);
    }

    fn put(&self, message: Message, delay: Duration, now: Now) {
        self.lock().messages.put(message, now.instant + delay, now);
        self.changed.notify_waiters();
    }

    /// Sends; without `delay` with the queue's. The answer is the message's id.
    pub(super) fn send(&self, content: Content, delay: Option<Duration>, now: Now) -> String {
        let message = Message::new(content, now);
        let id = message.id.clone();
        let of_queue = Duration::from_secs(self.attributes().delay_s);
        self.put(message, delay.unwrap_or(of_queue), now);
        self.count_sent();
        id
    }

    /// Puts a text in that is due at once. That is no call of anybody: it does not count.
    pub(crate) fn put_now(&self, body: String) {
        let content = Content {
            body,
            ..Content::default()
        };
        let now = Now::read();
        self.put(Message::new(content, now), Duration::ZERO, now);
    }

    /// Deletes a received message; with an old receipt handle it succeeds and deletes nothing.
    pub fn delete(&self, receipt_handle: &str) -> Result<(), SqsError> {
        let receipt = Receipt::parse(receipt_handle, &self.name)?;
        self.lock().messages.delete(&receipt);
        self.count_deleted();
        Ok(())
    }

    /// Hides a received message for `visibility` from now on; 0 shows it at once.
    pub fn change_visibility(
        &self,
        receipt_handle: &str,
        visibility: Duration,
    ) -> Result<(), SqsError> {
        let receipt = Receipt::parse(receipt_handle, &self.name)?;
        let now = Instant::now();
        let changed = {
            let mut state = self.lock();
            state.advance(now);
            state.messages.change_visibility(&receipt, visibility, now)
        };
        self.changed.notify_waiters();
        changed.map_err(|unchangeable| match unchangeable {
            Unchangeable::Gone => {
                let reason =
                    "Message does not exist or is not available for visibility timeout change.";
                SqsError::parameter("ReceiptHandle", receipt_handle, reason)
            }
            Unchangeable::BeyondLimit => {
                let reason =
                    "Total VisibilityTimeout for the message is beyond the limit [43200 seconds]";
                SqsError::parameter("VisibilityTimeout", visibility.as_secs(), reason)
            }
        })
    }

    /// How many messages are visible, in flight and delayed now.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut state = self.lock();
        state.advance(Instant::now());
        state.messages.counts()
    }

    /// `ApproximateAgeOfOldestMessage`: a delayed message does not count, and a dead letter is as old as it is
    /// dead. None for an empty queue.
    #[must_use]
    pub fn oldest_age(&self) -> Option<Duration> {
        let now = Instant::now();
        let mut state = self.lock();
        state.advance(now);
        let oldest = state.messages.oldest()?;
        Some(now.saturating_duration_since(oldest))
    }

    /// Refuses what AWS refuses when too many messages are in flight.
    pub(super) fn check_in_flight(&self) -> Result<(), SqsError> {
        let over = self.counts().in_flight >= MAX_IN_FLIGHT;
        let message = "Too many messages in flight.";
        (!over)
            .then_some(())
            .ok_or_else(|| SqsError::new(Code::OverLimit, message))
    }

    pub(super) fn attributes(&self) -> Attributes {
        self.lock().attributes.clone()
    }

    pub(super) fn set_attributes(&self, attributes: Attributes) {
        let mut state = self.lock();
        state.attributes = attributes;
        state.modified_s = Now::read().epoch_s();
    }

    /// Every attribute clients can read.
    pub(super) fn describe(&self) -> Vec<(&'static str, String)> {
        let counts = self.counts();
        let state = self.lock();
        let mut list = state.attributes.list();
        list.extend([
            ("QueueArn", self.arn.clone()),
            ("ApproximateNumberOfMessages", counts.visible.to_string()),
            (
                "ApproximateNumberOfMessagesNotVisible",
                counts.in_flight.to_string(),
            ),
            (
                "ApproximateNumberOfMessagesDelayed",
                counts.delayed.to_string(),
            ),
            ("CreatedTimestamp", self.created_s.to_string()),
            ("LastModifiedTimestamp", state.modified_s.to_string()),
        ]);
        list
    }

    /// Forgets every message, in flight and delayed ones too.
    pub(super) fn purge(&self) -> Result<(), SqsError> {
        let now = Instant::now();
        let mut state = self.lock();
        if state
            .purged
            .is_some_and(|purged| now < purged + PURGE_PAUSE)
        {
            let message = format!(
                "Only one PurgeQueue operation on {} is allowed every 60 seconds.",
                self.name
            );
            return Err(SqsError::new(Code::PurgeQueueInProgress, message));
        }
        state.purged = Some(now);
        state.messages.clear();
        Ok(())
    }

    pub(super) fn clear(&self) {
        self.lock().messages.clear();
    }

    pub(super) fn with_tags<T>(&self, act: impl FnOnce(&mut BTreeMap<String, String>) -> T) -> T {
        act(&mut self.lock().tags)
    }

    /// The key behind the last message of now, for [`Self::next_to_move`].
    pub(super) fn end(&self) -> u64 {
        self.lock().messages.end()
    }

    /// The oldest visible message before `end`: its key, and the queue it came from.
    pub(super) fn next_to_move(&self, end: u64) -> Option<(u64, Option<String>)> {
        let mut state = self.lock();
        state.advance(Instant::now());
        let (key, message) = state.messages.oldest_visible(end)?;
        Some((key, message.dead_letter_source_arn.clone()))
    }

    /// Takes that message out; none if someone received it meanwhile.
    pub(super) fn take_to_move(&self, key: u64) -> Option<Message> {
        self.lock().messages.take_visible(key)
    }
}

impl State {
    fn advance(&mut self, now: Instant) {
        let retention = Duration::from_secs(self.attributes.retention_s);
        self.messages.advance(now, retention);
    }
}
