//! Tests the queues with a clock that the tests advance.

use QueueId::{DeadLetters, Rounds};

use rps_contract::names::MAX_RECEIVE_COUNT;

use super::*;
use crate::sqs::SystemAttribute;

const HOUR: Duration = Duration::from_hours(1);
const NONE: Duration = Duration::ZERO;

/// The queues and their clock.
struct Bench {
    store: QueueStore,
    now: ClockTime,
}

impl Bench {
    fn new() -> Self {
        Self {
            store: QueueStore::new(24),
            now: ClockTime::now(),
        }
    }

    fn advance(&mut self, time: Duration) {
        self.now.instant += time;
    }

    fn send(&mut self, body: &str, delay: Duration) {
        self.store.send(Rounds, body.to_owned(), delay, self.now);
    }

    fn receive(
        &mut self,
        queue: QueueId,
        max: usize,
        visibility: Duration,
    ) -> Vec<DeliveredMessage> {
        let result = self.store.receive(queue, max, Some(visibility), self.now);
        result.messages
    }

    fn bodies(&mut self, queue: QueueId, max: usize, visibility: Duration) -> Vec<String> {
        let messages = self.receive(queue, max, visibility);
        messages.into_iter().map(|message| message.body).collect()
    }

    fn receipt(&mut self, visibility: Duration) -> Receipt {
        self.receive(Rounds, 1, visibility)[0].receipt_handle
    }

    /// Receives a message as often as possible; the next receive makes it a dead letter.
    fn receive_max_times(&mut self, body: &str) {
        for _ in 0..MAX_RECEIVE_COUNT {
            assert_eq!(self.bodies(Rounds, 1, NONE), [body]);
        }
    }

    /// The numbers of visible, in-flight and delayed messages.
    fn counts(&self, queue: QueueId) -> [usize; 3] {
        let backlog = self.store.queue(queue).backlog(self.now.instant);
        [backlog.visible, backlog.in_flight, backlog.delayed]
    }

    fn oldest_s(&self, queue: QueueId) -> Option<u64> {
        let backlog = self.store.queue(queue).backlog(self.now.instant);
        backlog.oldest_age.map(|age| age.as_secs())
    }
}

#[test]
fn a_delayed_message_becomes_visible_when_its_delay_ends() {
    let mut bench = Bench::new();
    bench.send("later", Duration::from_secs(5));
    bench.advance(Duration::from_millis(4999));
    assert_eq!(bench.counts(Rounds), [0, 0, 1]);
    assert!(bench.receive(Rounds, 10, HOUR).is_empty());
    bench.advance(Duration::from_millis(1));
    assert_eq!(bench.counts(Rounds), [1, 0, 0]);
    assert_eq!(bench.bodies(Rounds, 10, HOUR), ["later"]);
    assert_eq!(bench.counts(Rounds), [0, 1, 0]);
}

#[test]
fn a_received_message_becomes_visible_again_unless_it_is_deleted() {
    let mut bench = Bench::new();
    bench.send("a", NONE);
    let first = bench.receipt(HOUR);
    assert!(bench.bodies(Rounds, 1, HOUR).is_empty());
    bench.advance(HOUR);
    let second = bench.receipt(HOUR);
    assert_ne!(first, second);
    bench.store.delete(first);
    assert_eq!(
        bench.counts(Rounds),
        [0, 1, 0],
        "an old receipt deletes nothing"
    );
    bench.advance(HOUR);
    bench.store.delete(second);
    assert_eq!(
        bench.counts(Rounds),
        [0; 3],
        "the latest receipt deletes the visible message"
    );
}

#[test]
fn with_a_visibility_timeout_of_zero_a_receive_returns_each_message_once() {
    let mut bench = Bench::new();
    for body in ["a", "b", "c"] {
        bench.send(body, NONE);
    }
    assert_eq!(bench.bodies(Rounds, 10, NONE), ["a", "b", "c"]);
    assert_eq!(bench.counts(Rounds), [3, 0, 0]);
    bench.advance(Duration::from_millis(1));
    assert_eq!(bench.bodies(Rounds, 1, NONE), ["a"]);
    bench.advance(Duration::from_millis(1));
    assert_eq!(
        bench.bodies(Rounds, 2, NONE),
        ["b", "c"],
        "longest visible first"
    );
}

#[test]
fn a_message_that_fails_too_often_becomes_a_dead_letter_and_keeps_its_attributes() {
    let mut bench = Bench::new();
    bench.send("bad", NONE);
    bench.send("good", HOUR);
    bench.receive_max_times("bad");
    bench.advance(HOUR);
    assert_eq!(bench.counts(DeadLetters), [0; 3]);
    // The dead letter does not count towards `max`.
    assert_eq!(bench.bodies(Rounds, 1, HOUR), ["good"]);
    assert_eq!(bench.counts(Rounds), [0, 1, 0]);
    // The age of a dead letter starts at zero.
    assert_eq!(bench.oldest_s(DeadLetters), Some(0));
    let dead = bench.receive(DeadLetters, 1, HOUR).remove(0);
    assert_eq!(dead.body, "bad");
    assert_eq!(
        dead.attributes[&SystemAttribute::ApproximateReceiveCount],
        (MAX_RECEIVE_COUNT + 1).to_string()
    );
    let source = &dead.attributes[&SystemAttribute::DeadLetterQueueSourceArn];
    assert_eq!(*source, Rounds.arn());
}

#[test]
fn delayed_messages_do_not_count_for_the_oldest_age() {
    let mut bench = Bench::new();
    assert_eq!(bench.oldest_s(Rounds), None);
    bench.send("delayed", HOUR);
    assert_eq!(bench.oldest_s(Rounds), None);
    bench.advance(Duration::from_secs(1));
    bench.send("a", NONE);
    bench.advance(Duration::from_secs(1));
    bench.send("b", NONE);
    let receipt = bench.receipt(HOUR);
    assert_eq!(bench.oldest_s(Rounds), Some(1), "messages in flight count");
    bench.store.delete(receipt);
    assert_eq!(bench.oldest_s(Rounds), Some(0));
    bench.advance(HOUR);
    assert_eq!(bench.oldest_s(Rounds), Some(3602));
}

#[test]
fn a_move_turns_dead_letters_into_new_messages() {
    for destination in [None, Some(Rounds)] {
        let mut bench = Bench::new();
        bench.send("bad", NONE);
        bench.receive_max_times("bad");
        assert!(bench.receive(Rounds, 1, NONE).is_empty());
        bench.store.start_move(DeadLetters, destination, bench.now);
        assert_eq!(bench.counts(DeadLetters), [0; 3]);
        let message = bench.receive(Rounds, 1, NONE).remove(0);
        assert_eq!(
            message.attributes[&SystemAttribute::ApproximateReceiveCount],
            "1"
        );
        let source = SystemAttribute::DeadLetterQueueSourceArn;
        assert_eq!(message.attributes.get(&source), None);
    }
}

#[test]
fn a_move_fails_at_a_message_without_a_source_queue_and_loses_nothing() {
    let mut bench = Bench::new();
    let letter = "sent directly".to_owned();
    bench.store.send(DeadLetters, letter, NONE, bench.now);
    bench.store.start_move(DeadLetters, None, bench.now);
    let task = bench.store.latest_move.clone().unwrap();
    assert_eq!(task.status, "FAILED");
    assert_eq!(task.failure_reason, Some("CouldNotDetermineMessageSource"));
    assert_eq!(bench.counts(DeadLetters), [1, 0, 0]);
}
