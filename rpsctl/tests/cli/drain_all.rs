//! `rpsctl queue drain --all` ends every game while the mapping is paused, and always resumes the mapping.

use std::io::{BufRead, BufReader};
use std::process::Child;
use std::thread;

use serde_json::{Value, json};

use crate::aws::Table;
use crate::golden::Golden;
use crate::player::{Player, expect_nobody_played, pair};
use crate::proxy::{Barrier, PausedCommand};
use crate::queues::{THEN_MS, actions, at, end, local, round_timer, start, stranded, until};
use crate::rpsctl::{Ended, send};

/// Many more games than a drain ends at a time.
const MANY: usize = 100;

/// The request that changes the mapping.
pub(crate) const SWITCH: &str = "put /2015-03-31/event-source-mappings";

pub(crate) const DRAIN: &str = "queue drain --all --yes";

/// Adds `MANY` stuck games.
fn strand(table: &Table) {
    for n in 0..MANY {
        table.keep(&stranded(&format!("g{n:03}")));
    }
}

fn left(table: &Table) -> Vec<String> {
    let ids = (0..MANY).map(|n| format!("g{n:03}"));
    ids.filter(|id| table.has(&format!("G#{id}"))).collect()
}

/// A drain that has ended some games: its process and its output so far.
struct PartialDrain {
    child: Child,
    barrier: Barrier,
    said: String,
}

impl PartialDrain {
    fn of(endpoint: &str) -> Self {
        // Only the end of a game updates an item here.
        let (url, barrier) = Barrier::after(5, endpoint, "updateitem");
        let mut child = start(&url, DRAIN);
        let mut stderr = BufReader::new(child.stderr.take().expect("piped"));
        let mut said = String::new();
        while !said.contains(r#""do":"end-game""#) {
            assert_ne!(stderr.read_line(&mut said).expect("UTF-8"), 0, "{said}");
        }
        barrier.wait();
        // What was read ahead.
        said += std::str::from_utf8(stderr.buffer()).expect("UTF-8");
        child.stderr = Some(stderr.into_inner());
        Self {
            child,
            barrier,
            said,
        }
    }

    /// Sends the signal, and lets the running steps finish.
    fn interrupt(self, signal: &str) -> Ended {
        send(signal, self.child.id());
        self.barrier.open();
        let mut ended = end(self.child);
        ended.stderr = self.said + &ended.stderr;
        ended
    }
}

#[test]
fn the_output_of_a_full_drain() {
    let (game, table, queues) = local();
    let mut golden = Golden::at(game.endpoint());
    golden.run("queue drain --all");
    table.keep(&stranded("one"));
    golden.run("queue drain --all");
    golden.run("queue drain --all --dry-run --output json");
    golden.run("--read-only queue drain --all --yes");
    queues.turn(false);
    queues.send(&round_timer("gone", 2, THEN_MS));
    golden.run("queue drain --all --yes --reason storm");
    assert_eq!(queues.state(), "Enabled");
    assert_eq!(queues.counts(), [0; 3]);
    golden.is("queue-drain-all");
}

#[test]
fn a_second_drain_completes_an_interrupted_one() {
    for signal in ["TERM", "INT", "HUP"] {
        let (game, table, queues) = local();
        strand(&table);
        // It would be drained last.
        queues.turn(false);
        queues.send(&round_timer("gone", 2, THEN_MS));
        let first = PartialDrain::of(game.endpoint()).interrupt(signal).ends(1);
        assert_eq!(queues.state(), "Enabled", "{signal}");
        first.prints("not started because of the interruption; run the command again");
        let left = left(&table);
        assert!(!left.is_empty() && left.len() < MANY, "{left:?}");
        let second = at(game.endpoint(), DRAIN).ends(0);
        assert_eq!(queues.state(), "Enabled");
        // One of the two drains ends each game once.
        let mut done = actions(&first.stderr);
        assert!(!first.stderr.contains("delete-message"), "{first:?}");
        done.extend(actions(&second.stderr));
        done.retain(|action| action[0] == "end-game");
        done.sort_by_key(Value::to_string);
        let each = (0..MANY).map(|n| json!(["end-game", format!("g{n:03}"), "done"]));
        assert_eq!(done, each.collect::<Vec<_>>());
    }
}

#[test]
fn a_second_drain_completes_a_killed_one() {
    let (game, table, queues) = local();
    strand(&table);
    let killed = PartialDrain::of(game.endpoint()).interrupt("KILL");
    assert_eq!(killed.code, None, "{killed:?}");
    assert_eq!(queues.state(), "Disabled");
    assert!(!left(&table).is_empty());
    let paused = format!(
        "the mapping is paused, so no round is decided and no game ends; resume it with `rpsctl queue resume \
         --endpoint-url {}`\n",
        game.endpoint()
    );
    let listed = at(game.endpoint(), "games list").ends(0);
    assert_eq!(listed.stderr, paused);
    at(game.endpoint(), DRAIN).ends(0);
    assert_eq!(queues.state(), "Enabled");
    assert_eq!(left(&table), [""; 0]);
    let listed = at(game.endpoint(), "games list");
    assert_eq!(listed.stderr, "no running games match\n");
}

#[test]
fn players_get_one_result_from_an_interrupted_drain() {
    let (game, _, queues) = local();
    // Their rounds would be decided otherwise.
    queues.turn(false);
    let pairs = 40;
    let players: Vec<Player> = (0..pairs).flat_map(|_| pair(&game)).collect();
    let players = players.into_iter().map(|it| thread::spawn(|| it.rest()));
    let players: Vec<_> = players.collect();
    PartialDrain::of(game.endpoint()).interrupt("TERM").ends(1);
    at(game.endpoint(), DRAIN).ends(0);
    assert_eq!(queues.state(), "Enabled");
    for player in players {
        let told = player.join().expect("ends");
        assert_eq!((told.len(), &told[0]["type"]), (1, &json!("game-over")));
        // Between the two drains the mapping was on, so a round timer may have ended a round.
        let by = [json!("ended-by-operator"), json!("nobody-played")];
        assert!(by.contains(&told[0]["reason"]), "{told:?}");
    }
    until(|| queues.counts() == [0; 3]);
}

#[test]
fn a_game_that_starts_during_a_drain_keeps_its_timer() {
    let (game, table, queues) = local();
    table.keep(&stranded("before"));
    let paused = PausedCommand::before("receivemessage", game.endpoint(), DRAIN);
    assert!(!table.has("G#before"));
    assert_eq!(queues.state(), "Disabled");
    let players = pair(&game);
    until(|| queues.counts() == [1, 0, 0]);
    queues.send(&round_timer("gone", 2, THEN_MS));
    let ended = paused.resume().ends(0);
    ended.notes("\nkept 1 message: still needed\n");
    let expected = [
        json!(["delete-message", "gone", "done"]),
        json!(["end-game", "before", "done"]),
        json!(["pause-mapping", null, "done"]),
        json!(["resume-mapping", null, "done"]),
    ];
    assert_eq!(actions(&ended.stderr), expected);
    expect_nobody_played(players);
}

/// The terminal is closed during the drain.
#[test]
fn a_drain_without_a_reader_stops_and_resumes_the_mapping() {
    let (game, table, queues) = local();
    strand(&table);
    let mut midway = PartialDrain::of(game.endpoint());
    drop((midway.child.stdout.take(), midway.child.stderr.take()));
    midway.barrier.open();
    end(midway.child).ends(1);
    assert_eq!(queues.state(), "Enabled");
    assert!(!left(&table).is_empty());
}
