//! The lobby's places, with the real functions and the real queue delay.

use rps_contract::names::env;
use rps_testkit::player::Player;
use serde_json::{Value, json};

use super::system::{TestSystem, options};

async fn waiting_player(system: &TestSystem) -> Player {
    let mut player = system.player().await;
    player.join().await;
    player.expect(json!({"type": "waiting"})).await;
    player
}

/// Nobody else joins, so the second player's message pairs them, after the dead joiner's claim has expired.
#[tokio::test]
async fn players_who_wait_beside_each_other_are_paired() {
    let system = TestSystem::new().await;
    let mut first = waiting_player(&system).await;
    system.table.claim_waiting_player(0).await;
    let mut second = waiting_player(&system).await;
    let started = first.next().await;
    let game = started["game"].as_str().expect("an id").to_owned();
    let expected = |seat: &Value| {
        json!({
            "type": "game-started", "game": game, "round": 1, "play_within_ms": 2000, "max_rounds": 3,
            "decide_early": false, "opponent": "player", "seat": seat,
        })
    };
    assert_eq!(started, expected(&first.seat));
    assert_eq!(second.next().await, expected(&second.seat));
    for player in [first, second] {
        player
            .expect_over(&game, 1, ["abandoned", "nobody-played"], [None; 2])
            .await;
    }
    system.end().await;
}

/// With few places, most joiners get `try-again` at first.
#[tokio::test]
async fn all_players_play_in_a_lobby_with_few_places() {
    for places in ["1", "2"] {
        let system = TestSystem::with(options().env(env::LOBBY_PLACES, places)).await;
        for over in system.idle_players(20).await {
            assert_eq!(over["reason"], "nobody-played", "{over}");
        }
        system.end().await;
    }
}

/// AWS opened a place late, and its player plays already. The next joiner closes the place and waits.
#[tokio::test]
async fn a_leftover_place_is_closed_by_the_next_joiner() {
    let system = TestSystem::new().await;
    let (first, second, game) = system.game().await;
    let keys = system.table.keys().await;
    let player = keys.iter().find_map(|key| key.strip_prefix("C#"));
    let player = player.expect("a connection");
    let leftover = json!({
        "pk": "L#places", "v": 1, "places": {player: "late"}, "ttl": 9_999_999_999_u64,
    });
    system.table.put(leftover).await;
    let third = waiting_player(&system).await;
    third.close().await;
    for player in [first, second] {
        player
            .expect_over(&game, 1, ["abandoned", "nobody-played"], [None; 2])
            .await;
    }
    system.end().await;
}
