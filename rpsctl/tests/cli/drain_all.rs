//! `rpsctl queue drain --all`: every game, with the mapping off meanwhile, and on again whatever happens.

use std::io::{BufRead, BufReader};
use std::process::Child;
use std::thread;

use serde_json::{Value, json};

use crate::aws::Table;
use crate::golden::Golden;
use crate::player::{Player, pair};
use crate::proxy::Barrier;
use crate::queues::{Queues, THEN_MS, actions, at, end, of_local, start, stranded, tick, until};
use crate::rpsctl::{Ended, Game as Local, send};

/// Many more games than are ended at a time.
const MANY: usize = 100;

/// A call that changes the mapping.
pub(crate) const SWITCH: &str = "put /2015-03-31/event-source-mappings";

pub(crate) const DRAIN: &str = "queue drain --all --yes";

/// `MANY` games that are stuck.
fn strand(endpoint: &str) -> Table {
    let table = Table::at(endpoint, "rps");
    for n in 0..MANY {
        table.keep(&stranded(&format!("g{n:03}")));
    }
    table
}

fn left(table: &Table) -> Vec<String> {
    let ids = (0..MANY).map(|n| format!("g{n:03}"));
    ids.filter(|id| table.has(&format!("G#{id}"))).collect()
}

/// A drain that has ended some games and is ending others: what it has said until then, and its end.
struct Midway {
    child: Child,
    barrier: Barrier,
    said: String,
}

impl Midway {
    fn of(endpoint: &str) -> Self {
        // Closing a game is an update, and so is nothing else here.
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

    /// Sends the signal, and lets what is begun go on.
    fn interrupt(self, signal: &str) -> Ended {
        send(signal, self.child.id());
        self.barrier.open();
        let mut ended = end(self.child);
        ended.stderr = self.said + &ended.stderr;
        ended
    }
}

#[test]
fn what_people_see() {
    let game = Local::start();
    let (table, queues) = of_local(&game);
    let mut golden = Golden::at(game.endpoint());
    golden.run("queue drain --all");
    table.keep(&stranded("one"));
    golden.run("queue drain --all");
    golden.run("queue drain --all --dry-run --output json");
    golden.run("--read-only queue drain --all --yes");
    queues.turn(false);
    queues.send(&tick("gone", 2, THEN_MS));
    golden.run("queue drain --all --yes --reason storm");
    assert_eq!(
        (queues.state(), queues.counts()),
        ("Enabled".to_owned(), [0; 3])
    );
    golden.is("queue-drain-all");
}

#[test]
fn interrupted_halfway_and_run_again() {
    for signal in ["TERM", "INT", "HUP"] {
        let game = Local::start();
        let (table, queues) = (strand(game.endpoint()), Queues::at(game.endpoint()));
        // It would be drained last.
        queues.turn(false);
        queues.send(&tick("gone", 2, THEN_MS));
        let first = Midway::of(game.endpoint()).interrupt(signal);
        assert_eq!(first.code, Some(1), "{first:?}");
        assert_eq!(queues.state(), "Enabled", "{signal}");
        assert!(
            first
                .stdout
                .contains("not begun, because of the interruption: run it again")
        );
        let left = left(&table);
        assert!(!left.is_empty() && left.len() < MANY, "{left:?}");
        let second = at(game.endpoint(), DRAIN);
        assert_eq!(
            (second.code, queues.state()),
            (Some(0), "Enabled".to_owned())
        );
        // Each once, in one of the two.
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
fn killed_halfway_and_run_again() {
    let game = Local::start();
    let (table, queues) = (strand(game.endpoint()), Queues::at(game.endpoint()));
    let killed = Midway::of(game.endpoint()).interrupt("KILL");
    assert_eq!(killed.code, None, "{killed:?}");
    assert_eq!(queues.state(), "Disabled");
    assert!(!left(&table).is_empty());
    let paused = "the mapping is off, so no round is decided and no game ends: turn it on with \
        `rpsctl queue drain --resume`\n";
    let listed = at(game.endpoint(), "games list");
    assert_eq!((listed.code, &*listed.stderr), (Some(0), paused));
    let again = at(game.endpoint(), DRAIN);
    assert_eq!(
        (again.code, queues.state()),
        (Some(0), "Enabled".to_owned()),
        "{again:?}"
    );
    assert_eq!(left(&table), [""; 0]);
    let listed = at(game.endpoint(), "games list");
    assert_eq!(listed.stderr, "no such games are under way\n");
}

/// Players who stay connected hear once that it is over, however often the drain is interrupted.
#[test]
fn nothing_is_told_twice() {
    let game = Local::start();
    let queues = Queues::at(game.endpoint());
    // Their rounds would be decided otherwise.
    queues.turn(false);
    let pairs = 40;
    let players: Vec<Player> = (0..pairs).flat_map(|_| pair(&game).0).collect();
    let players: Vec<_> = players
        .into_iter()
        .map(|it| thread::spawn(|| it.rest()))
        .collect();
    let first = Midway::of(game.endpoint()).interrupt("TERM");
    assert_eq!(first.code, Some(1), "{first:?}");
    let second = at(game.endpoint(), DRAIN);
    assert_eq!(
        (second.code, queues.state()),
        (Some(0), "Enabled".to_owned()),
        "{second:?}"
    );
    for player in players {
        let told = player.join().expect("ends");
        let reasons: Vec<_> = told.iter().map(|it| (&it["type"], &it["reason"])).collect();
        let over = json!("game-over");
        // Between the two drains the mapping was on, and a round may have been decided by the clock.
        let by = [json!("ended-by-operator"), json!("nobody-played")];
        assert!(
            matches!(&reasons[..], [(kind, why)] if **kind == over && by.contains(why)),
            "{told:?}"
        );
    }
    until(|| queues.counts() == [0; 3]);
}

/// A game that starts meanwhile keeps its clock, and ends by it afterwards.
#[test]
fn a_game_that_starts_meanwhile() {
    let game = Local::start();
    let (table, queues) = of_local(&game);
    table.keep(&stranded("before"));
    let (url, barrier) = Barrier::before(game.endpoint(), "receivemessage");
    let child = start(&url, DRAIN);
    barrier.wait();
    assert!(!table.has("G#before"));
    assert_eq!(queues.state(), "Disabled");
    let ([first, second], _) = pair(&game);
    until(|| queues.counts() == [1, 0, 0]);
    queues.send(&tick("gone", 2, THEN_MS));
    barrier.open();
    let ended = end(child);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(
        ended.stderr.contains("\nneeded, and kept: 1 message\n"),
        "{ended:?}"
    );
    let expected = [
        json!(["delete-message", "gone", "done"]),
        json!(["end-game", "before", "done"]),
        json!(["pause-mapping", null, "done"]),
        json!(["resume-mapping", null, "done"]),
    ];
    assert_eq!(actions(&ended.stderr), expected);
    for player in [first, second] {
        let told = player.rest();
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(told[0]["reason"], "nobody-played");
    }
}

/// The terminal is gone, and so are all who read.
#[test]
fn nobody_reads_any_more() {
    let game = Local::start();
    let (table, queues) = (strand(game.endpoint()), Queues::at(game.endpoint()));
    let mut midway = Midway::of(game.endpoint());
    drop((midway.child.stdout.take(), midway.child.stderr.take()));
    midway.barrier.open();
    let status = midway.child.wait().expect("ends");
    // The plan was read; what came of it is not.
    assert_eq!(status.code(), Some(0));
    assert_eq!(
        (queues.state(), left(&table)),
        ("Enabled".to_owned(), Vec::new())
    );
}
