//! Items and messages of a newer version: rpsctl names them, and neither judges nor changes them.

use rps_testkit::wait;
use serde_json::json;

use crate::aws::Table;
use crate::queues::{Queues, at, local, round_timer_of, stranded};
use crate::rpsctl::Ended;

/// Adds items of the next release, in formats that this one does not know.
fn add_items(table: &Table) {
    for key in ["G#new", "C#new", "R#room"] {
        wait(table.table.put(json!({ "pk": key, "v": 5 })));
    }
}

/// Messages of the next release: a format that this one knows, and another.
fn messages() -> [String; 2] {
    let known = round_timer_of(&stranded("gone")).replacen("\"v\":1", "\"v\":3", 1);
    [known, r#"{"v":300,"games":[]}"#.to_owned()]
}

fn send_messages(queues: &Queues) {
    queues.turn(false);
    for message in messages() {
        queues.send(&message);
        queues.bury(&message);
    }
}

fn assert_named(ended: &Ended) {
    let said = format!("{}{}", ended.stdout, ended.stderr);
    assert!(said.contains("of the newer version "), "{ended:?}");
    assert!(said.contains("update rpsctl"), "{ended:?}");
    for word in ["unreadable", "foreign", "delete the item", "delete-item"] {
        assert!(!said.contains(word), "{word}: {ended:?}");
    }
}

#[test]
fn items_of_a_newer_version_are_named_and_kept() {
    let (game, table, queues) = local();
    add_items(&table);
    queues.turn(false);
    let keys = table.keys();
    for (line, exit) in [
        ("games list", 0),
        ("games show new", 1),
        ("games end new --yes", 1),
        ("connections list", 0),
        ("connections list --stale", 0),
        ("connections show new", 1),
        ("connections disconnect new --yes", 1),
        ("connections disconnect --all --yes", 0),
        ("connections disconnect --stale --yes", 0),
        ("queue drain --yes", 0),
        ("queue drain --all --yes", 0),
    ] {
        assert_named(&at(game.endpoint(), line).ends(exit));
        assert_eq!(table.keys(), keys, "{line}");
    }
    let ended = at(game.endpoint(), "queue status");
    ended.notes("skipped: the item G#new is of the newer version 5; update rpsctl");
    wait(table.table.put(json!({ "pk": "L#places", "v": 5 })));
    for line in ["list", "show x", "disconnect --all --yes"] {
        let ended = at(game.endpoint(), &format!("connections {line}"));
        ended.says(
            1,
            "the item L#places is of the newer version 5; update rpsctl",
        );
    }
    let ended = at(game.endpoint(), "doctor --output json").ends(4);
    ended.prints(r#""found":"4 items are of a newer version: C#new, G#new, L#places and more","remedy":"update rpsctl""#);
}

#[test]
fn messages_of_a_newer_version_are_named_and_kept() {
    let (game, _, queues) = local();
    send_messages(&queues);
    for (line, exit) in [
        ("queue drain --yes", 0),
        ("dlq list", 0),
        ("dlq purge --yes", 0),
        ("dlq purge --all --yes", 0),
    ] {
        assert_named(&at(game.endpoint(), line).ends(exit));
        let counts = (queues.counts(), queues.dead());
        assert_eq!(counts, ([2, 0, 0], [2, 0, 0]), "{line}");
    }
    let rows = at(game.endpoint(), "dlq list --output json").rows();
    let rows = rows
        .iter()
        .map(|row| (&row["what"], &row["version"], &row["redrive"]));
    let newer = |version| (json!("newer"), json!(version), json!(null));
    let expected = [newer(3), newer(300)];
    assert!(
        rows.eq(expected
            .iter()
            .map(|(what, version, redrive)| (what, version, redrive)))
    );
}

/// The message may be the game's round timer.
#[test]
fn a_drain_keeps_an_overdue_game_next_to_a_newer_message() {
    let (game, table, queues) = local();
    table.keep(&stranded("late"));
    send_messages(&queues);
    let ended = at(game.endpoint(), "queue drain --yes").ends(0);
    ended.notes("kept 1 game: overdue, but the round timer may still be in the queue;");
    assert!(table.has("G#late"));
}
