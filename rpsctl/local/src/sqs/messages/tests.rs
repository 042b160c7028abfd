//! Time passes by hand here.

use super::super::content::Content;
use super::*;

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// One queue and its clock, moved by hand.
struct Bench {
    messages: Messages,
    now: Now,
}

impl Bench {
    fn new() -> Self {
        Self {
            messages: Messages::default(),
            now: Now::read(),
        }
    }

    fn pass(&mut self, time: Duration) {
        self.now.instant += time;
        self.messages.advance(self.now.instant, DAY);
    }

    fn send(&mut self, body: &str, delay: Duration) {
        let content = Content {
            body: body.to_owned(),
            ..Content::default()
        };
        let visible_at = self.now.instant + delay;
        self.messages
            .put(Message::new(content, self.now), visible_at, self.now);
    }

    fn take(&mut self, max: usize, visibility: Duration, max_receives: Option<u32>) -> Taken {
        self.pass(Duration::ZERO);
        let take = Take {
            queue: "q",
            max,
            visibility,
            max_receives,
        };
        self.messages.take(take, self.now)
    }

    fn bodies(&mut self, max: usize, visibility: Duration) -> Vec<String> {
        let taken = self.take(max, visibility, None);
        taken
            .received
            .into_iter()
            .map(|received| received.body)
            .collect()
    }

    fn receipt(&mut self, visibility: Duration) -> Receipt {
        let taken = self.take(1, visibility, None);
        Receipt::parse(&taken.received[0].receipt_handle, "q").expect("a handle")
    }

    fn counts(&mut self) -> (usize, usize, usize) {
        self.pass(Duration::ZERO);
        let Counts {
            visible,
            in_flight,
            delayed,
        } = self.messages.counts();
        (visible, in_flight, delayed)
    }
}

#[test]
fn a_delayed_message_is_visible_at_its_time_and_not_before() {
    let mut bench = Bench::new();
    bench.send("later", Duration::from_secs(5));
    bench.pass(Duration::from_millis(4999));
    assert_eq!(bench.counts(), (0, 0, 1));
    bench.pass(Duration::from_millis(1));
    assert_eq!(bench.bodies(10, HOUR), ["later"]);
    assert_eq!(bench.counts(), (0, 1, 0));
}

#[test]
fn a_received_message_comes_back_unless_it_is_deleted() {
    let mut bench = Bench::new();
    bench.send("a", Duration::ZERO);
    let first = bench.receipt(HOUR);
    assert!(bench.bodies(1, HOUR).is_empty());
    bench.pass(HOUR);
    let second = bench.receipt(HOUR);
    assert_ne!(first, second);
    bench.messages.delete(&first);
    assert_eq!(bench.counts(), (0, 1, 0), "an old receipt deletes nothing");
    bench.pass(HOUR);
    bench.messages.delete(&second);
    assert_eq!(
        bench.counts(),
        (0, 0, 0),
        "the latest one does, even when visible again"
    );
}

#[test]
fn without_a_visibility_timeout_each_receive_gives_each_message_once() {
    let mut bench = Bench::new();
    for body in ["a", "b", "c"] {
        bench.send(body, Duration::ZERO);
    }
    assert_eq!(bench.bodies(10, Duration::ZERO), ["a", "b", "c"]);
    assert_eq!(bench.counts(), (3, 0, 0));
    bench.pass(Duration::from_millis(1));
    assert_eq!(bench.bodies(1, Duration::ZERO), ["a"]);
    bench.pass(Duration::from_millis(1));
    assert_eq!(
        bench.bodies(2, Duration::ZERO),
        ["b", "c"],
        "a goes to the back"
    );
}

#[test]
fn visibility_can_be_changed_up_to_12_hours_in_all() {
    let mut bench = Bench::new();
    bench.send("a", Duration::ZERO);
    let receipt = bench.receipt(HOUR);
    bench.pass(HOUR / 2);
    let now = bench.now.instant;
    let mut change = |time| bench.messages.change_visibility(&receipt, time, now);
    assert_eq!(change(HOUR * 12), Err(Unchangeable::BeyondLimit));
    assert_eq!(change(HOUR * 11), Ok(()));
    bench.pass(HOUR);
    assert_eq!(bench.counts(), (0, 1, 0));
    let now = bench.now.instant;
    let shown = bench
        .messages
        .change_visibility(&receipt, Duration::ZERO, now);
    assert_eq!((shown, bench.counts()), (Ok(()), (1, 0, 0)));
    bench.messages.delete(&receipt);
    let gone = bench.messages.change_visibility(&receipt, HOUR, now);
    assert_eq!(gone, Err(Unchangeable::Gone));
}

#[test]
fn a_message_received_often_enough_is_dead_at_the_next_receive() {
    let mut bench = Bench::new();
    for body in ["bad", "good"] {
        bench.send(body, Duration::ZERO);
    }
    for receive in 1..=2 {
        let taken = bench.take(1, Duration::ZERO, Some(2));
        assert_eq!(
            (taken.received[0].body.as_str(), taken.dead.len()),
            ("bad", 0),
            "{receive}"
        );
    }
    let taken = bench.take(1, HOUR, Some(2));
    assert_eq!(taken.dead[0].content.body, "bad");
    assert_eq!(
        taken.received[0].body, "good",
        "the dead one takes no place in the answer"
    );
    assert_eq!(bench.counts(), (0, 1, 0));
}

#[test]
fn messages_expire_by_age_wherever_they_are() {
    let mut bench = Bench::new();
    bench.send("in flight", Duration::ZERO);
    bench.bodies(1, DAY * 2);
    bench.send("visible", Duration::ZERO);
    bench.send("delayed", DAY * 2);
    bench.pass(HOUR);
    bench.send("young", Duration::ZERO);
    bench.pass(HOUR * 23);
    assert_eq!(bench.bodies(10, HOUR), ["young"]);
    assert_eq!(bench.counts(), (0, 1, 0));
}

#[test]
fn the_oldest_message_is_the_first_that_is_not_delayed() {
    let mut bench = Bench::new();
    let start = bench.now.instant;
    assert_eq!(bench.messages.oldest(), None);
    bench.send("delayed", HOUR);
    assert_eq!(bench.messages.oldest(), None);
    bench.pass(Duration::from_secs(1));
    bench.send("a", Duration::ZERO);
    bench.pass(Duration::from_secs(1));
    bench.send("b", Duration::ZERO);
    let second = |seconds| Some(start + Duration::from_secs(seconds));
    assert_eq!(bench.messages.oldest(), second(1));
    let receipt = bench.receipt(HOUR);
    // In flight it ages on.
    assert_eq!(bench.messages.oldest(), second(1));
    bench.messages.delete(&receipt);
    assert_eq!(bench.messages.oldest(), second(2));
    bench.pass(HOUR);
    assert_eq!(bench.messages.oldest(), second(0));
}

#[test]
fn a_dead_letter_is_as_old_as_it_is_dead() {
    let mut bench = Bench::new();
    bench.send("bad", Duration::ZERO);
    bench.take(1, Duration::ZERO, Some(1));
    bench.pass(HOUR);
    let dead = bench.take(1, HOUR, Some(1)).dead.remove(0);
    let mut dead_letters = Messages::default();
    dead_letters.put(dead, bench.now.instant, bench.now);
    assert_eq!(dead_letters.oldest(), Some(bench.now.instant));
}
