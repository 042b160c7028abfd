//! Every `error` that a player can bring about, on what `up` made.

use rps_game::ErrorCode;
use rps_game::Play::{Paper, Rock};
use serde_json::json;

use super::endings::Deployed;

/// Before a game, while waiting, and in one.
pub(crate) async fn every_refusal(stage: &Deployed) {
    let mut player = stage.player().await;
    for frame in [
        "",
        "{",
        "[]",
        r#"{"action":7}"#,
        r#"{"action":"join-game","x":1}"#,
    ] {
        player.say_nonsense(frame).await;
        player.expect_error(ErrorCode::BadRequest).await;
    }
    for frame in [r#"{"action":"hello"}"#, r#"{"action":"$connect"}"#] {
        player.say_nonsense(frame).await;
        player.expect_error(ErrorCode::UnknownAction).await;
    }
    player.play(Rock, 1).await;
    player.expect_error(ErrorCode::NotInAGame).await;
    player.join().await;
    player.expect(json!({"type": "waiting"})).await;
    player.join().await;
    player.expect_error(ErrorCode::AlreadyWaiting).await;
    player.close().await;
    // Until its `$disconnect` is handled it waits, and the next to join would play against it.
    stage.only_the_description_is_left().await;
    every_refusal_in_a_game(stage).await;
}

async fn every_refusal_in_a_game(stage: &Deployed) {
    let (mut first, second, game) = stage.game().await;
    first.join().await;
    first.expect_error(ErrorCode::AlreadyInAGame).await;
    first.play(Rock, 2).await;
    first.expect_error(ErrorCode::TooLate).await;
    first.plays(&game, Rock, 1).await;
    first.plays(&game, Rock, 1).await;
    first.play(Paper, 1).await;
    first.expect_error(ErrorCode::AlreadyPlayed).await;
    let plays = [Some(Rock), None];
    first
        .expect_over(&game, 1, ["won", "opponent-did-not-play"], plays)
        .await;
    let plays = [None, Some(Rock)];
    second
        .expect_over(&game, 1, ["lost", "you-did-not-play"], plays)
        .await;
}
