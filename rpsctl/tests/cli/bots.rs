//! `rpsctl bots` against `rpsctl local`.

use crate::rpsctl::{Game, run};
use serde_json::{Value, json};

#[test]
fn four_games_and_nothing_lost() {
    let game = Game::start();
    let args = [
        "bots",
        "--games",
        "4",
        "--concurrency",
        "4",
        "--url",
        game.url(),
    ];
    let ended = run(args.iter().chain(&["--output", "json"]));
    assert_eq!(
        (ended.code, ended.stderr.as_str()),
        (Some(0), ""),
        "{ended:?}"
    );
    assert_eq!(ended.stdout.lines().count(), 1);
    let report: Value = serde_json::from_str(&ended.stdout).expect("JSON");
    let expected = [
        ("version", json!(1)),
        ("url", json!(game.url())),
        ("players", json!(4)),
        ("games_wanted", json!(4)),
        ("games", json!(4)),
        ("connections", json!(8)),
        ("lost_games", json!([])),
        ("contradictory_games", json!([])),
        ("one_sided_games", json!(0)),
        ("failed_connections", json!({})),
    ];
    for (name, value) in expected {
        assert_eq!(report[name], value, "{name}: {report}");
    }
    let times = [
        "waiting_to_game_started_ms",
        "join_to_answer_ms",
        "outcome_lateness_ms",
    ];
    for name in times {
        for field in ["count", "p50", "p95", "p99", "max"] {
            assert!(report[name][field].is_number(), "{name}.{field}: {report}");
        }
    }
    // A `waiting` that comes after its `game-started` tells no time.
    let waited = report["waiting_to_game_started_ms"]["count"].as_u64();
    assert!(waited.is_some_and(|it| (1..=4).contains(&it)), "{report}");
    assert_eq!(report["join_to_answer_ms"]["count"], json!(8));
}

#[test]
fn more_bots_than_seats_and_a_table() {
    let game = Game::start();
    let args = [
        "bots",
        "--games",
        "1",
        "--concurrency",
        "7",
        "--url",
        game.url(),
    ];
    let ended = run(args);
    assert_eq!(
        (ended.code, ended.stderr.as_str()),
        (Some(0), ""),
        "{ended:?}"
    );
    for words in ["1 of 1", "p50", "waiting to game-started"] {
        assert!(ended.stdout.contains(words), "{words}: {}", ended.stdout);
    }
    assert!(!ended.stdout.contains('\u{1b}'), "no colours in a pipe");
}
