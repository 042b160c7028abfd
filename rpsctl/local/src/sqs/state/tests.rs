//! Time passes by hand here.

use QueueId::{DeadLetters, Rounds};

use super::*;
use crate::sqs::SystemAttribute;

const HOUR: Duration = Duration::from_hours(1);
const NONE: Duration = Duration::ZERO;

/// The queues and their clock, moved by hand.
struct Bench {
    state: State,
    now: Now,
}

impl Bench {
    fn new() -> Self {
        Self {
            state: State::new(24),
            now: Now::read(),
        }
    }

    fn pass(&mut self, time: Duration) {
        self.now.instant += time;
    }

    fn send(&mut self, body: &str, delay: Duration) {
        self.state.send(Rounds, body.to_owned(), delay, self.now);
    }

    fn receive(&mut self, queue: QueueId, max: usize, visibility: Duration) -> Vec<Received> {
        let look = self.state.receive(queue, max, Some(visibility), self.now);
        look.received
    }

    fn bodies(&mut self, queue: QueueId, max: usize, visibility: Duration) -> Vec<String> {
        let received = self.receive(queue, max, visibility);
        received.into_iter().map(|message| message.body).collect()
    }

    fn receipt(&mut self, visibility: Duration) -> Receipt {
        self.receive(Rounds, 1, visibility)[0].receipt_handle
    }

    /// Fails one message as often as it may fail; the next receive finds it dead.
    fn fail(&mut self, body: &str) {
        for _ in 0..5 {
            assert_eq!(self.bodies(Rounds, 1, NONE), [body]);
        }
    }

    /// Visible, in flight, delayed.
    fn counts(&self, queue: QueueId) -> [usize; 3] {
        let backlog = self.state.queue(queue).backlog(self.now.instant);
        [backlog.visible, backlog.in_flight, backlog.delayed]
    }

    fn oldest_s(&self, queue: QueueId) -> Option<u64> {
        let backlog = self.state.queue(queue).backlog(self.now.instant);
        backlog.oldest_age.map(|age| age.as_secs())
    }
}

#[test]
fn a_delayed_message_is_visible_at_its_time_and_not_before() {
    let mut bench = Bench::new();
    bench.send("later", Duration::from_secs(5));
    bench.pass(Duration::from_millis(4999));
    assert_eq!(bench.counts(Rounds), [0, 0, 1]);
    assert!(bench.receive(Rounds, 10, HOUR).is_empty());
    bench.pass(Duration::from_millis(1));
    assert_eq!(bench.counts(Rounds), [1, 0, 0]);
    assert_eq!(bench.bodies(Rounds, 10, HOUR), ["later"]);
    assert_eq!(bench.counts(Rounds), [0, 1, 0]);
}

#[test]
fn a_received_message_comes_back_unless_it_is_deleted() {
    let mut bench = Bench::new();
    bench.send("a", NONE);
    let first = bench.receipt(HOUR);
    assert!(bench.bodies(Rounds, 1, HOUR).is_empty());
    bench.pass(HOUR);
    let second = bench.receipt(HOUR);
    assert_ne!(first, second);
    bench.state.delete(first);
    assert_eq!(bench.counts(Rounds), [0, 1, 0], "an old receipt");
    bench.pass(HOUR);
    bench.state.delete(second);
    assert_eq!(bench.counts(Rounds), [0; 3], "the latest, when visible");
}

#[test]
fn without_a_visibility_timeout_each_receive_gives_each_message_once() {
    let mut bench = Bench::new();
    for body in ["a", "b", "c"] {
        bench.send(body, NONE);
    }
    assert_eq!(bench.bodies(Rounds, 10, NONE), ["a", "b", "c"]);
    assert_eq!(bench.counts(Rounds), [3, 0, 0]);
    bench.pass(Duration::from_millis(1));
    assert_eq!(bench.bodies(Rounds, 1, NONE), ["a"]);
    bench.pass(Duration::from_millis(1));
    assert_eq!(bench.bodies(Rounds, 2, NONE), ["b", "c"], "then a");
}

#[test]
fn a_message_that_fails_too_often_is_a_dead_letter_as_it_is() {
    let mut bench = Bench::new();
    bench.send("bad", NONE);
    bench.send("good", HOUR);
    bench.fail("bad");
    bench.pass(HOUR);
    assert_eq!(bench.counts(DeadLetters), [0; 3]);
    // The dead letter takes no place in the answer.
    assert_eq!(bench.bodies(Rounds, 1, HOUR), ["good"]);
    assert_eq!(bench.counts(Rounds), [0, 1, 0]);
    // It has just died.
    assert_eq!(bench.oldest_s(DeadLetters), Some(0));
    let dead = bench.receive(DeadLetters, 1, HOUR).remove(0);
    assert_eq!(dead.body, "bad");
    assert_eq!(
        dead.attributes[&SystemAttribute::ApproximateReceiveCount],
        "6"
    );
    let source = &dead.attributes[&SystemAttribute::DeadLetterQueueSourceArn];
    assert_eq!(*source, Rounds.arn());
}

#[test]
fn the_oldest_message_is_the_first_that_is_not_delayed() {
    let mut bench = Bench::new();
    assert_eq!(bench.oldest_s(Rounds), None);
    bench.send("delayed", HOUR);
    assert_eq!(bench.oldest_s(Rounds), None);
    bench.pass(Duration::from_secs(1));
    bench.send("a", NONE);
    bench.pass(Duration::from_secs(1));
    bench.send("b", NONE);
    let receipt = bench.receipt(HOUR);
    assert_eq!(bench.oldest_s(Rounds), Some(1), "in flight it ages on");
    bench.state.delete(receipt);
    assert_eq!(bench.oldest_s(Rounds), Some(0));
    bench.pass(HOUR);
    assert_eq!(bench.oldest_s(Rounds), Some(3602));
}

#[test]
fn a_move_brings_dead_letters_back_as_new_messages() {
    for destination in [None, Some(Rounds)] {
        let mut bench = Bench::new();
        bench.send("bad", NONE);
        bench.fail("bad");
        assert!(bench.receive(Rounds, 1, NONE).is_empty());
        bench.state.start_move(DeadLetters, destination, bench.now);
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
fn a_move_fails_at_a_message_that_came_from_no_queue_and_loses_nothing() {
    let mut bench = Bench::new();
    let letter = "sent directly".to_owned();
    bench.state.send(DeadLetters, letter, NONE, bench.now);
    bench.state.start_move(DeadLetters, None, bench.now);
    let task = bench.state.latest_move.clone().unwrap();
    assert_eq!(task.status, "FAILED");
    assert_eq!(task.failure_reason, Some("CouldNotDetermineMessageSource"));
    assert_eq!(bench.counts(DeadLetters), [1, 0, 0]);
}
