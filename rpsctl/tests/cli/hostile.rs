//! Ids and messages from elsewhere cannot change the terminal.

use std::net::TcpListener;
use std::thread;

use tokio_tungstenite::tungstenite::accept;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use crate::aws::{THEN_MS, Table};
use crate::proxy::proxy;
use crate::queues::at;
use crate::rpsctl::{Ended, LocalSystem, run};

/// Clears the screen, turns text red, and reverses its direction.
const HOSTILE: &str = "\u{1b}[2J\u{9b}31m\u{202e}";

fn assert_harmless(ended: &Ended) {
    let shown = format!("{}{}", ended.stdout, ended.stderr);
    let is_harmful = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    assert!(!shown.contains(is_harmful), "{ended:?}");
    assert!(shown.contains("\\u001b[2J\\u009b31m\\u202e"), "{ended:?}");
}

#[test]
fn keys_are_escaped() {
    let game = LocalSystem::start();
    let table = Table::at(game.endpoint(), "rps");
    table.start(&format!("game{HOSTILE}"), THEN_MS, [None, None]);
    table.haunt(&format!("connection{HOSTILE}"), THEN_MS, None);
    table.put(&[("pk", &format!("G#broken{HOSTILE}")), ("v", "1")]);
    for line in [
        "games list",
        "games list --output json",
        "games show game",
        "games show game --output json",
        "games show broken",
        "games end game --dry-run",
        "games end game --yes",
        "connections list",
        "connections list --output json",
        "connections show connection",
        "connections disconnect connection --dry-run",
        "queue drain --dry-run",
    ] {
        assert_harmless(&at(game.endpoint(), line));
    }
    assert_harmless(&at(game.endpoint(), &format!("games show {HOSTILE}")));
    let end = format!("games end game{HOSTILE} --yes");
    assert_harmless(&at(game.endpoint(), &end).ends(0));
}

/// A line break in an id cannot forge a line of a plan, and one in a key cannot forge an error.
#[test]
fn line_breaks_are_escaped() {
    let game = LocalSystem::start();
    let table = Table::at(game.endpoint(), "rps");
    table.start("game\nforged", THEN_MS, [None, None]);
    table.put(&[("pk", "G#broken\nforged"), ("v", "1")]);
    for line in ["games end game --dry-run", "games list --output json"] {
        let ended = at(game.endpoint(), line).ends(0);
        let shown = format!("{}{}", ended.stdout, ended.stderr);
        assert!(shown.contains("\\nforged"), "{ended:?}");
        assert!(!shown.contains("\nforged"), "{ended:?}");
    }
}

#[test]
fn errors_of_aws_are_escaped() {
    let game = LocalSystem::start();
    let url = proxy(game.endpoint(), |_| {
        let message = format!(r#"{{"__type":"AccessDeniedException","message":"{HOSTILE}"}}"#);
        // JSON has no raw control characters.
        Some((400, message.replace('\u{1b}', "\\u001b")))
    });
    assert_harmless(&at(&url, "games list"));
}

#[test]
fn a_close_reason_is_escaped() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("ws://{}/", listener.local_addr().expect("bound"));
    let server = thread::spawn(move || {
        let (stream, _) = listener.accept().expect("a player");
        let mut socket = accept(stream).expect("a handshake");
        let (code, reason) = (CloseCode::Away, HOSTILE.into());
        let closing = socket.close(Some(CloseFrame { code, reason }));
        closing.expect("sent");
        while socket.read().is_ok() {}
    });
    assert_harmless(&run(["play", "--url", &url]).ends(1));
    server.join().expect("closed");
}
