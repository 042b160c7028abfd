//! `rpsctl queue drain` ends stuck games and deletes obsolete messages, and changes nothing else.

use rps_contract::names::MAX_RECEIVE_COUNT;
use rps_game::Game;
use rps_handlers::time::now_ms;
use serde_json::{Value, json};

use crate::aws::Table;
use crate::golden::Golden;
use crate::player::{expect_nobody_played, pair};
use crate::proxy::{Barrier, PausedCommand, in_the_past};
use crate::queues::{
    Queues, THEN_MS, actions, at, foreign, local, round_timer, round_timer_of, stranded, until,
};
use crate::rpsctl::LocalSystem;

/// 2286-11-20, 17:46:40: far in the future.
const ONE_DAY_MS: u64 = 10_000_000_000_000;

/// Adds a game in its second round, which ends far in the future, and returns its round timer.
fn live(table: &Table) -> String {
    let game = Game {
        round: 2,
        deadline_ms: ONE_DAY_MS,
        ..stranded("live")
    };
    table.keep(&game);
    round_timer_of(&game)
}

/// Pauses the mapping and sends messages of every kind. A drain must keep three of them.
fn mixture(table: &Table, queues: &Queues) {
    queues.turn(false);
    queues.send(&live(table));
    queues.send(&round_timer("live", 1, THEN_MS));
    queues.send(&round_timer("gone", 2, THEN_MS));
    queues.send(&round_timer("\u{1b}[2J", 3, THEN_MS));
    queues.send(r#"{"v":1,"gather":"z","game":"gone"}"#);
    queues.send(&foreign());
    table.put(&[("pk", "G#half"), ("v", "1")]);
    queues.send(&round_timer("half", 1, THEN_MS));
    queues.send_delayed(&round_timer("gone", 2, THEN_MS), 900);
}

#[test]
fn the_output_of_a_drain() {
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
    golden.run("queue drain");
    golden.run("queue drain --output json");
    golden.run("queue drain --dry-run");
    golden.run("queue drain --dry-run --output json");
    golden.run("--read-only queue drain --dry-run");
    let mut ended = at(game.endpoint(), "queue drain --yes").ends(0);
    // The order of the log varies.
    assert_eq!(actions(&ended.stderr).len(), 5);
    let notes = ended.stderr.lines().filter(|line| !line.starts_with('{'));
    ended.stderr = notes.collect::<Vec<_>>().join("\n");
    golden.show("queue drain --yes", &ended);
    golden.run("queue drain --resume");
    golden.run("queue drain --resume --yes --reason done");
    golden.is("queue-drain");
}

#[test]
fn a_drain_warns_of_dead_letters() {
    let (game, _, queues) = local();
    queues.bury(&foreign());
    for line in ["queue drain", "queue drain --all --dry-run"] {
        let ended = at(game.endpoint(), line).ends(0);
        ended.notes("the dead-letter queue has 1 message, which a drain does not touch: see `rpsctl dlq list ");
    }
}

#[test]
fn a_drain_deletes_only_obsolete_messages() {
    let (game, table, queues) = local();
    mixture(&table, &queues);
    let late = stranded("late");
    table.keep(&late);
    queues.send(&round_timer_of(&late));
    table.keep(&stranded("stuck"));
    assert_eq!(queues.counts(), [8, 1, 0]);
    // An unconfirmed plan changes nothing.
    assert_eq!(at(game.endpoint(), "queue drain").code, Some(3));
    assert_eq!(queues.counts(), [8, 1, 0]);
    // A note names the unreadable game.
    let ended = at(game.endpoint(), "queue drain --yes").ends(0);
    ended.notes("round timer of game half round 1: it could not be classified");
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
    // The timers of the live game, of the unreadable game, and of the overdue game that continues later.
    assert_eq!(queues.counts(), [3, 1, 0]);
    assert!(table.has("G#live") && table.has("G#half"));
    assert!(table.has("G#late") && !table.has("G#stuck"));
    // When the mapping is on, the remaining games end.
    table.delete("G#half");
    at(game.endpoint(), "queue drain --resume --yes").ends(0);
    assert_eq!(queues.state(), "Enabled");
    until(|| queues.counts()[0] == 0 && !table.has("G#live") && !table.has("G#late"));
}

#[test]
fn a_drain_keeps_the_timer_of_a_running_game() {
    let (game, _, queues) = local();
    queues.turn(false);
    let players = pair(&game);
    until(|| queues.counts() == [1, 0, 0]);
    let ended = at(game.endpoint(), "queue drain --yes").ends(0);
    let kept = "kept 1 message: still needed\nnothing to drain\n";
    assert!(ended.stderr.starts_with(kept), "{ended:?}");
    assert_eq!(queues.counts(), [1, 0, 0]);
    queues.turn(true);
    expect_nobody_played(players);
}

/// AWS's clock decides whether a game is stuck.
#[test]
fn a_fast_local_clock_makes_no_game_stuck() {
    let game = LocalSystem::start();
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
    assert_eq!(ended.stderr, "nothing was changed: --dry-run\n");
}

/// Each receive brings a message closer to the dead letters.
#[test]
fn a_drain_receives_nothing_while_the_mapping_is_on() {
    let (game, table, _) = local();
    let (url, barrier) = Barrier::before(game.endpoint(), "receivemessage");
    table.keep(&stranded("stuck"));
    let ended = at(&url, "queue drain --yes").ends(0);
    assert!(ended.stdout.ends_with("\n1 done\n"), "{ended:?}");
    assert!(!barrier.has_call());
}

#[test]
fn a_plan_that_is_not_confirmed_receives_nothing() {
    let (game, table, queues) = local();
    queues.turn(false);
    queues.send(&live(&table));
    queues.send(&round_timer("gone", 2, THEN_MS));
    queues.send(&foreign());
    let counts = "(now 3 visible, 0 delayed, 0 in flight)";
    for _ in 0..10 {
        for (options, code) in [
            ("", 3),
            (" --dry-run", 0),
            (" --dry-run --read-only", 0),
            (" --all", 3),
            (" --all --dry-run", 0),
            (" --all --dry-run --read-only", 0),
        ] {
            let ended = at(game.endpoint(), &format!("queue drain{options}")).ends(code);
            ended.prints(&format!(
                "delete obsolete messages while the mapping is paused {counts}"
            ));
        }
        assert_eq!((queues.counts(), queues.dead()), ([3, 0, 0], [0; 3]));
    }
    assert_eq!(queues.receive(), ["1"; 3], "the first receive of each");
}

/// While the mapping is paused, an overdue game is stuck only if its round timer is certainly missing.
#[test]
fn a_drain_keeps_an_overdue_game_that_may_have_a_timer() {
    let (game, table, queues) = local();
    queues.turn(false);
    let late = stranded("late");
    table.keep(&late);
    let kept = "kept 1 game: overdue, but the round timer may still be in the queue;";
    let nothing_is_ended = |line| {
        let ended = at(game.endpoint(), line).ends(0);
        ended.notes(kept);
        ended.notes("nothing to drain");
    };
    // The queue is empty, so the timer is certainly missing.
    let ended = at(game.endpoint(), "queue drain --dry-run").ends(0);
    ended.prints("end game late");
    // A dry run does not know whether the message is the timer.
    queues.send(&round_timer_of(&late));
    let ended = at(game.endpoint(), "queue drain --dry-run").ends(0);
    ended.notes(kept);
    ended.notes("skipped 1 visible message, because a plan that is not confirmed receives none;");
    assert!(!ended.stdout.contains("end game"), "{ended:?}");
    // A killed process has received the timer.
    let holder = PausedCommand::before("getitem", game.endpoint(), "queue drain --yes");
    holder.send("KILL");
    assert_eq!(holder.end().code, None);
    nothing_is_ended("queue drain --dry-run");
    nothing_is_ended("queue drain --yes");
    assert!(table.has("G#late"));
}

/// A drain warns before a message becomes a dead letter.
#[test]
fn a_note_names_messages_at_the_limit_of_receives() {
    let (game, table, queues) = local();
    queues.turn(false);
    queues.send(&live(&table));
    for _ in 0..MAX_RECEIVE_COUNT - 2 {
        queues.receive();
    }
    let last = format!(
        "1 message reached the limit of {MAX_RECEIVE_COUNT} receives and will become dead letters;"
    );
    for is_last in [false, true, false] {
        let ended = at(game.endpoint(), "queue drain --yes").ends(0);
        assert_eq!(ended.stderr.contains(&last), is_last, "{ended:?}");
    }
    assert_eq!((queues.counts(), queues.dead()), ([0; 3], [1, 0, 0]));
}

#[test]
fn a_drain_receives_no_more_than_the_limit() {
    let (game, _, queues) = local();
    queues.turn(false);
    for round in 2..32 {
        queues.send(&round_timer("gone", round, THEN_MS));
    }
    let ended = at(game.endpoint(), "queue drain --yes --limit 12").ends(0);
    assert_eq!(ended.stdout.lines().last(), Some("12 done"));
    ended.notes("the queue may have more messages than were received: run the command again");
    assert_eq!(queues.counts(), [18, 0, 0]);
    let ended = at(game.endpoint(), "queue drain --yes");
    assert_eq!(actions(&ended.stderr).len(), 18, "{ended:?}");
    assert_eq!(queues.counts(), [0; 3]);
}

#[test]
fn an_interrupted_drain_gives_its_messages_back() {
    let (game, _, queues) = local();
    queues.turn(false);
    for _ in 0..25 {
        queues.send(&round_timer("gone", 2, THEN_MS));
    }
    for signal in ["INT", "TERM", "HUP"] {
        // All messages are received, and the drain classifies them.
        let paused = PausedCommand::before("getitem", game.endpoint(), "queue drain --yes");
        assert_eq!(queues.counts(), [0, 0, 25]);
        paused.send(signal);
        paused
            .end()
            .ends(3)
            .notes("rpsctl: nothing was changed: interrupted\n");
        assert_eq!(queues.counts(), [25, 0, 0], "{signal}");
    }
}

#[test]
fn a_drain_gives_needed_messages_back_before_it_deletes_others() {
    let (game, _, queues) = local();
    queues.turn(false);
    queues.send(&live(&Table::at(game.endpoint(), "rps")));
    queues.send(&foreign());
    let call = "amazonsqs.deletemessage";
    let paused = PausedCommand::before(call, game.endpoint(), "queue drain --yes");
    assert_eq!(queues.counts(), [1, 0, 1]);
    paused.resume().ends(0);
    assert_eq!(queues.counts(), [1, 0, 0]);
}
