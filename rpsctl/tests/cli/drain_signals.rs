//! Signals at awkward moments of `rpsctl queue drain --all`: the mapping is on again all the same. And readers
//! that go away.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

use crate::drain_all::{DRAIN, SWITCH};
use crate::proxy::{Barrier, proxy, refusal};
use crate::queues::{
    Queues, THEN_MS, at, end, foreign, of_local, start, stranded, tick, unread, until,
};
use crate::rpsctl::{Game as Local, send};

#[test]
fn interrupted_while_messages_are_received() {
    let game = Local::start();
    let queues = Queues::at(game.endpoint());
    queues.turn(false);
    queues.send(&tick("gone", 2, THEN_MS));
    let (url, barrier) = Barrier::before(game.endpoint(), "receivemessage");
    let child = start(&url, DRAIN);
    barrier.wait();
    send("TERM", child.id());
    barrier.open();
    let ended = end(child);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert_eq!(queues.state(), "Enabled");
    // It is not held for minutes: it has been given back, and `decide` drops it.
    until(|| queues.counts() == [0; 3]);
}

#[test]
fn interrupted_while_the_mapping_is_turned_off() {
    let game = Local::start();
    let (table, queues) = of_local(&game);
    table.keep(&stranded("one"));
    let (url, barrier) = Barrier::before(game.endpoint(), SWITCH);
    let child = start(&url, DRAIN);
    barrier.wait();
    send("TERM", child.id());
    barrier.open();
    let ended = end(child);
    assert_eq!(
        (ended.code, queues.state()),
        (Some(1), "Enabled".to_owned()),
        "{ended:?}"
    );
    assert!(table.has("G#one"), "{ended:?}");
}

#[test]
fn more_signals_do_not_keep_the_mapping_off() {
    let game = Local::start();
    let (table, queues) = of_local(&game);
    table.keep(&stranded("one"));
    let (url, barrier) = Barrier::after(1, game.endpoint(), SWITCH);
    let child = start(&url, DRAIN);
    barrier.wait();
    for signal in ["TERM", "INT", "HUP", "INT"] {
        send(signal, child.id());
    }
    barrier.open();
    let ended = end(child);
    assert_eq!(
        (ended.code, queues.state()),
        (Some(0), "Enabled".to_owned()),
        "{ended:?}"
    );
}

/// A plan whose reader goes away early is not carried out.
#[test]
fn a_pipe_that_closes_early() {
    let game = Local::start();
    let queues = Queues::at(game.endpoint());
    queues.turn(false);
    queues.send(&foreign());
    assert_eq!(unread(game.endpoint(), "queue drain --yes").code, Some(0));
    assert_eq!(queues.counts(), [1, 0, 0]);
}

/// What Lambda says of the mapping may be a moment old. Whoever turns it off waits until it is, and it is on at the end.
#[test]
fn an_old_state_of_the_mapping() {
    let game = Local::start();
    let (table, queues) = of_local(&game);
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
    let ended = at(&url, DRAIN);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(asked_again.load(Relaxed), "{ended:?}");
    assert!(!table.has("G#one"));
    assert_eq!(queues.state(), "Enabled");
}

/// Lambda takes no change beside another, which is somebody else's.
#[test]
fn another_change_of_the_mapping_is_waited_for() {
    let game = Local::start();
    let (table, queues) = of_local(&game);
    table.keep(&stranded("one"));
    let refused = AtomicUsize::new(0);
    let url = proxy(game.endpoint(), move |head| {
        // The first of each switch: off, off, on, on.
        let is_first = head.contains(SWITCH) && refused.fetch_add(1, Relaxed).is_multiple_of(2);
        is_first
            .then(|| refusal("ResourceInUseException"))
            .flatten()
    });
    let ended = at(&url, DRAIN);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(!table.has("G#one"));
    assert_eq!(queues.state(), "Enabled");
}
