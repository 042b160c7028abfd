//! A lobby of many shards, with the real functions and the real delay of the queue.

use rps_contract::names::env;
use rps_testkit::player::Player;
use serde_json::json;

use super::stage::{Stage, options};

/// Two players who wait at the same time, so in two shards.
async fn two_alone(stage: &Stage) -> (Player, Player) {
    // Once in sixteen times both pick the same shard: they play, and two others try.
    for _ in 0..10 {
        let (mut first, mut second) = (stage.player().await, stage.player().await);
        first.join().await;
        first.expect(json!({"type": "waiting"})).await;
        second.join().await;
        if second.next().await["type"] == "waiting" {
            return (first, second);
        }
        for mut player in [first, second] {
            while player.next_or_close().await.is_some() {}
        }
    }
    panic!("there is one shard only");
}

#[tokio::test]
async fn two_players_who_wait_in_different_shards_are_brought_together() {
    let stage = Stage::with(options().env(env::LOBBY_SHARDS, "16")).await;
    let (mut first, mut second) = two_alone(&stage).await;
    let keys = stage.table.keys().await;
    let shards = keys.iter().filter(|key| key.starts_with("L#")).count();
    assert_eq!(shards, 2, "{keys:?}");
    let started = first.next().await;
    let game = started["game"].as_str().expect("an id").to_owned();
    let expected =
        json!({"type": "game-started", "game": game, "round": 1, "play_within_ms": 2000});
    assert_eq!(started, expected);
    second.expect(expected).await;
    for player in [first, second] {
        player
            .expect_over(&game, 1, ["abandoned", "nobody-played"], [None; 2])
            .await;
    }
    stage.end().await;
}

#[tokio::test]
async fn many_players_over_many_shards_all_play() {
    let stage = Stage::with(options().env(env::LOBBY_SHARDS, "16")).await;
    for over in stage.idle_players(20).await {
        assert_eq!(over["reason"], "nobody-played", "{over}");
    }
    stage.end().await;
}
