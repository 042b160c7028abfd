//! Signals at awkward moments of `rpsctl queue drain --all`: the mapping is on again all the same. And readers
//! that go away.

use crate::drain_all::{SWITCH, end, start};
use crate::proxy::Barrier;
use crate::queues::{Queues, THEN_MS, foreign, of_local, stranded, tick, until};
use crate::rpsctl::{Game as Local, rpsctl, send};

#[test]
fn interrupted_while_messages_are_received() {
    let game = Local::start();
    let queues = Queues::at(game.endpoint());
    queues.turn(false);
    queues.send(&tick("gone", 2, THEN_MS));
    let (url, barrier) = Barrier::before(game.endpoint(), "receivemessage");
    let child = start(&url);
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
    let child = start(&url);
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
    let child = start(&url);
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
    let (reader, stdout) = std::io::pipe().expect("a pipe");
    drop(reader);
    let args = ["queue", "drain", "--yes", "--endpoint-url", game.endpoint()];
    let output = rpsctl(args).stdout(stdout).output().expect("ends");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(queues.counts(), [1, 0, 0]);
}
