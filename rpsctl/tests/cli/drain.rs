//! `rpsctl queue drain`: stuck games end, messages that have nothing to do go, and nothing else is touched.

use rps_game::Game;
use rps_handlers::time::now_ms;
use serde_json::{Value, json};

use crate::aws::Table;
use crate::golden::Golden;
use crate::player::{nobody_played, pair};
use crate::proxy::{Barrier, Halted, in_the_past};
use crate::queues::{Queues, THEN_MS, actions, at, foreign, local, stranded, tick, tick_of, until};
use crate::rpsctl::Game as Local;

/// 2286-11-20, 17:46:40: far away.
const ONE_DAY_MS: u64 = 10_000_000_000_000;

/// A game in its second round, which is decided far in the future, and its message.
fn live(table: &Table) -> String {
    let game = Game {
        round: 2,
        deadline_ms: ONE_DAY_MS,
        ..stranded("live")
    };
    table.keep(&game);
    tick_of(&game)
}

/// With the mapping off: messages of every kind, of which three are to be kept.
fn mixture(table: &Table, queues: &Queues) {
    queues.turn(false);
    queues.send(&live(table));
    queues.send(&tick("live", 1, THEN_MS));
    queues.send(&tick("gone", 2, THEN_MS));
    queues.send(&tick("\u{1b}[2J", 3, THEN_MS));
    queues.send(r#"{"v":1,"gather":"z","game":"gone-7"}"#);
    queues.send(&foreign());
    table.put(&[("pk", "G#half"), ("v", "1")]);
    queues.send(&tick("half", 1, THEN_MS));
    queues.send_delayed(&tick("gone", 2, THEN_MS), 900);
}

#[test]
fn what_people_see() {
    let (game, table, queues) = local();
    let mut golden = Golden::at(game.endpoint());
    golden.run("queue drain");
    golden.run("queue drain --resume");
    golden.run("queue drain --stack nope --yes");
    golden.run("queue drain --resume --all");
    golden.run("queue drain --limit 0");
    table.keep(&Game {
        round: 40,
        ..stranded("forty")
    });
    golden.run("queue drain");
    golden.run("queue drain --dry-run");
    golden.run_with(&[("RPSCTL_READ_ONLY", "1")], "queue drain --yes");
    golden.run("queue drain --yes --reason slow --output json");
    mixture(&table, &queues);
    golden.run("queue drain --dry-run");
    golden.run("queue drain --dry-run --output json");
    golden.run("--read-only queue drain --dry-run");
    golden.run("queue drain --resume");
    golden.run("queue drain --resume --yes --reason done");
    golden.is("queue-drain");
}

#[test]
fn only_what_has_nothing_to_do_is_deleted() {
    let (game, table, queues) = local();
    mixture(&table, &queues);
    let late = stranded("late");
    table.keep(&late);
    queues.send(&tick_of(&late));
    table.keep(&stranded("stuck"));
    assert_eq!(queues.counts(), [8, 1, 0]);
    // Nobody wants it, and all are as before.
    assert_eq!(at(game.endpoint(), "queue drain").code, Some(3));
    assert_eq!(queues.counts(), [8, 1, 0]);
    // The half-written game is named.
    let ended = at(game.endpoint(), "queue drain --yes").ends(4);
    ended.notes("tick of game half round 1: whether it is needed is not known");
    assert!(!ended.stderr.contains('\u{1b}'), "{ended:?}");
    let delete = |game: Value| json!(["delete-message", game, "done"]);
    let expected = [
        delete(json!("\\u{1b}[2J")),
        delete(json!("gone")),
        delete(json!("live")),
        delete(Value::Null),
        delete(Value::Null),
        json!(["end-game", "stuck", "done"]),
    ];
    assert_eq!(actions(&ended.stderr), expected);
    // The live game's, the half-written one's, and that of the game that goes on when the mapping is on.
    assert_eq!(queues.counts(), [3, 1, 0]);
    assert!(table.has("G#live") && table.has("G#half"));
    assert!(table.has("G#late") && !table.has("G#stuck"));
    // With the mapping on, what is left comes to its end by itself.
    table.delete("G#half");
    at(game.endpoint(), "queue drain --resume --yes").ends(0);
    assert_eq!(queues.state(), "Enabled");
    until(|| queues.counts()[0] == 0 && !table.has("G#live") && !table.has("G#late"));
}

/// The message of a game under way is seen, kept, and ends its game afterwards.
#[test]
fn a_live_game_ends_by_itself_afterwards() {
    let (game, _, queues) = local();
    queues.turn(false);
    let players = pair(&game);
    until(|| queues.counts() == [1, 0, 0]);
    let ended = at(game.endpoint(), "queue drain --yes").ends(0);
    let kept = "needed, and kept: 1 message\nnothing to drain\n";
    assert!(ended.stderr.starts_with(kept), "{ended:?}");
    assert_eq!(queues.counts(), [1, 0, 0]);
    queues.turn(true);
    nobody_played(players);
}

/// A clock that is ahead makes no game stuck: AWS's own time counts.
#[test]
fn the_clock_of_this_machine_is_ahead() {
    let game = Local::start();
    let table = Table::at(game.endpoint(), "rps");
    let started = Game {
        deadline_ms: now_ms() - 600_000,
        ..stranded("overdue")
    };
    table.keep(&started);
    let url = in_the_past(game.endpoint());
    let ended = at(&url, "queue drain --yes").ends(0);
    assert_eq!(ended.stderr, "nothing to drain\n");
    assert!(table.has("G#overdue"));
    let ended = at(game.endpoint(), "queue drain --dry-run");
    assert_eq!(ended.stderr, "nothing was done: --dry-run\n");
}

/// To look is to receive, and five receives make a dead letter.
#[test]
fn with_the_mapping_on_or_to_read_only_nothing_is_received() {
    let (game, table, queues) = local();
    let (url, barrier) = Barrier::before(game.endpoint(), "receivemessage");
    table.keep(&stranded("stuck"));
    let ended = at(&url, "queue drain --yes").ends(0);
    assert!(ended.stdout.ends_with("\n1 done\n"), "{ended:?}");
    queues.turn(false);
    queues.send(&tick("gone", 2, THEN_MS));
    let ended = at(&url, "queue drain --dry-run --read-only").ends(0);
    ended.notes("not looked at, because that is to receive it: 1 visible message");
    assert_eq!(queues.counts(), [1, 0, 0]);
    assert!(!barrier.has_somebody());
}

/// While the mapping is off a late game is stuck only if its message is seen not to be there.
#[test]
fn a_late_game_whose_message_may_be_there() {
    let (game, table, queues) = local();
    queues.turn(false);
    let late = stranded("late");
    table.keep(&late);
    let kept = "late, and not ended because their messages may still come: 1 game;";
    let nothing_is_ended = |line| {
        let ended = at(game.endpoint(), line).ends(0);
        ended.notes(kept);
        ended.notes("nothing to drain");
    };
    nothing_is_ended("queue drain --dry-run --read-only");
    // Somebody has its message in hand, and is gone.
    queues.send(&tick_of(&late));
    let holder = Halted::before("getitem", game.endpoint(), "queue drain --yes");
    holder.send("KILL");
    assert_eq!(holder.end().code, None);
    nothing_is_ended("queue drain --yes");
    assert!(table.has("G#late"));
}

/// Messages that are looked at too often are on the way to the dead letters, and that is said.
#[test]
fn a_look_too_many() {
    let (game, table, queues) = local();
    queues.turn(false);
    queues.send(&live(&table));
    for look in 1..=6 {
        let ended = at(game.endpoint(), "queue drain --dry-run");
        let last = "received 5 times, and a dead letter the next time: 1 message;";
        assert_eq!(ended.stderr.contains(last), look == 5, "{look}: {ended:?}");
    }
    assert_eq!((queues.counts(), queues.dead()), ([0; 3], [1, 0, 0]));
}

#[test]
fn no_more_than_the_limit() {
    let (game, _, queues) = local();
    queues.turn(false);
    for round in 2..32 {
        queues.send(&tick("gone", round, THEN_MS));
    }
    let ended = at(game.endpoint(), "queue drain --yes --limit 12").ends(0);
    assert_eq!(ended.stdout.lines().last(), Some("12 done"));
    ended.notes("there may be more messages than were received: run it again");
    assert_eq!(queues.counts(), [18, 0, 0]);
    let ended = at(game.endpoint(), "queue drain --yes");
    assert_eq!(actions(&ended.stderr).len(), 18, "{ended:?}");
    assert_eq!(queues.counts(), [0; 3]);
}

/// What is in hand when somebody interrupts is given back.
#[test]
fn interrupted_before_anything_is_done() {
    let (game, _, queues) = local();
    queues.turn(false);
    for _ in 0..25 {
        queues.send(&tick("gone", 2, THEN_MS));
    }
    for signal in ["INT", "TERM", "HUP"] {
        // While the messages, all received, are looked at.
        let halted = Halted::before("getitem", game.endpoint(), "queue drain --yes");
        assert_eq!(queues.counts(), [0, 0, 25]);
        halted.send(signal);
        halted
            .end()
            .ends(3)
            .notes("rpsctl: nothing was done: interrupted\n");
        assert_eq!(queues.counts(), [25, 0, 0], "{signal}");
    }
}

/// What is needed is not kept waiting for the rest.
#[test]
fn what_is_needed_is_given_back_at_once() {
    let (game, _, queues) = local();
    queues.turn(false);
    queues.send(&live(&Table::at(game.endpoint(), "rps")));
    queues.send(&foreign());
    let call = "amazonsqs.deletemessage";
    let halted = Halted::before(call, game.endpoint(), "queue drain --yes");
    assert_eq!(queues.counts(), [1, 0, 1]);
    halted.go_on().ends(0);
    assert_eq!(queues.counts(), [1, 0, 0]);
}
