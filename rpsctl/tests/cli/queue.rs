//! `rpsctl queue status` shows whether the queue is healthy.

use std::io::{BufRead, BufReader};

use serde_json::{Value, json};

use crate::golden::Golden;
use crate::proxy::refusing;
use crate::queues::{THEN_MS, at, local, round_timer, start, stranded};
use crate::rpsctl::{LocalSystem, send};

#[test]
fn the_status_of_a_healthy_and_an_unhealthy_queue() {
    let (game, table, queues) = local();
    let mut golden = Golden::at(game.endpoint());
    golden.run("queue status");
    golden.run("queue status --output json");
    queues.turn(false);
    queues.send(&round_timer("gone", 2, THEN_MS));
    queues.send_delayed(&round_timer("gone", 2, THEN_MS), 900);
    queues.bury(&round_timer("gone", 2, THEN_MS));
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

#[test]
fn a_paused_mapping_a_stuck_game_or_a_dead_letter_is_unhealthy() {
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
fn watch_repeats_the_status() {
    let game = LocalSystem::start();
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

/// An operator may have no permission for CloudWatch.
#[test]
fn an_unknown_age_is_a_note() {
    let game = LocalSystem::start();
    let url = refusing(game.endpoint(), "getmetricstatistics");
    let ended = at(&url, "queue status --output json").ends(0);
    let status: Value = serde_json::from_str(&ended.stdout).expect("JSON");
    assert_eq!(status["oldest_s"], Value::Null);
    let note = "cannot read the age of the oldest message: ";
    assert!(ended.stderr.starts_with(note), "{ended:?}");
    assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
}
