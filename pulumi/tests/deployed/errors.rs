//! Provokes every `error` message that a player can get, on the deployed stack.

use rps_game::ErrorCode;
use rps_game::Play::{Paper, Rock};
use serde_json::json;

use super::endings::DeployedStack;

/// Provokes the errors before a game, in the lobby and in a game.
pub(crate) async fn every_error(stack: &DeployedStack) {
    let mut player = stack.player().await;
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
    // The player stays in the lobby until `$disconnect` runs; the next player would be matched with it.
    stack.until_only_the_description_is_left().await;
    every_error_in_a_game(stack).await;
}

async fn every_error_in_a_game(stack: &DeployedStack) {
    let (mut first, second, game) = stack.game().await;
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
