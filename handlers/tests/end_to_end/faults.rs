//! What goes wrong in such systems, with the real functions: ghosts, messages that come twice, early or
//! from nowhere, joiners that died, functions that cannot start.

use std::process::Command;

use rps_game::Play::{Paper, Rock, Scissors};
use rps_game::{ErrorCode, LEASE_MS};
use rps_handlers::time::now_ms;
use serde_json::json;

use super::stage::Stage;

#[tokio::test]
async fn a_ghost_in_the_waiting_list_is_replaced() {
    let stage = Stage::new().await;
    let (now, ttl) = (now_ms(), 9_999_999_999_u64);
    stage
        .table
        .put(json!({
            "pk": "C#ghost", "v": 1, "connected_at_ms": now, "game": "haunted", "seat": "first",
            "claimed_by": "j", "claimed_at_ms": now, "ttl": ttl,
        }))
        .await;
    stage
        .table
        .put(json!({"pk": "L#0", "v": 1, "waiting": "ghost", "game": "haunted", "ttl": ttl}))
        .await;
    let mut player = stage.player().await;
    player.join().await;
    player.expect(json!({"type": "waiting"})).await;
    player.close().await;
    stage.end().await;
}

#[tokio::test]
async fn a_waiting_player_who_is_being_taken_is_not_given_to_another() {
    let stage = Stage::new().await;
    let mut waiting = stage.player().await;
    waiting.join().await;
    waiting.expect(json!({"type": "waiting"})).await;
    // Another's join has taken the waiting player and has not stored the game yet.
    stage.table.set("L#0", "taken_by", "z").await;
    stage.table.set("L#0", "taken_at_ms", now_ms()).await;
    let mut joiner = stage.player().await;
    joiner.join().await;
    joiner.expect_error(ErrorCode::TryAgain).await;
    // That join died. Nothing is lost: the next one takes the waiting player.
    stage
        .table
        .set("L#0", "taken_at_ms", now_ms() - LEASE_MS - 1000)
        .await;
    joiner.join().await;
    assert_eq!(joiner.next().await["type"], "game-started");
    assert_eq!(waiting.next().await["type"], "game-started");
    assert_eq!(waiting.next().await["reason"], "nobody-played");
    assert_eq!(joiner.next().await["reason"], "nobody-played");
    stage.end().await;
}

#[tokio::test]
async fn messages_that_come_twice_early_or_from_nowhere() {
    // Long enough for all these messages, on a busy machine too.
    let stage = Stage::with_window(6).await;
    let (mut first, mut second, game) = stage.game().await;
    first.plays(&game, Rock, 1).await;
    // None of these is the round's own message: each vanishes, at once or after it was put back.
    for body in [
        json!({"v": 1, "game": game, "round": 1, "deadline_ms": now_ms()}).to_string(),
        json!({"v": 1, "game": game, "round": 0, "deadline_ms": 0}).to_string(),
        json!({"v": 1, "game": game, "round": 2, "deadline_ms": 0}).to_string(),
        json!({"v": 1, "game": "nowhere", "round": 7, "deadline_ms": 0}).to_string(),
        json!({"v": 1, "game": game}).to_string(),
        "not a tick".to_owned(),
    ] {
        stage.send(body, 0).await;
    }
    // This one is, two times more.
    let items = stage.table.items().await;
    let deadline_ms = items[&format!("G#{game}")]["deadline_ms"].as_n();
    let deadline_ms: u64 = deadline_ms
        .ok()
        .and_then(|it| it.parse().ok())
        .expect("a number");
    for _ in 0..2 {
        let own = json!({"v": 1, "game": game, "round": 1, "deadline_ms": deadline_ms});
        stage.send(own, 6).await;
    }
    second.plays(&game, Scissors, 1).await;
    first
        .expect_over(&game, 1, ["won", "plays"], [Some(Rock), Some(Scissors)])
        .await;
    second
        .expect_over(&game, 1, ["lost", "plays"], [Some(Scissors), Some(Rock)])
        .await;
    stage.end().await;
}

#[tokio::test]
async fn a_game_of_another_release_is_finished() {
    let stage = Stage::new().await;
    let (mut first, mut second, game) = stage.game().await;
    // A later release may add what this one does not know.
    stage.table.set(&format!("G#{game}"), "v", 2).await;
    stage.table.set(&format!("G#{game}"), "spectators", 7).await;
    first.plays(&game, Paper, 1).await;
    second.plays(&game, Rock, 1).await;
    first
        .expect_over(&game, 1, ["won", "plays"], [Some(Paper), Some(Rock)])
        .await;
    second
        .expect_over(&game, 1, ["lost", "plays"], [Some(Rock), Some(Paper)])
        .await;
    stage.end().await;
}

#[test]
fn a_function_without_its_configuration_names_what_is_missing() {
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
        let said = run(name, None);
        assert!(said.contains(&format!("{name} is not set")), "{said}");
    }
    let said = run("RPS_LOBBY_SHARDS", Some("17"));
    assert!(
        said.contains("it takes a whole number from 1 to 16"),
        "{said}"
    );
    let said = run("RPS_PLAY_WINDOW_S", Some("61"));
    assert!(
        said.contains("it takes whole seconds from 1 to 60"),
        "{said}"
    );
}
