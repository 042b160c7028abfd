//! The messages of one queue, by what can happen to them next.
//!
//! Plain data: no lock, no timer, no clock. Every change names its time, so that tests need none either.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::Instant;

use super::attributes::MAX_VISIBILITY_S;
use super::message::{Message, Received};
use super::receipt::Receipt;
use crate::clock::Now;

/// Every message is in exactly one of `delayed`, `in_flight` and `visible`.
#[derive(Debug, Default)]
pub(super) struct Messages {
    next_key: u64,
    by_key: BTreeMap<u64, Held>,
    /// By the time sent: the front expires first.
    by_age: BTreeSet<(Instant, u64)>,
    /// By the time they become visible.
    delayed: BTreeSet<(Instant, u64)>,
    /// By the time they become visible again.
    in_flight: BTreeSet<(Instant, u64)>,
    /// By the time they became visible: a message that fails again and again does not block the others.
    visible: BTreeSet<(Instant, u64)>,
}

#[derive(Debug)]
struct Held {
    message: Message,
    place: Place,
    at: Instant,
    /// Receives from this queue; `message.receives` counts those from all queues.
    receives_here: u32,
    /// When it came to this queue.
    entered: Instant,
    /// The latest receive, which bounds how long the message can stay hidden.
    received: Option<Instant>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Delayed,
    InFlight,
    Visible,
}

/// How many messages are where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// `ApproximateNumberOfMessages`: a receive would give them.
    pub visible: usize,
    /// `ApproximateNumberOfMessagesNotVisible`: received and not deleted.
    pub in_flight: usize,
    /// `ApproximateNumberOfMessagesDelayed`: sent with a delay that is not over.
    pub delayed: usize,
}

/// Why a message's visibility cannot be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unchangeable {
    /// Deleted, expired or moved.
    Gone,
    /// It would stay hidden for more than 12 hours in all.
    BeyondLimit,
}

/// What one receive asks of [`Messages::take`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Take<'a> {
    /// The name that goes into the receipt handles.
    pub(super) queue: &'a str,
    pub(super) max: usize,
    pub(super) visibility: Duration,
    /// From the redrive policy; none without one, or while its target is missing.
    pub(super) max_receives: Option<u32>,
}

/// What one receive found.
#[derive(Debug, Default)]
pub(super) struct Taken {
    pub(super) received: Vec<Received>,
    /// Received too often already: for the dead-letter queue.
    pub(super) dead: Vec<Message>,
}

impl Messages {
    pub(super) fn put(&mut self, message: Message, visible_at: Instant, now: Now) {
        let key = self.next_key;
        self.next_key += 1;
        let place = if visible_at > now.instant {
            Place::Delayed
        } else {
            Place::Visible
        };
        self.by_age.insert((message.sent_at(), key));
        self.set(place).insert((visible_at, key));
        let held = Held {
            message,
            place,
            at: visible_at,
            receives_here: 0,
            entered: now.instant,
            received: None,
        };
        self.by_key.insert(key, held);
    }

    fn set(&mut self, place: Place) -> &mut BTreeSet<(Instant, u64)> {
        match place {
            Place::Delayed => &mut self.delayed,
            Place::InFlight => &mut self.in_flight,
            Place::Visible => &mut self.visible,
        }
    }

    /// Makes visible what is due and forgets what is older than `retention`.
    pub(super) fn advance(&mut self, now: Instant, retention: Duration) {
        while let Some(&(sent, key)) = self.by_age.first()
            && sent + retention <= now
        {
            self.remove(key);
        }
        for place in [Place::Delayed, Place::InFlight] {
            while let Some(&(at, key)) = self.set(place).first()
                && at <= now
            {
                self.place(key, Place::Visible, at);
            }
        }
    }

    /// When [`Self::advance`] will next make a message visible.
    pub(super) fn next_visible_at(&self) -> Option<Instant> {
        let due = [self.delayed.first(), self.in_flight.first()];
        due.into_iter().flatten().map(|(at, _)| *at).min()
    }

    fn place(&mut self, key: u64, place: Place, at: Instant) {
        let Some(held) = self.by_key.get_mut(&key) else {
            return;
        };
        let old = (held.place, held.at);
        (held.place, held.at) = (place, at);
        self.set(old.0).remove(&(old.1, key));
        self.set(place).insert((at, key));
    }

    fn remove(&mut self, key: u64) -> Option<Message> {
        let held = self.by_key.remove(&key)?;
        self.by_age.remove(&(held.message.sent_at(), key));
        self.set(held.place).remove(&(held.at, key));
        Some(held.message)
    }

    /// Receives up to `max` visible messages and hides them.
    ///
    /// A visibility of 0 hides until `now`: the next [`Self::advance`] shows them again, this receive
    /// does not give one twice.
    pub(super) fn take(&mut self, take: Take<'_>, now: Now) -> Taken {
        let mut taken = Taken::default();
        while taken.received.len() < take.max
            && let Some(&(_, key)) = self.visible.first()
            && let Some(held) = self.by_key.get_mut(&key)
        {
            if take
                .max_receives
                .is_some_and(|max| held.receives_here >= max)
            {
                taken.dead.extend(self.remove(key));
                continue;
            }
            held.receives_here += 1;
            held.received = Some(now.instant);
            let handle = |message: &Message| receipt(key, message).handle(take.queue);
            taken.received.push(held.message.receive(now, handle));
            self.place(key, Place::InFlight, now.instant + take.visibility);
        }
        taken
    }

    fn find(&self, receipt: &Receipt) -> Option<&Held> {
        let held = self.by_key.get(&receipt.key);
        held.filter(|held| held.message.id == receipt.message_id)
    }

    /// Deletes the message if `receipt` is of its latest receive.
    ///
    /// `DeleteMessage`: "If you use an old `ReceiptHandle`, the request will succeed, but the message
    /// might not be deleted." Here it never is: the reading a client must survive.
    pub(super) fn delete(&mut self, receipt: &Receipt) {
        let held = self.find(receipt);
        if held.is_some_and(|held| held.message.receives == receipt.receive) {
            self.remove(receipt.key);
        }
    }

    /// Hides the message for `visibility` from `now` on.
    ///
    /// Works with an old receipt and after the message became visible again: so AWS was seen to do, its
    /// documentation says neither.
    pub(super) fn change_visibility(
        &mut self,
        receipt: &Receipt,
        visibility: Duration,
        now: Instant,
    ) -> Result<(), Unchangeable> {
        let held = self.find(receipt).ok_or(Unchangeable::Gone)?;
        let received_at = held.received.ok_or(Unchangeable::Gone)?;
        let received_for = now.saturating_duration_since(received_at);
        if received_for.as_secs() + visibility.as_secs() > MAX_VISIBILITY_S {
            return Err(Unchangeable::BeyondLimit);
        }
        self.place(receipt.key, Place::InFlight, now + visibility);
        Ok(())
    }

    pub(super) fn clear(&mut self) {
        *self = Self {
            next_key: self.next_key,
            ..Self::default()
        };
    }

    pub(super) fn counts(&self) -> Counts {
        Counts {
            visible: self.visible.len(),
            in_flight: self.in_flight.len(),
            delayed: self.delayed.len(),
        }
    }

    /// When the oldest message of those that are not delayed came to this queue.
    pub(super) fn oldest(&self) -> Option<Instant> {
        let mut by_age = self.by_key.values();
        let oldest = by_age.find(|held| held.place != Place::Delayed);
        oldest.map(|held| held.entered)
    }

    /// The key the next message will get: all there are now have smaller ones.
    pub(super) fn end(&self) -> u64 {
        self.next_key
    }

    /// The oldest visible message with a key below `end`, for a move task.
    pub(super) fn oldest_visible(&self, end: u64) -> Option<(u64, &Message)> {
        let mut held = self.by_key.range(..end);
        let (key, held) = held.find(|(_, held)| held.place == Place::Visible)?;
        Some((*key, &held.message))
    }

    /// Takes that message out, if it is still visible.
    pub(super) fn take_visible(&mut self, key: u64) -> Option<Message> {
        let held = self.by_key.get(&key)?;
        (held.place == Place::Visible)
            .then(|| self.remove(key))
            .flatten()
    }
}

fn receipt(key: u64, message: &Message) -> Receipt {
    Receipt {
        key,
        message_id: message.id.clone(),
        receive: message.receives,
    }
}

#[cfg(test)]
mod tests;
