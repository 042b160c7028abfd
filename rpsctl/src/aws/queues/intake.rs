//! How far several receivers are together.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

use super::Held;
use super::receive::AT_A_TIME;
use crate::exit::Failure;

/// Messages in one call, at most: SQS's own limit.
pub(super) const BATCH: usize = 10;
/// So many empty answers in a row say that there is nothing more.
const EMPTY: usize = 2 * AT_A_TIME;
/// Where messages keep coming there is no end of receiving them.
const LONGEST: Duration = Duration::from_mins(1);

/// Messages that are received at most: SQS lets 120,000 of a queue be held at a time.
pub(crate) const MOST_MESSAGES: u32 = 100_000;

/// How long messages are held from a plan to its end: long enough for a person to read it.
pub(crate) const HOLD: Duration = Duration::from_mins(5);

/// What is to be received.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Intake {
    /// Messages, at most.
    pub(crate) limit: u32,
    /// How long they are held.
    pub(crate) hold: Duration,
}

/// What was received.
#[derive(Debug, Default)]
pub(crate) struct Received {
    /// The messages, the oldest first.
    pub(crate) messages: Vec<Held>,
    /// There may be more: a limit was reached.
    pub(crate) more: bool,
}

/// How far several receivers are together.
pub(super) struct Receiving {
    pub(super) intake: Intake,
    deadline: Instant,
    /// An interruption, or a failure.
    pub(super) stop: Cell<bool>,
    /// Places for messages that nobody has asked for yet.
    places: Cell<usize>,
    empty: Cell<usize>,
    /// By id: SQS may deliver one twice, and only the latest handle is good.
    found: RefCell<HashMap<String, Held>>,
    failure: RefCell<Option<Failure>>,
}

impl Receiving {
    pub(super) fn new(intake: Intake) -> Self {
        Self {
            intake,
            deadline: Instant::now() + LONGEST,
            stop: Cell::new(false),
            places: Cell::new(intake.limit as usize),
            empty: Cell::new(0),
            found: RefCell::default(),
            failure: RefCell::default(),
        }
    }

    /// Messages to ask for next; none if that is enough.
    pub(super) fn next(&self) -> Option<usize> {
        let enough = self.stop.get() || self.is_all() || self.is_late();
        let max = self.places.get().min(BATCH);
        if enough || max == 0 {
            return None;
        }
        self.places.set(self.places.get() - max);
        Some(max)
    }

    fn is_all(&self) -> bool {
        self.empty.get() >= EMPTY
    }

    fn is_late(&self) -> bool {
        Instant::now() >= self.deadline
    }

    pub(super) fn take(&self, asked: usize, answer: Result<Vec<Held>, Failure>) {
        let messages = answer.unwrap_or_else(|failure| {
            self.failure.replace(Some(failure));
            self.stop.set(true);
            Vec::new()
        });
        let mut found = self.found.borrow_mut();
        let before = found.len();
        self.empty.set(if messages.is_empty() {
            self.empty.get() + 1
        } else {
            0
        });
        found.extend(messages.into_iter().map(|held| (held.id.clone(), held)));
        let new = found.len() - before;
        self.places
            .set(self.places.get() + asked.saturating_sub(new));
    }

    /// What was received, in hand also when something failed.
    pub(super) fn end(self) -> Result<Received, (Vec<Held>, Failure)> {
        let more = self.places.get() == 0 || (self.is_late() && !self.is_all());
        let mut messages: Vec<Held> = self.found.into_inner().into_values().collect();
        messages.sort_by(|one, other| (one.sent_ms, &one.id).cmp(&(other.sent_ms, &other.id)));
        match self.failure.into_inner() {
            Some(failure) => Err((messages, failure)),
            None => Ok(Received { messages, more }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::held::tests::held;
    use super::*;

    #[test]
    fn a_message_that_comes_twice_is_one_with_the_latest_handle() {
        let hold = Duration::from_mins(1);
        let receiving = Receiving::new(Intake { limit: 12, hold });
        assert_eq!((receiving.next(), receiving.next()), (Some(10), Some(2)));
        assert_eq!(receiving.next(), None);
        receiving.take(10, Ok(vec![held("m", "1", hold), held("n", "1", hold)]));
        receiving.take(2, Ok(vec![held("m", "2", hold)]));
        assert_eq!(receiving.next(), Some(10));
        receiving.take(10, Ok(Vec::new()));
        let received = receiving.end().expect("no failure");
        let handles = received.messages.iter().map(|it| (&*it.id, &*it.receipt));
        assert_eq!(handles.collect::<Vec<_>>(), [("m", "2"), ("n", "1")]);
    }
}
