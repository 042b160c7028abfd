//! Several lobby shards, with the real functions and the real queue delay.

use rps_contract::names::env;
use rps_testkit::player::Player;
use serde_json::json;

use super::system::{TestSystem, options};

/// Two players who wait in different shards.
async fn two_waiting_players(system: &TestSystem) -> (Player, Player) {
    // With probability 1/16 both pick the same shard and play; then two others try.
    for _ in 0..10 {
        let (mut first, mut second) = (system.player().await, system.player().await);
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
    panic!("the players always meet: there is only one shard");
}

#[tokio::test]
async fn players_in_different_shards_are_paired() {
    let system = TestSystem::with(options().env(env::LOBBY_SHARDS, "16")).await;
    let (mut first, mut second) = two_waiting_players(&system).await;
    let keys = system.table.keys().await;
    let shards = keys.iter().filter(|key| key.starts_with("L#")).count();
    assert_eq!(shards, 2, "{keys:?}");
    let started = first.next().await;
    let game = started["game"].as_str().expect("an id").to_owned();
    let expected = json!({
        "type": "game-started", "game": game, "round": 1, "play_within_ms": 2000, "max_rounds": 3,
        "decide_early": false,
    });
    assert_eq!(started, expected);
    second.expect(expected).await;
    for player in [first, second] {
        player
            .expect_over(&game, 1, ["abandoned", "nobody-played"], [None; 2])
            .await;
    }
    system.end().await;
}

#[tokio::test]
async fn all_players_in_many_shards_play() {
    let system = TestSystem::with(options().env(env::LOBBY_SHARDS, "16")).await;
    for over in system.idle_players(20).await {
        assert_eq!(over["reason"], "nobody-played", "{over}");
    }
    system.end().await;
}
