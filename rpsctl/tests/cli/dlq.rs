//! `rpsctl dlq` lists dead letters, and deletes only obsolete ones.

use rps_game::Game;
use serde_json::{Value, json};

use crate::aws::Table;
use crate::golden::Golden;
use crate::proxy::{PausedCommand, refusing};
use crate::queues::{
    Queues, THEN_MS, actions, at, foreign, local, round_timer, round_timer_of, stranded, unread,
};

/// Adds dead letters of every kind. The first is needed, and the last cannot be classified.
fn mixture(table: &Table, queues: &Queues) {
    let id = "0123456789abcdef";
    let game = Game {
        round: 3,
        ..stranded(id)
    };
    table.keep(&game);
    queues.bury(&round_timer_of(&game));
    queues.bury(&round_timer(id, 2, THEN_MS));
    queues.bury(&round_timer("gone", 2, THEN_MS));
    queues.bury(r#"{"v":1,"gather":"c0nnection-of15=","game":"gone"}"#);
    queues.bury(&foreign());
    table.put(&[("pk", "G#half"), ("v", "1")]);
    queues.bury(&round_timer("half", 1, THEN_MS));
}

#[test]
fn the_output_of_every_dlq_command() {
    let (game, table, queues) = local();
    let mut golden = Golden::at(game.endpoint());
    golden.run("dlq list");
    golden.run("dlq redrive");
    golden.run("dlq purge");
    mixture(&table, &queues);
    golden.run("dlq list");
    golden.run("dlq list --output json");
    golden.run("dlq list --limit 0");
    golden.run("dlq list --stack nope");
    golden.run("dlq redrive");
    golden.run("dlq redrive --dry-run --output json");
    golden.run("--read-only dlq redrive --yes");
    golden.run("dlq redrive --stack nope --yes");
    golden.run("dlq purge");
    golden.run("dlq purge --dry-run --output json");
    golden.run("dlq purge --all --dry-run");
    golden.run("--read-only dlq purge --yes");
    golden.run("dlq purge --stack nope --yes");
    // No command has changed anything so far.
    assert_eq!(queues.dead(), [6, 0, 0]);
    golden.run("dlq redrive --yes --reason mended");
    assert_eq!(queues.dead(), [0; 3]);
    golden.is("dlq");
}

/// A receive from an empty queue takes seconds.
#[test]
fn nothing_is_received_if_there_are_no_dead_letters() {
    let (game, _, _) = local();
    let url = refusing(game.endpoint(), "receivemessage");
    for (line, note) in [
        (
            "dlq list",
            "no dead letters; SQS may count a new one a minute late\n",
        ),
        ("dlq purge --yes", "nothing to purge\n"),
    ] {
        let ended = at(&url, line).ends(0);
        assert_eq!([&*ended.stdout, &*ended.stderr], ["", note]);
    }
}

#[test]
fn no_more_than_the_limit() {
    let (game, _, queues) = local();
    for round in 0..15 {
        queues.bury(&round_timer("gone", round, THEN_MS));
    }
    let listed = at(game.endpoint(), "dlq list --limit 12 --output json").ends(0);
    assert_eq!(listed.stdout.lines().count(), 12);
    let note =
        "the list ends after 12 dead letters, but there may be more: raise --limit to show them\n";
    assert_eq!(listed.stderr, note);
    assert_eq!(queues.dead(), [15, 0, 0]);
}

#[test]
fn purge_keeps_what_is_needed() {
    let (game, table, queues) = local();
    mixture(&table, &queues);
    let id = "0123456789abcdef";
    let ended = at(game.endpoint(), "dlq purge --yes").ends(0);
    let delete = |game: Value| json!(["delete-message", game, "done"]);
    let expected = [
        delete(json!(id)),
        delete(json!("gone")),
        delete(Value::Null),
        delete(Value::Null),
    ];
    assert_eq!(actions(&ended.stderr), expected);
    assert_eq!(queues.dead(), [2, 0, 0]);
    let needed = format!(
        "round timer of game {id} round 3: it is still needed; redrive it with `rpsctl dlq redrive`"
    );
    ended.notes(&needed);
    ended.notes("round timer of game half round 1: it could not be classified: ");
    let ended = at(game.endpoint(), "dlq purge --all --yes --reason x");
    let expected = [delete(json!(id)), delete(json!("half"))];
    assert_eq!(actions(&ended.stderr), expected);
    assert_eq!(queues.dead(), [0; 3]);
    assert!(table.has(&format!("G#{id}")));
}

/// What comes after the plan is not in it, and stays.
#[test]
fn purge_deletes_nothing_that_came_later() {
    let (game, _, queues) = local();
    queues.bury(&foreign());
    let paused = PausedCommand::before(".deletemessage", game.endpoint(), "dlq purge --yes");
    queues.bury(&foreign());
    paused.resume().ends(0);
    assert_eq!(queues.dead(), [1, 0, 0]);
}

#[test]
fn interrupted_or_unread_all_are_given_back() {
    let (game, _, queues) = local();
    for _ in 0..15 {
        queues.bury(&round_timer("gone", 2, THEN_MS));
    }
    for (command, code) in [("dlq list", 0), ("dlq purge --yes", 1)] {
        let paused = PausedCommand::before("getitem", game.endpoint(), command);
        assert_eq!(queues.dead(), [0, 0, 15]);
        let in_flight = "skipped 15 dead letters in flight, because another process has received them; try again";
        for line in ["dlq list", "dlq purge --yes"] {
            at(game.endpoint(), line).ends(0).notes(in_flight);
        }
        paused.send("INT");
        paused.end().ends(3);
        assert_eq!(queues.dead(), [15, 0, 0]);
        unread(game.endpoint(), command).ends(code);
        assert_eq!(queues.dead(), [15, 0, 0]);
    }
}
