//! The queue and its event source mapping. A message is delivered at least once, in any order, until it is deleted or
//! has been received too often.

use std::cell::RefMut;
use std::fmt::Display;
use std::rc::Rc;

use rps_contract::names::{MAX_RECEIVE_COUNT, VISIBILITY_TIMEOUT_S};
use rps_game::Message;

use crate::faults::Fault;
use crate::latency::Step;
use crate::state::{Queue, QueueMessage, State};
use crate::stream::Stream;
use crate::world::World;

const SECOND_US: u64 = 1_000_000;
const MAX_BATCH: usize = 10;

pub(crate) fn name(message: &Message) -> String {
    match message {
        Message::RoundTimer(timer) => format!("the timer of {} round {}", timer.game, timer.round),
        Message::Rebalance(rebalance) => format!("the rebalance of {}", rebalance.connection),
    }
}

impl Queue {
    /// The indexes of the messages that a consumer can receive now, the given one first.
    fn visible(&self, first: usize, now_us: u64) -> Vec<usize> {
        let is_visible = |index: &usize| {
            self.messages.get(*index).is_some_and(|message| {
                message.state == State::Queued && message.visible_at_us <= now_us
            })
        };
        let others = (0..self.messages.len()).filter(|index| *index != first);
        let all = std::iter::once(first).chain(others);
        all.filter(is_visible).take(MAX_BATCH).collect()
    }
}

impl World {
    /// Sends a message of the invocation `sender`.
    pub(crate) fn send(
        self: &Rc<Self>,
        message: &Message,
        delay_s: u8,
        stream: Stream,
        sender: u64,
    ) {
        let visible_at_us = self.now_us() + u64::from(delay_s) * SECOND_US;
        self.enqueue(QueueMessage {
            body: serde_json::to_string(message).unwrap_or_default(),
            name: if self.tells() {
                name(message)
            } else {
                String::new()
            },
            is_new: self.is_new_release.get(),
            stream,
            outlasts: matches!(message, Message::Rebalance(_)).then_some(sender),
            receives: 0,
            visible_at_us,
            state: State::Queued,
        });
    }

    fn enqueue(self: &Rc<Self>, message: QueueMessage) {
        let mut queue = self.queue();
        let index = queue.messages.len();
        let stream = message.stream;
        queue.messages.push(message);
        let world = Rc::clone(self);
        self.executor
            .spawn(async move { world.deliver(index, stream).await });
    }

    /// Delivers the message until it is deleted.
    async fn deliver(self: Rc<Self>, index: usize, stream: Stream) {
        for delivery in 0.. {
            let stream = stream.child(delivery);
            while let Some(visible_at_us) = self.visible_at_us(index) {
                if visible_at_us <= self.now_us() {
                    break;
                }
                self.executor.sleep_until(visible_at_us).await;
            }
            self.takes(stream.child(1), Step::Delivery).await;
            if self.strikes(stream, Fault::LateDelivery) {
                self.pause(stream.child(2), SECOND_US, 120 * SECOND_US)
                    .await;
            }
            let Some(visible_at_us) = self.visible_at_us(index) else {
                return;
            };
            if self.queue().is_paused {
                self.executor.sleep(SECOND_US).await;
            } else if visible_at_us <= self.now_us() {
                self.receive(index, stream).await;
            }
        }
    }

    /// `None`: the message is not in the queue.
    fn visible_at_us(&self, index: usize) -> Option<u64> {
        let message = &self.queue().messages[index];
        (message.state == State::Queued).then_some(message.visible_at_us)
    }

    /// Receives the message, with others that are visible, and invokes `decide`.
    async fn receive(self: &Rc<Self>, first: usize, stream: Stream) {
        let batch = self.take(first);
        if batch.is_empty() {
            return;
        }
        if self.strikes(stream, Fault::DuplicateDelivery) {
            let (world, batch) = (Rc::clone(self), batch.clone());
            self.executor.spawn(async move {
                let stream = stream.child(3);
                world.pause(stream, 1000, 60 * SECOND_US).await;
                world.tell(|| "SQS delivers a batch again".to_owned());
                world.decide(&world.events(&batch), stream).await;
            });
        }
        if self.strikes(stream, Fault::LostMessage) {
            for index in batch {
                let message = &mut self.queue().messages[index];
                message.state = State::Deleted;
                self.tell(|| format!("SQS loses {}", message.name));
            }
            return;
        }
        let events = self.events(&batch);
        let Some(failures) = self.decide(&events, stream.child(4)).await else {
            return;
        };
        for index in batch.iter().filter(|index| !failures.contains(index)) {
            let message = &mut self.queue().messages[*index];
            message.state = State::Deleted;
            self.tell(|| format!("SQS deletes {}", message.name));
        }
    }

    /// Receives visible messages. A message that was received too often becomes a dead letter instead.
    pub(crate) fn take(&self, first: usize) -> Vec<usize> {
        let now_us = self.now_us();
        let mut queue = self.queue();
        let mut batch = queue.visible(first, now_us);
        batch.retain(|index| {
            let message = &mut queue.messages[*index];
            message.receives += 1;
            message.visible_at_us = now_us + u64::from(VISIBILITY_TIMEOUT_S) * SECOND_US;
            if message.receives > MAX_RECEIVE_COUNT {
                message.state = State::DeadLetter;
                self.tell(|| format!("{} becomes a dead letter", message.name));
            }
            message.state == State::Queued
        });
        batch
    }

    /// Index and content of each message, as `decide` receives it.
    fn events(&self, batch: &[usize]) -> Vec<(usize, QueueMessage)> {
        let queue = self.queue();
        let messages = batch.iter().map(|index| {
            let mut message = queue.messages[*index].clone();
            if message.is_new && !self.is_new_release.get() {
                message.body = format!(r#"{{"v":2,"timer":{}}}"#, message.body);
            }
            (*index, message)
        });
        messages.collect()
    }

    /// Moves all dead letters back to the queue, as new messages.
    pub(crate) fn redrive(self: &Rc<Self>) {
        let mut dead = Vec::new();
        for message in &mut self.queue().messages {
            if message.state == State::DeadLetter {
                dead.push(message.clone());
                message.state = State::Deleted;
            }
        }
        for message in dead {
            self.tell(|| format!("an operator redrives {}", message.name));
            self.enqueue(QueueMessage {
                stream: message.stream.child(1_000_000),
                receives: 0,
                visible_at_us: self.now_us(),
                state: State::Queued,
                ..message
            });
        }
    }

    pub(crate) fn queue(&self) -> RefMut<'_, Queue> {
        self.queue.borrow_mut()
    }

    /// Tells that something happens to the subject.
    pub(crate) fn tell_of(&self, subject: &impl Display, text: &str) {
        self.tell(|| format!("{subject} {text}"));
    }
}
