//! What players must not do: each has its `error`, its close code or its refusal; no function fails, and
//! nothing is left.

use std::sync::{Arc, Mutex};

use futures_util::SinkExt;
use rps_contract::names::env;
use rps_game::ErrorCode;
use rps_game::Play::{Paper, Rock};
use rps_testkit::player::{Error, Player};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use super::stage::{Stage, options};

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
async fn frames_that_are_not_of_the_protocol() {
    let logs = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&logs);
    let options =
        options().on_log(move |_, line| kept.lock().expect("whole").push(line.to_owned()));
    let stage = Stage::with(options).await;
    let mut player = stage.player().await;
    for frame in BAD {
        player.say_nonsense(frame).await;
        player.expect_error(ErrorCode::BadRequest).await;
    }
    for frame in UNKNOWN {
        player.say_nonsense(frame).await;
        player.expect_error(ErrorCode::UnknownAction).await;
    }
    player.close().await;
    stage.end().await;
    let logs = logs.lock().expect("whole");
    assert!(
        logs.iter().all(|line| !line.contains("hunter2")),
        "no log line leaks: {logs:?}"
    );
    assert!(
        logs.iter().all(|line| !line.contains("ERROR")),
        "no function fails: {logs:?}"
    );
}

#[tokio::test]
async fn plays_and_joins_out_of_turn() {
    // The round is open for as long as all this takes.
    let stage = Stage::with_window(10).await;
    let mut early = stage.player().await;
    early.play(Rock, 1).await;
    early.expect_error(ErrorCode::NotInAGame).await;
    early.join().await;
    early.expect(json!({"type": "waiting"})).await;
    early.join().await;
    early.expect_error(ErrorCode::AlreadyWaiting).await;
    early.play(Rock, 1).await;
    early.expect_error(ErrorCode::NotInAGame).await;
    early.close().await;
    stage.assert_empty().await;

    let (mut first, mut second, game) = stage.game().await;
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
    stage.end().await;
}

#[tokio::test]
async fn frames_that_are_too_large_or_binary_close_the_connection() {
    let stage = Stage::new().await;
    let mut large = stage.player().await;
    large.say_nonsense("x".repeat(200 * 1024)).await;
    assert_eq!(large.close_code().await, 1009);
    let mut binary = stage.player().await;
    binary
        .socket
        .send(Message::binary(vec![1, 2, 3]))
        .await
        .expect("sent");
    assert_eq!(binary.close_code().await, 1003);
    stage.end().await;
}

#[tokio::test]
async fn origins_that_are_not_allowed() {
    let options = options().env(env::ALLOWED_ORIGINS, "https://rps.example");
    let stage = Stage::with(options).await;
    let elsewhere = [("origin", "https://elsewhere.example")];
    match Player::connect_with(stage.url(), &elsewhere)
        .await
        .map(drop)
    {
        Err(Error::Http(response)) => assert_eq!(response.status(), 403),
        other => panic!("{other:?}"),
    }
    let here = [("origin", "https://rps.example")];
    for origin in [&here[..], &[]] {
        let player = Player::connect_with(stage.url(), origin).await;
        player.expect("allowed").close().await;
    }
    stage.end().await;
}

#[tokio::test]
async fn sockets_that_die_while_joining_and_that_never_speak() {
    let stage = Stage::new().await;
    let mut silent = Vec::new();
    for _ in 0..50 {
        silent.push(stage.player().await);
        // The frame is sent and the socket dropped, without a closing handshake.
        stage.player().await.join().await;
    }
    drop(silent);
    stage.end().await;
}
