//! Faults with the real functions: stale connections, duplicate, early and unknown messages, dead joiners,
//! functions that cannot start.

use std::process::Command;

use rps_game::LEASE_MS;
use rps_game::Play::{Paper, Rock, Scissors};
use rps_handlers::time::now_ms;
use serde_json::json;

use super::system::TestSystem;

#[tokio::test]
async fn a_joiner_replaces_a_stale_waiting_player() {
    let system = TestSystem::new().await;
    let (now, ttl) = (now_ms(), 9_999_999_999_u64);
    system
        .table
        .put(json!({
            "pk": "C#stale", "v": 1, "connected_at_ms": now, "ttl": ttl,
        }))
        .await;
    system
        .table
        .put(json!({"pk": "L#places", "v": 1, "places": {"stale": "stale-game"}, "ttl": ttl}))
        .await;
    let mut player = system.player().await;
    player.join().await;
    player.expect(json!({"type": "waiting"})).await;
    player.close().await;
    system.end().await;
}

#[tokio::test]
async fn a_joiner_replaces_the_claim_of_a_dead_joiner() {
    let system = TestSystem::new().await;
    let mut waiting = system.player().await;
    waiting.join().await;
    waiting.expect(json!({"type": "waiting"})).await;
    system.table.claim_waiting_player(LEASE_MS).await;
    let mut joiner = system.player().await;
    joiner.join().await;
    assert_eq!(joiner.next().await["type"], "game-started");
    assert_eq!(waiting.next().await["type"], "game-started");
    assert_eq!(waiting.next().await["reason"], "nobody-played");
    assert_eq!(joiner.next().await["reason"], "nobody-played");
    system.end().await;
}

#[tokio::test]
async fn duplicate_and_early_messages_are_harmless() {
    // Long enough for all these messages on a busy machine.
    let system = TestSystem::with_window(6).await;
    let (mut first, mut second, game) = system.game().await;
    first.plays(&game, Rock, 1).await;
    for body in [
        json!({"v": 1, "game": game, "round": 1, "deadline_ms": now_ms()}).to_string(),
        json!({"v": 1, "game": game, "round": 0, "deadline_ms": 0}).to_string(),
        json!({"v": 1, "game": game, "round": 2, "deadline_ms": 0}).to_string(),
        json!({"v": 1, "game": "nowhere", "round": 7, "deadline_ms": 0}).to_string(),
    ] {
        system.send(body, 0).await;
    }
    // Two duplicates of the round timer.
    let items = system.table.items().await;
    let deadline_ms = items[&format!("G#{game}")]["deadline_ms"].as_n();
    let deadline_ms: u64 = deadline_ms
        .ok()
        .and_then(|it| it.parse().ok())
        .expect("a number");
    for _ in 0..2 {
        let duplicate = json!({"v": 1, "game": game, "round": 1, "deadline_ms": deadline_ms});
        system.send(duplicate, 6).await;
    }
    second.plays(&game, Scissors, 1).await;
    first
        .expect_over(&game, 1, ["won", "plays"], [Some(Rock), Some(Scissors)])
        .await;
    second
        .expect_over(&game, 1, ["lost", "plays"], [Some(Scissors), Some(Rock)])
        .await;
    system.end().await;
}

#[tokio::test]
async fn a_game_of_another_release_is_finished() {
    let system = TestSystem::new().await;
    let (mut first, mut second, game) = system.game().await;
    // A later release may add attributes.
    system
        .table
        .set(&format!("G#{game}"), "spectators", 7)
        .await;
    first.plays(&game, Paper, 1).await;
    second.plays(&game, Rock, 1).await;
    first
        .expect_over(&game, 1, ["won", "plays"], [Some(Paper), Some(Rock)])
        .await;
    second
        .expect_over(&game, 1, ["lost", "plays"], [Some(Rock), Some(Paper)])
        .await;
    system.end().await;
}

#[test]
fn a_function_names_a_missing_or_invalid_variable() {
    let base = [
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "id"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("RPS_TABLE", "rps"),
        ("RPS_QUEUE_URL", "http://127.0.0.1:1/q"),
        ("RPS_SOCKET_URL", "ws://127.0.0.1:1/ws"),
    ];
    let run = |changed: &str, value: Option<&str>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_join-game"));
        command.env_clear().envs(base).env_remove(changed);
        let output = command
            .envs(value.map(|value| (changed, value)))
            .output()
            .expect("started");
        assert!(!output.status.success());
        String::from_utf8(output.stdout).expect("text")
    };
    for (name, _) in base {
        let log = run(name, None);
        assert!(log.contains(&format!("{name} is not set")), "{log}");
    }
    let log = run("RPS_LOBBY_PLACES", Some("29"));
    assert!(log.contains("use a whole number from 1 to 28"), "{log}");
    let log = run("RPS_PLAY_WINDOW_S", Some("61"));
    assert!(log.contains("use whole seconds from 1 to 60"), "{log}");
}
