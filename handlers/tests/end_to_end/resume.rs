//! Players whose connection breaks, and who resume on another.

use std::time::Duration;

use rps_game::ErrorCode;
use rps_game::Play::{self, Paper, Rock, Scissors};
use rps_testkit::player::Player;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::system::TestSystem;

/// The play window of most of these games, seconds: long enough for a resume on a busy machine.
const WINDOW_S: u32 = 5;

/// Takes the seat on a new connection. The round and the play must be these.
async fn resumed(
    system: &TestSystem,
    game: &str,
    seat: &Value,
    round: u32,
    you: Option<Play>,
) -> Player {
    let mut player = system.player().await;
    let answer = loop {
        player.resume(game, seat).await;
        let answer = player.next().await;
        // `$disconnect` may write at the same time.
        if answer["code"] != json!(ErrorCode::TryAgain) {
            break answer;
        }
    };
    let left_ms = &answer["play_within_ms"];
    let expected = json!({
        "type": "game-resumed", "game": game, "round": round, "play_within_ms": left_ms, "you": you,
        "max_rounds": 3, "decide_early": false, "opponent": "player",
    });
    assert_eq!(answer, expected);
    assert!(left_ms.as_u64() <= Some(u64::from(WINDOW_S) * 1000));
    player
}

/// Both receive the result of their plays.
async fn expect_plays(
    game: &str,
    round: u32,
    (winner, winning): (Player, Play),
    (loser, losing): (Player, Play),
) {
    let plays = [Some(winning), Some(losing)];
    winner
        .expect_over(game, round, ["won", "plays"], plays)
        .await;
    let plays = [Some(losing), Some(winning)];
    loser
        .expect_over(game, round, ["lost", "plays"], plays)
        .await;
}

#[tokio::test]
async fn a_player_whose_socket_breaks_plays_on() {
    let system = TestSystem::with_window(WINDOW_S).await;
    let (first, mut second, game) = system.game().await;
    let seat = first.seat.clone();
    // Dropping a player closes its socket without a closing handshake.
    drop(first);
    let mut first = resumed(&system, &game, &seat, 1, None).await;
    first.plays(&game, Rock, 1).await;
    drop(first);
    let mut first = resumed(&system, &game, &seat, 1, Some(Rock)).await;
    second.plays(&game, Rock, 1).await;
    for player in [&mut first, &mut second] {
        assert_eq!(player.next().await["type"], "round-drawn");
    }
    first.plays(&game, Paper, 2).await;
    second.plays(&game, Scissors, 2).await;
    expect_plays(&game, 2, (second, Scissors), (first, Paper)).await;
    system.end().await;
}

#[tokio::test]
async fn a_player_who_was_away_during_a_draw_plays_the_next_round() {
    let system = TestSystem::with_window(WINDOW_S).await;
    let (mut first, mut second, game) = system.game().await;
    let seat = first.seat.clone();
    first.plays(&game, Rock, 1).await;
    drop(first);
    second.plays(&game, Rock, 1).await;
    assert_eq!(second.next().await["type"], "round-drawn");
    let mut first = resumed(&system, &game, &seat, 2, None).await;
    first.plays(&game, Paper, 2).await;
    second.plays(&game, Rock, 2).await;
    expect_plays(&game, 2, (first, Paper), (second, Rock)).await;
    system.end().await;
}

/// A browser that reloads its page closes the connection with 1001.
#[tokio::test]
async fn only_a_close_on_purpose_leaves_the_game() {
    let system = TestSystem::with_window(WINDOW_S).await;
    let (first, mut second, game) = system.game().await;
    let seat = first.seat.clone();
    first.close_with(1001).await;
    let mut first = resumed(&system, &game, &seat, 1, None).await;
    first.plays(&game, Paper, 1).await;
    second.plays(&game, Rock, 1).await;
    expect_plays(&game, 1, (first, Paper), (second, Rock)).await;
    system.end().await;
    // The window is long, so that `$disconnect` ends the game, not the round timer.
    let system = TestSystem::with_window(60).await;
    let (first, second, game) = system.game().await;
    let seat = first.seat.clone();
    first.close_with(1000).await;
    second
        .expect_over(&game, 1, ["won", "opponent-left"], [None; 2])
        .await;
    let mut late = system.player().await;
    late.resume(&game, &seat).await;
    late.expect_error(ErrorCode::NotInAGame).await;
    late.close().await;
    // The obsolete round timer is still delayed in the queue.
    system.assert_no_items().await;
}

#[tokio::test]
async fn a_player_who_stays_away_loses_when_the_time_is_up() {
    let system = TestSystem::new().await;
    let start = Instant::now();
    let (first, mut second, game) = system.game().await;
    second.plays(&game, Scissors, 1).await;
    drop(first);
    second
        .expect_over(&game, 1, ["won", "opponent-left"], [Some(Scissors), None])
        .await;
    let elapsed = start.elapsed();
    assert!(elapsed >= Duration::from_secs(2), "{elapsed:?}");
    system.end().await;
}

#[tokio::test]
async fn the_play_of_a_player_who_stays_away_counts() {
    let system = TestSystem::new().await;
    let (mut first, mut second, game) = system.game().await;
    first.plays(&game, Rock, 1).await;
    drop(first);
    second.plays(&game, Scissors, 1).await;
    let plays = [Some(Scissors), Some(Rock)];
    second.expect_over(&game, 1, ["lost", "plays"], plays).await;
    system.end().await;
}

#[tokio::test]
async fn a_wrong_secret_changes_nothing() {
    let system = TestSystem::with_window(WINDOW_S).await;
    let (mut first, mut second, game) = system.game().await;
    let seat = first.seat.clone();
    let mut stranger = system.player().await;
    let items = system.table.items().await;
    let wrong = json!("0".repeat(32));
    for (game, seat) in [(game.as_str(), &wrong), ("nowhere", &seat)] {
        stranger.resume(game, seat).await;
        stranger.expect_error(ErrorCode::NotInAGame).await;
    }
    assert_eq!(system.table.items().await, items);
    stranger.close().await;
    first.plays(&game, Paper, 1).await;
    second.plays(&game, Rock, 1).await;
    expect_plays(&game, 1, (first, Paper), (second, Rock)).await;
    system.end().await;
}

/// The player has another connection, such as a second tab.
#[tokio::test]
async fn the_connection_that_had_the_seat_is_told_and_closed() {
    let system = TestSystem::with_window(WINDOW_S).await;
    let (mut first, mut second, game) = system.game().await;
    let mut other = resumed(&system, &game, &first.seat, 1, None).await;
    first.expect_error(ErrorCode::AlreadyInAGame).await;
    assert_eq!(first.close_code().await, 1000);
    other.plays(&game, Paper, 1).await;
    second.plays(&game, Rock, 1).await;
    expect_plays(&game, 1, (other, Paper), (second, Rock)).await;
    system.end().await;
}

/// Resumes until another connection has the seat, and returns the received error codes.
async fn lose_seat(player: &mut Player, game: &str, seat: &Value) -> Vec<Value> {
    let mut codes = Vec::new();
    player.resume(game, seat).await;
    while let Some(message) = player.next_or_close().await {
        if message["code"] == json!(ErrorCode::TryAgain) {
            player.resume(game, seat).await;
        }
        codes.push(message["code"].clone());
    }
    codes
}

/// Skips the messages of the resume.
async fn expect_type(player: &mut Player, kind: &str) -> Value {
    loop {
        let message = player.next().await;
        if message["type"] == kind {
            return message;
        }
    }
}

#[tokio::test]
async fn of_two_resumes_at_once_one_holds_the_seat() {
    let system = TestSystem::with_window(WINDOW_S).await;
    let (first, mut second, game) = system.game().await;
    let seat = first.seat.clone();
    drop(first);
    let (mut one, mut other) = (system.player().await, system.player().await);
    let (mut holder, codes) = tokio::select! {
        codes = lose_seat(&mut one, &game, &seat) => (other, codes),
        codes = lose_seat(&mut other, &game, &seat) => (one, codes),
    };
    let told = json!(ErrorCode::AlreadyInAGame);
    assert!(codes.contains(&told), "{codes:?}");
    holder.play(Rock, 1).await;
    expect_type(&mut holder, "play-received").await;
    second.plays(&game, Paper, 1).await;
    let over = expect_type(&mut holder, "game-over").await;
    let words = ["outcome", "reason"].map(|key| &over[key]);
    assert_eq!(words, ["lost", "plays"]);
    let plays = [Some(Paper), Some(Rock)];
    second.expect_over(&game, 1, ["won", "plays"], plays).await;
    system.end().await;
}
