//! Invalid input from players. Each gets an `error`, a close code or a refused connection. No function
//! fails, and nothing is left.

use std::sync::{Arc, Mutex};

use futures_util::{SinkExt, StreamExt};
use rps_contract::names::{LOBBY_KEY, env};
use rps_game::ErrorCode;
use rps_game::Play::{Paper, Rock};
use rps_testkit::player::{Error, Player};
use rps_testkit::{soon, until};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use super::system::{TestSystem, options};

const BAD: [&str; 16] = [
    "",
    "hunter2",
    "{",
    "null",
    "[]",
    r#"["join-game"]"#,
    "{}",
    r#"{"action":7}"#,
    r#"{"play":"rock"}"#,
    r#"{"action":"join-game","password":"hunter2"}"#,
    r#"{"action":"receive-play"}"#,
    r#"{"action":"receive-play","play":"hunter2"}"#,
    r#"{"action":"receive-play","play":"rock","round":-1}"#,
    r#"{"action":"receive-play","play":"rock","round":"1"}"#,
    r#"{"action":"receive-play","play":"rock","game":"hunter2"}"#,
    "\u{0}\u{1F9E8}\u{202E}",
];

const UNKNOWN: [&str; 3] = [
    r#"{"action":"hunter2"}"#,
    r#"{"action":"$connect"}"#,
    r#"{"action":"$default"}"#,
];

#[tokio::test]
async fn invalid_frames_get_an_error() {
    let logs = Arc::new(Mutex::new(Vec::new()));
    let writer = Arc::clone(&logs);
    let options =
        options().on_log(move |_, line| writer.lock().expect("whole").push(line.to_owned()));
    let system = TestSystem::with(options).await;
    let mut player = system.player().await;
    for frame in BAD {
        player.say_nonsense(frame).await;
        player.expect_error(ErrorCode::BadRequest).await;
    }
    for frame in UNKNOWN {
        player.say_nonsense(frame).await;
        player.expect_error(ErrorCode::UnknownAction).await;
    }
    player.close().await;
    system.end().await;
    let logs = logs.lock().expect("whole");
    assert!(
        logs.iter().all(|line| !line.contains("hunter2")),
        "a log line contains player input: {logs:?}"
    );
    assert!(
        logs.iter().all(|line| !line.contains("ERROR")),
        "a function failed: {logs:?}"
    );
}

#[tokio::test]
async fn plays_and_joins_out_of_turn_get_an_error() {
    // The window is longer than the test's round.
    let system = TestSystem::with_window(10).await;
    let mut early = system.player().await;
    early.play(Rock, 1).await;
    early.expect_error(ErrorCode::NotInAGame).await;
    early.join().await;
    early.expect(json!({"type": "waiting"})).await;
    early.join().await;
    early.expect_error(ErrorCode::AlreadyWaiting).await;
    early.play(Rock, 1).await;
    early.expect_error(ErrorCode::NotInAGame).await;
    early.close().await;
    system.assert_empty().await;

    let (mut first, mut second, game) = system.game().await;
    first.join().await;
    first.expect_error(ErrorCode::AlreadyInAGame).await;
    first.plays(&game, Rock, 1).await;
    first.plays(&game, Rock, 1).await;
    first.play(Paper, 1).await;
    first.expect_error(ErrorCode::AlreadyPlayed).await;
    for round in [0, 2] {
        second.play(Paper, round).await;
        second.expect_error(ErrorCode::TooLate).await;
    }
    second
        .say(json!({"action": "receive-play", "play": "paper"}))
        .await;
    assert_eq!(second.next().await["type"], "play-received");
    first
        .expect_over(&game, 1, ["lost", "plays"], [Some(Rock), Some(Paper)])
        .await;
    second
        .expect_over(&game, 1, ["won", "plays"], [Some(Paper), Some(Rock)])
        .await;
    system.end().await;
}

#[tokio::test]
async fn a_large_or_binary_frame_closes_the_connection() {
    let system = TestSystem::new().await;
    let mut large = system.player().await;
    large.say_nonsense("x".repeat(200 * 1024)).await;
    assert_eq!(large.close_code().await, 1009);
    let mut binary = system.player().await;
    binary
        .socket
        .send(Message::binary(vec![1, 2, 3]))
        .await
        .expect("sent");
    assert_eq!(binary.close_code().await, 1003);
    system.end().await;
}

/// Connects in vain, and returns the HTTP status.
async fn refusal(system: &TestSystem, headers: &[(&'static str, &str)]) -> u16 {
    let refused = Player::connect_with(system.url(), headers).await.map(drop);
    match refused {
        Err(Error::Http(response)) => response.status().as_u16(),
        other => panic!("{other:?}"),
    }
}

/// The players' address is 127.0.0.1.
#[tokio::test]
async fn a_blocked_address_and_a_closed_game_refuse_players() {
    for (variable, value, status) in [
        (env::BLOCKED_CIDRS, "192.0.2.0/24,127.0.0.0/8", 403),
        (env::ACCEPT_PLAYERS, "false", 503),
    ] {
        let logs = Arc::new(Mutex::new(String::new()));
        let writer = Arc::clone(&logs);
        let options = options()
            .env(variable, value)
            .env(env::LOG_SOURCE_ADDRESSES, "true")
            .on_log(move |_, line| writer.lock().expect("whole").push_str(line));
        let system = TestSystem::with(options).await;
        assert_eq!(refusal(&system, &[]).await, status, "{variable}");
        system.end().await;
        let logs = logs.lock().expect("whole");
        assert!(logs.contains("refused a connection: "), "{logs}");
        assert!(logs.contains(r#""source":"127.0.0.1""#), "{logs}");
    }
}

#[tokio::test]
async fn only_allowed_origins_connect() {
    let options = options().env(env::ALLOWED_ORIGINS, "https://rps.example");
    let system = TestSystem::with(options).await;
    let forbidden = [("origin", "https://elsewhere.example")];
    assert_eq!(refusal(&system, &forbidden).await, 403);
    let allowed = [("origin", "https://rps.example")];
    for origin in [&allowed[..], &[]] {
        let player = Player::connect_with(system.url(), origin).await;
        player.expect("allowed").close().await;
    }
    system.end().await;
}

async fn visit(system: &TestSystem) {
    let mut player = system.player().await;
    player.join().await;
    player.next().await;
    player.close().await;
}

#[tokio::test]
async fn dropped_and_silent_sockets_leave_nothing() {
    let system = TestSystem::new().await;
    let mut silent = Vec::new();
    for _ in 0..50 {
        silent.push(system.player().await);
        // Drops the socket without a closing handshake, when the gateway has read the frame.
        let mut dropped = system.player().await;
        dropped.join().await;
        let ping = Message::Ping("read?".into());
        dropped.socket.send(ping).await.expect("sent");
        let frame = soon(dropped.socket.next()).await;
        frame.expect("an answer").expect("no broken socket");
    }
    drop(silent);
    until(async || {
        let keys = system.table.keys().await;
        if keys == [LOBBY_KEY] {
            // A join may have entered the lobby after `$disconnect`. The next joiner removes that place.
            Box::pin(visit(&system)).await;
        }
        keys.is_empty()
    })
    .await;
    system.end().await;
}
