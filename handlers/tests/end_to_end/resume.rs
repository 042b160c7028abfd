//! Players whose connection breaks, and who resume on another.

use rps_game::ErrorCode;
use rps_game::Play::{Paper, Rock, Scissors};
use rps_testkit::player::Player;
use serde_json::{Value, json};

use super::system::TestSystem;

/// Drops the socket without a closing handshake.
#[tokio::test]
async fn a_player_whose_socket_breaks_plays_on() {
    let system = TestSystem::with_window(5).await;
    let (mut first, mut second, game) = system.game().await;
    first.plays(&game, Rock, 1).await;
    let seat = first.seat.clone();
    drop(first);
    let mut stranger = system.player().await;
    stranger.resume(&game, &json!("0".repeat(32))).await;
    stranger.expect_error(ErrorCode::NotInAGame).await;
    stranger.close().await;
    let mut resumed = system.player().await;
    resumed.resume(&game, &seat).await;
    let answer = resumed.next().await;
    assert_eq!(
        (&answer["type"], &answer["round"], &answer["you"]),
        (&json!("game-resumed"), &json!(1), &json!("rock"))
    );
    second.plays(&game, Rock, 1).await;
    for player in [&mut resumed, &mut second] {
        assert_eq!(player.next().await["type"], "round-drawn");
    }
    resumed.plays(&game, Paper, 2).await;
    second.plays(&game, Scissors, 2).await;
    let plays = [Some(Paper), Some(Scissors)];
    resumed
        .expect_over(&game, 2, ["lost", "plays"], plays)
        .await;
    let plays = [Some(Scissors), Some(Paper)];
    second.expect_over(&game, 2, ["won", "plays"], plays).await;
    system.end().await;
}

#[tokio::test]
async fn a_player_who_stays_away_loses_when_the_time_is_up() {
    let system = TestSystem::new().await;
    let (first, second, game) = system.game().await;
    drop(first);
    second
        .expect_over(&game, 1, ["won", "opponent-left"], [None; 2])
        .await;
    system.end().await;
}

/// Returns when the connection is closed.
async fn loses_its_seat(player: &mut Player, game: &str, seat: &Value) {
    while let Some(message) = player.next_or_close().await {
        if message["code"] == json!(ErrorCode::TryAgain) {
            player.resume(game, seat).await;
        }
    }
}

async fn until_type(player: &mut Player, kind: &str) -> Value {
    loop {
        let message = player.next().await;
        if message["type"] == kind {
            return message;
        }
    }
}

#[tokio::test]
async fn of_two_resumes_at_once_one_holds_the_seat() {
    let system = TestSystem::with_window(5).await;
    let (first, mut second, game) = system.game().await;
    let seat = first.seat.clone();
    drop(first);
    let (mut one, mut other) = (system.player().await, system.player().await);
    tokio::join!(one.resume(&game, &seat), other.resume(&game, &seat));
    let is_one = tokio::select! {
        () = loses_its_seat(&mut one, &game, &seat) => false,
        () = loses_its_seat(&mut other, &game, &seat) => true,
    };
    let mut holder = if is_one { one } else { other };
    holder.play(Rock, 1).await;
    until_type(&mut holder, "play-received").await;
    second.plays(&game, Paper, 1).await;
    let over = until_type(&mut holder, "game-over").await;
    assert_eq!(over["reason"], "plays", "{over}");
    let plays = [Some(Paper), Some(Rock)];
    second.expect_over(&game, 1, ["won", "plays"], plays).await;
    system.end().await;
}
