//! Each ending of a game, with its `reason`.

use std::collections::HashMap;

use rps_contract::names::env;
use rps_game::Play::{Paper, Rock, Scissors};
use rps_testkit::player::Player;
use rps_testkit::until;
use serde_json::{Value, json};

use super::system::{TestSystem, options};

#[tokio::test]
async fn one_play_beats_the_other() {
    let system = TestSystem::new().await;
    let (mut first, mut second, game) = system.game().await;
    first.plays(&game, Rock, 1).await;
    second.plays(&game, Paper, 1).await;
    first
        .expect_over(&game, 1, ["lost", "plays"], [Some(Rock), Some(Paper)])
        .await;
    second
        .expect_over(&game, 1, ["won", "plays"], [Some(Paper), Some(Rock)])
        .await;
    system.end().await;
}

#[tokio::test]
async fn a_draw_is_replayed() {
    let system = TestSystem::new().await;
    let (mut first, mut second, game) = system.game().await;
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
    system.end().await;
}

/// The next message that is not an answer. An early end may overtake the answer to the second play.
async fn next_push(player: &mut Player) -> Value {
    loop {
        let message = player.next().await;
        if message["type"] != "play-received" {
            return message;
        }
    }
}

#[tokio::test]
async fn a_round_ends_early_if_the_rules_say_so() {
    let options = options().env(env::DECIDE_EARLY, "true");
    let system = TestSystem::with_options(options, 60).await;
    let (mut first, mut second, game) = system.game().await;
    for player in [&mut first, &mut second] {
        player.play(Rock, 1).await;
    }
    for player in [&mut first, &mut second] {
        let drawn = json!({
            "type": "round-drawn", "game": game, "round": 1, "you": "rock",
            "opponent": "rock", "next_round": 2, "play_within_ms": 60_000,
        });
        assert_eq!(next_push(player).await, drawn);
    }
    first.play(Rock, 2).await;
    second.play(Paper, 2).await;
    for (mut player, outcome, you, opponent) in
        [(first, "lost", Rock, Paper), (second, "won", Paper, Rock)]
    {
        let over = json!({
            "type": "game-over", "game": game, "rounds": 2, "outcome": outcome, "reason": "plays",
            "you": you, "opponent": opponent,
        });
        assert_eq!(next_push(&mut player).await, over);
        while player.next_or_close().await.is_some() {}
    }
    system.assert_no_items().await;
    // The delayed timers of both rounds.
    until(async || system.messages().await == 2).await;
    system.stop().await;
}

#[tokio::test]
async fn the_last_draw_ends_the_game() {
    let system = TestSystem::with(options().env(env::MAX_ROUNDS, "1")).await;
    let (mut first, mut second, game) = system.game().await;
    first.plays(&game, Paper, 1).await;
    second.plays(&game, Paper, 1).await;
    for player in [first, second] {
        player
            .expect_over(&game, 1, ["drawn", "draw-limit"], [Some(Paper); 2])
            .await;
    }
    system.end().await;
}

#[tokio::test]
async fn the_only_player_who_plays_wins() {
    let system = TestSystem::new().await;
    let (first, mut second, game) = system.game().await;
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
    system.end().await;
}

/// Without this rule two absent players would draw forever.
#[tokio::test]
async fn a_game_without_plays_is_abandoned() {
    let system = TestSystem::new().await;
    let (first, second, game) = system.game().await;
    for player in [first, second] {
        player
            .expect_over(&game, 1, ["abandoned", "nobody-played"], [None; 2])
            .await;
    }
    system.end().await;
}

#[tokio::test]
async fn a_player_wins_when_the_opponent_leaves() {
    // The window is long, so that `$disconnect` ends the game, not the round timer.
    let system = TestSystem::with_window(60).await;
    let (first, mut second, game) = system.game().await;
    second.plays(&game, Rock, 1).await;
    first.close().await;
    second
        .expect_over(&game, 1, ["won", "opponent-left"], [Some(Rock), None])
        .await;
    // The obsolete round timer is still delayed in the queue.
    system.assert_no_items().await;
}

#[tokio::test]
async fn an_operator_ends_the_game() {
    let system = TestSystem::new().await;
    let (mut first, second, game) = system.game().await;
    first.plays(&game, Rock, 1).await;
    system
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
    system.end().await;
}

#[tokio::test]
async fn a_leaving_player_frees_the_lobby() {
    let system = TestSystem::new().await;
    let mut first = system.player().await;
    first.join().await;
    first.expect(json!({"type": "waiting"})).await;
    first.close().await;
    system.assert_empty().await;
    system.game().await;
}

#[tokio::test]
async fn twenty_concurrent_joins_make_ten_games() {
    let system = TestSystem::new().await;
    let mut seats: HashMap<String, u32> = HashMap::new();
    for over in system.idle_players(20).await {
        assert_eq!(over["reason"], "nobody-played", "{over}");
        let game = over["game"].as_str().expect("an id").to_owned();
        *seats.entry(game).or_default() += 1;
    }
    assert_eq!(seats.len(), 10);
    assert!(seats.values().all(|seats| *seats == 2), "{seats:?}");
    system.end().await;
}
