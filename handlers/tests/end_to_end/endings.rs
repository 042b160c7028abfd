//! Every ending of a game, and every `reason`.

use std::collections::HashMap;

use rps_contract::names::env;
use rps_game::Play::{Paper, Rock, Scissors};
use serde_json::json;

use super::stage::{Stage, options};

#[tokio::test]
async fn one_play_beats_the_other() {
    let stage = Stage::new().await;
    let (mut first, mut second, game) = stage.game().await;
    first.plays(&game, Rock, 1).await;
    second.plays(&game, Paper, 1).await;
    first
        .expect_over(&game, 1, ["lost", "plays"], [Some(Rock), Some(Paper)])
        .await;
    second
        .expect_over(&game, 1, ["won", "plays"], [Some(Paper), Some(Rock)])
        .await;
    stage.end().await;
}

#[tokio::test]
async fn a_draw_is_replayed() {
    let stage = Stage::new().await;
    let (mut first, mut second, game) = stage.game().await;
    for round in 1..=2 {
        first.plays(&game, Rock, round).await;
        second.plays(&game, Rock, round).await;
        for player in [&mut first, &mut second] {
            let drawn = json!({
                "type": "round-drawn", "game": game, "round": round, "you": "rock",
                "opponent": "rock", "next_round": round + 1, "play_within_ms": 2000,
            });
            player.expect(drawn).await;
        }
    }
    first.plays(&game, Scissors, 3).await;
    second.plays(&game, Paper, 3).await;
    first
        .expect_over(&game, 3, ["won", "plays"], [Some(Scissors), Some(Paper)])
        .await;
    second
        .expect_over(&game, 3, ["lost", "plays"], [Some(Paper), Some(Scissors)])
        .await;
    stage.end().await;
}

#[tokio::test]
async fn the_last_draw_ends_the_game() {
    let stage = Stage::with(options().env(env::MAX_ROUNDS, "1")).await;
    let (mut first, mut second, game) = stage.game().await;
    first.plays(&game, Paper, 1).await;
    second.plays(&game, Paper, 1).await;
    for player in [first, second] {
        player
            .expect_over(&game, 1, ["drawn", "draw-limit"], [Some(Paper); 2])
            .await;
    }
    stage.end().await;
}

#[tokio::test]
async fn one_played() {
    let stage = Stage::new().await;
    let (first, mut second, game) = stage.game().await;
    second.plays(&game, Rock, 1).await;
    first
        .expect_over(&game, 1, ["lost", "you-did-not-play"], [None, Some(Rock)])
        .await;
    second
        .expect_over(
            &game,
            1,
            ["won", "opponent-did-not-play"],
            [Some(Rock), None],
        )
        .await;
    stage.end().await;
}

/// The endless draw of the article: two players who have walked away.
#[tokio::test]
async fn nobody_played() {
    let stage = Stage::new().await;
    let (first, second, game) = stage.game().await;
    for player in [first, second] {
        player
            .expect_over(&game, 1, ["abandoned", "nobody-played"], [None; 2])
            .await;
    }
    stage.end().await;
}

#[tokio::test]
async fn the_opponent_left_mid_game() {
    // A long window: the end must come by `$disconnect`, not by the clock.
    let stage = Stage::with_window(60).await;
    let (first, mut second, game) = stage.game().await;
    second.plays(&game, Rock, 1).await;
    first.close().await;
    second
        .expect_over(&game, 1, ["won", "opponent-left"], [Some(Rock), None])
        .await;
    // The message of the round is still delayed, and will vanish.
    stage.assert_no_items().await;
}

#[tokio::test]
async fn an_operator_ends_the_game() {
    let stage = Stage::new().await;
    let (mut first, second, game) = stage.game().await;
    first.plays(&game, Rock, 1).await;
    stage
        .table
        .set(&format!("G#{game}"), "closed", "by-operator")
        .await;
    first
        .expect_over(
            &game,
            1,
            ["abandoned", "ended-by-operator"],
            [Some(Rock), None],
        )
        .await;
    second
        .expect_over(&game, 1, ["abandoned", "ended-by-operator"], [None, None])
        .await;
    stage.end().await;
}

#[tokio::test]
async fn leaving_the_waiting_list_frees_it() {
    let stage = Stage::new().await;
    let mut first = stage.player().await;
    first.join().await;
    first.expect(json!({"type": "waiting"})).await;
    first.close().await;
    stage.assert_empty().await;
    stage.game().await;
}

#[tokio::test]
async fn many_games_at_once() {
    let stage = Stage::new().await;
    let mut seats: HashMap<String, u32> = HashMap::new();
    for over in stage.idle_players(20).await {
        assert_eq!(over["reason"], "nobody-played", "{over}");
        let game = over["game"].as_str().expect("an id").to_owned();
        *seats.entry(game).or_default() += 1;
    }
    assert_eq!(seats.len(), 10);
    assert!(seats.values().all(|seats| *seats == 2), "{seats:?}");
    stage.end().await;
}
