//! Signals and closed pipes during `rpsctl queue drain --all`: rpsctl always resumes the mapping.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicUsize};

use crate::drain_all::{DRAIN, SWITCH};
use crate::proxy::{PausedCommand, proxy, refusal};
use crate::queues::{THEN_MS, at, foreign, local, round_timer, stranded, unread, until};

#[test]
fn an_interrupted_receive_gives_its_messages_back() {
    let (game, _, queues) = local();
    queues.turn(false);
    queues.send(&round_timer("gone", 2, THEN_MS));
    let paused = PausedCommand::before("receivemessage", game.endpoint(), DRAIN);
    paused.send("TERM");
    paused.resume().ends(1);
    assert_eq!(queues.state(), "Enabled");
    // The drain gave the message back, so `decide` drops it at once.
    until(|| queues.counts() == [0; 3]);
}

#[test]
fn an_interruption_while_the_mapping_changes_resumes_it() {
    let (game, table, queues) = local();
    table.keep(&stranded("one"));
    // During the pause, no game has ended yet; during the resume, signals are ignored.
    for (calls, code) in [(0, 1), (1, 0)] {
        let paused = PausedCommand::after(calls, SWITCH, game.endpoint(), DRAIN);
        for signal in ["TERM", "INT", "HUP", "INT"] {
            paused.send(signal);
        }
        let ended = paused.resume().ends(code);
        assert_eq!(queues.state(), "Enabled");
        assert_eq!(table.has("G#one"), calls == 0, "{ended:?}");
    }
}

#[test]
fn a_plan_without_a_reader_is_not_carried_out() {
    let (game, _, queues) = local();
    queues.turn(false);
    queues.send(&foreign());
    unread(game.endpoint(), "queue drain --yes").ends(1);
    assert_eq!(queues.counts(), [1, 0, 0]);
}

/// Lambda may report an outdated state of the mapping. The drain waits for the new state.
#[test]
fn an_outdated_state_of_the_mapping_is_read_again() {
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

/// Lambda refuses a change of the mapping while another one is running.
#[test]
fn a_refused_change_of_the_mapping_is_retried() {
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
