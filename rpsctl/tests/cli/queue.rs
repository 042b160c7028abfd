//! `rpsctl queue status`: how the clock is.

use std::io::{BufRead, BufReader};

use serde_json::{Value, json};

use crate::golden::Golden;
use crate::proxy::refusing;
use crate::queues::{THEN_MS, at, local, start, stranded, tick};
use crate::rpsctl::{Game, send};

#[test]
fn a_clock_that_is_well_and_one_that_is_not() {
    let (game, table, queues) = local();
    let mut golden = Golden::at(game.endpoint());
    golden.run("queue status");
    golden.run("queue status --output json");
    queues.turn(false);
    queues.send(&tick("gone", 2, THEN_MS));
    queues.send_delayed(&tick("gone", 2, THEN_MS), 900);
    queues.bury(&tick("gone", 2, THEN_MS));
    table.keep(&stranded("stuck"));
    table.put(&[("pk", "G#broken"), ("v", "1")]);
    golden.run("queue status");
    golden.run("queue status --stack nope");
    golden.is("queue-status");
    let ended = at(game.endpoint(), "queue status --output json");
    let mut status: Value = serde_json::from_str(&ended.stdout).expect("JSON");
    assert!(status["oldest_s"].take().is_u64(), "{ended:?}");
    let expected = json!({
        "v": 1, "queue": "rps-rounds", "visible": 1, "delayed": 1, "in_flight": 0, "oldest_s": null,
        "dead_letters": 1, "mapping": "Disabled", "stuck_games": 1, "healthy": false,
    });
    assert_eq!(status, expected);
}

/// Each of the three makes it unhealthy by itself.
#[test]
fn what_is_unhealthy() {
    let (game, table, queues) = local();
    let code = || at(game.endpoint(), "queue status").code;
    assert_eq!(code(), Some(0));
    queues.turn(false);
    assert_eq!(code(), Some(4));
    queues.turn(true);
    table.keep(&stranded("stuck"));
    assert_eq!(code(), Some(4));
    table.delete("G#stuck");
    assert_eq!(code(), Some(0));
    queues.bury("a letter");
    assert_eq!(code(), Some(4));
}

#[test]
fn watched_again_and_again() {
    let game = Game::start();
    for (output, each) in [("json", r#""healthy":true"#), ("table", "healthy (every")] {
        let watch = format!("queue status --watch --every 100ms --output {output}");
        let mut child = start(game.endpoint(), &watch);
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let lines = lines.map(|line| line.expect("UTF-8"));
        let seen = lines.filter(|line| line.contains(each)).take(3).count();
        assert_eq!(seen, 3);
        send("INT", child.id());
        assert_eq!(child.wait().expect("ends").code(), Some(0));
    }
}

/// CloudWatch may be closed to who may see everything else.
#[test]
fn an_age_that_is_not_known_is_no_failure() {
    let game = Game::start();
    let url = refusing(game.endpoint(), "getmetricstatistics");
    let ended = at(&url, "queue status --output json").ends(0);
    let status: Value = serde_json::from_str(&ended.stdout).expect("JSON");
    assert_eq!(status["oldest_s"], Value::Null);
    let note = "the age of the oldest message is not known: ";
    assert!(ended.stderr.starts_with(note), "{ended:?}");
    assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
}
