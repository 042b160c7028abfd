//! Signals at awkward moments of `rpsctl queue drain --all`: the mapping is on again all the same. And readers
//! that go away.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicUsize};

use crate::drain_all::{DRAIN, SWITCH};
use crate::proxy::{Halted, proxy, refusal};
use crate::queues::{THEN_MS, at, foreign, local, stranded, tick, unread, until};

#[test]
fn interrupted_while_messages_are_received() {
    let (game, _, queues) = local();
    queues.turn(false);
    queues.send(&tick("gone", 2, THEN_MS));
    let halted = Halted::before("receivemessage", game.endpoint(), DRAIN);
    halted.send("TERM");
    halted.go_on().ends(1);
    assert_eq!(queues.state(), "Enabled");
    // It is not held for minutes: it has been given back, and `decide` drops it.
    until(|| queues.counts() == [0; 3]);
}

#[test]
fn interrupted_while_the_mapping_is_turned_off_or_on() {
    let (game, table, queues) = local();
    table.keep(&stranded("one"));
    // Off, and no game is ended; on, and no signal keeps it from that.
    for (calls, code) in [(0, 1), (1, 0)] {
        let halted = Halted::after(calls, SWITCH, game.endpoint(), DRAIN);
        for signal in ["TERM", "INT", "HUP", "INT"] {
            halted.send(signal);
        }
        let ended = halted.go_on().ends(code);
        assert_eq!(queues.state(), "Enabled");
        assert_eq!(table.has("G#one"), calls == 0, "{ended:?}");
    }
}

/// A plan whose reader goes away early is not carried out.
#[test]
fn a_pipe_that_closes_early() {
    let (game, _, queues) = local();
    queues.turn(false);
    queues.send(&foreign());
    unread(game.endpoint(), "queue drain --yes").ends(0);
    assert_eq!(queues.counts(), [1, 0, 0]);
}

/// What Lambda says of the mapping may be a moment old. Whoever turns it off waits until it is, and it is on at the end.
#[test]
fn an_old_state_of_the_mapping() {
    let (game, table, queues) = local();
    table.keep(&stranded("one"));
    let (off, ending) = (AtomicBool::new(false), AtomicBool::new(false));
    let lies = AtomicUsize::new(0);
    // Whether it was asked again between the first lie and the first game that was ended.
    let asked_again = Arc::new(AtomicBool::new(false));
    let asks_again = Arc::clone(&asked_again);
    let url = proxy(game.endpoint(), move |head| {
        off.fetch_or(head.contains(SWITCH), Relaxed);
        ending.fetch_or(head.contains("updateitem"), Relaxed);
        if !head.contains("get /2015-03-31/event-source-mappings/") || !off.load(Relaxed) {
            return None;
        }
        // Once after it was told to be off, and once when it is to be on again.
        let told = lies.load(Relaxed);
        asks_again.fetch_or(told == 1 && !ending.load(Relaxed), Relaxed);
        let is_old = told == 0 || (told == 1 && ending.load(Relaxed));
        is_old.then(|| {
            lies.fetch_add(1, Relaxed);
            (200, r#"{"State":"Enabled"}"#.to_owned())
        })
    });
    let ended = at(&url, DRAIN).ends(0);
    assert!(asked_again.load(Relaxed), "{ended:?}");
    assert!(!table.has("G#one"));
    assert_eq!(queues.state(), "Enabled");
}

/// Lambda takes no change beside another, which is somebody else's.
#[test]
fn another_change_of_the_mapping_is_waited_for() {
    let (game, table, queues) = local();
    table.keep(&stranded("one"));
    let refused = AtomicUsize::new(0);
    let url = proxy(game.endpoint(), move |head| {
        // The first of each switch: off, off, on, on.
        let is_first = head.contains(SWITCH) && refused.fetch_add(1, Relaxed).is_multiple_of(2);
        is_first.then(|| refusal("ResourceInUseException"))
    });
    at(&url, DRAIN).ends(0);
    assert!(!table.has("G#one"));
    assert_eq!(queues.state(), "Enabled");
}
