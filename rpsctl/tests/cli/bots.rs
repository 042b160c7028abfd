//! `rpsctl bots` against `rpsctl local`.

use serde_json::{Value, json};

use crate::rpsctl::{LocalSystem, run};

/// Runs bots successfully, and returns their output.
fn bots(game: &LocalSystem, options: &str) -> String {
    let line = format!("bots --url {} {options}", game.url());
    let ended = run(line.split(' ')).quietly();
    ended.stdout
}

#[test]
fn four_games_complete_without_problems() {
    let game = LocalSystem::start();
    let printed = bots(&game, "--games 4 --concurrency 4 --output json");
    assert_eq!(printed.lines().count(), 1);
    let report: Value = serde_json::from_str(&printed).expect("JSON");
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
    // A `waiting` that arrives after `game-started` is not measured.
    let waited = report["waiting_to_game_started_ms"]["count"].as_u64();
    // Joiners of the same moment may all wait, until a message pairs them.
    assert!(waited.is_some_and(|it| (1..=8).contains(&it)), "{report}");
    assert_eq!(report["join_to_answer_ms"]["count"], json!(8));
}

#[test]
fn more_bots_than_seats_print_a_table() {
    let game = LocalSystem::start();
    let table = bots(&game, "--games 1 --concurrency 7");
    for words in ["1 of 1", "p50", "waiting to game-started"] {
        assert!(table.contains(words), "{words}: {table}");
    }
    assert!(!table.contains('\u{1b}'), "no colours in a pipe");
}

#[test]
fn bots_start_one_after_the_other() {
    let game = LocalSystem::start();
    let printed = bots(
        &game,
        "--games 1 --concurrency 2 --ramp-up 2s --output json",
    );
    let report: Value = serde_json::from_str(&printed).expect("JSON");
    // The second bot starts after one second, and the game takes one second.
    assert!(report["seconds"].as_f64() >= Some(2.0), "{report}");
}
