//! Interleavings with the rebalance of a player who waits alone.

use super::disconnect::is_over;
use super::*;

/// The rebalance of x pauses while another operation runs, and vice versa. Then all rebalance messages are
/// delivered.
async fn in_both_orders(
    others: &[&str],
    waiting: Option<&str>,
    other: impl AsyncFn(&Simulation, &FaultInjector),
    check: impl AsyncFn(&Simulation),
) {
    for rebalance_pauses in [true, false] {
        at_every_call(async |faults| {
            let (sim, wait) = Simulation::with_lone_player(others).await;
            if let Some(id) = waiting {
                assert_eq!(sim.join(id).await, ServerMessage::Waiting {});
            }
            let no_faults = FaultInjector::none();
            if rebalance_pauses {
                let rebalance = sim.rebalance_or_put_back(faults, wait);
                interleave(faults, rebalance, other(&sim, &no_faults)).await;
            } else {
                let rebalance = sim.rebalance_or_put_back(&no_faults, wait);
                interleave(faults, other(&sim, faults), rebalance).await;
            }
            sim.rebalance_all().await;
            check(&sim).await;
            sim.finish().await;
        })
        .await;
    }
}

/// Asserts that x and y play each other and got `game-started`. If y got `try-again`, it joins again first.
async fn assert_x_plays_y(sim: &Simulation) {
    if sim.messages_to("y").last() == Some(&ErrorCode::TryAgain.into()) {
        sim.join("y").await;
    }
    let game = sim.game_of("x").expect("a game-started for x");
    assert_eq!(sim.game_of("y").as_ref(), Some(&game));
    for id in ["x", "y"] {
        let mut places = sim.places(id);
        places.retain(|place| place.starts_with("G#"));
        assert_eq!(places, [format!("G#{game}")], "{id}");
    }
    // An entry that the SDK repeated may refer to this game. The next joiner or the game's end clears it.
    for waiting in sim.items().lobby.into_values() {
        assert_eq!(waiting.game, game);
    }
}

#[tokio::test]
async fn a_player_is_rebalanced_while_another_joins_in_its_shard() {
    let join = async |sim: &Simulation, faults: &FaultInjector| {
        drop(sim.join_in_shards(faults, 3..4, "y").await);
    };
    in_both_orders(&["y"], None, join, assert_x_plays_y).await;
}

#[tokio::test]
async fn a_player_is_rebalanced_while_another_joins_in_shard_0() {
    let join = async |sim: &Simulation, faults: &FaultInjector| {
        drop(sim.join_with_faults(faults, "y").await);
    };
    in_both_orders(&["y"], None, join, assert_x_plays_y).await;
}

#[tokio::test]
async fn a_player_is_rebalanced_while_it_leaves() {
    let leave =
        async |sim: &Simulation, faults: &FaultInjector| sim.leave_with_faults(faults, "x").await;
    in_both_orders(&[], None, leave, async |sim| {
        sim.assert_nothing_left().await;
    })
    .await;
    in_both_orders(&["y"], Some("y"), leave, async |sim| {
        let waits = sim.places("y") == ["L#0"];
        let messages = sim.messages_to("y");
        assert!(
            is_over(sim, "y") != waits,
            "y neither won nor waits: {messages:?}"
        );
    })
    .await;
}

async fn rebalance_while_x_joins_in(shard: u8) {
    let join = async |sim: &Simulation, faults: &FaultInjector| {
        drop(sim.join_in_shards(faults, shard..shard + 1, "x").await);
    };
    in_both_orders(&["y"], None, join, async |sim| {
        assert_eq!(sim.places("x"), ["L#0"]);
        sim.join("y").await;
        assert_x_plays_y(sim).await;
    })
    .await;
}

#[tokio::test]
async fn a_player_is_rebalanced_while_it_joins_again_in_shard_0() {
    rebalance_while_x_joins_in(0).await;
}

#[tokio::test]
async fn a_player_is_rebalanced_while_it_joins_again_in_its_shard() {
    rebalance_while_x_joins_in(3).await;
}

#[tokio::test]
async fn a_player_is_rebalanced_while_it_joins_again_elsewhere() {
    rebalance_while_x_joins_in(5).await;
}

#[tokio::test]
async fn a_player_is_rebalanced_into_a_game_while_it_joins_again() {
    let join = async |sim: &Simulation, faults: &FaultInjector| {
        drop(sim.join_in_shards(faults, 5..6, "x").await);
    };
    in_both_orders(&["y"], Some("y"), join, assert_x_plays_y).await;
}

#[tokio::test]
async fn a_rebalance_message_is_delivered_twice() {
    for waiting in [None, Some("y")] {
        at_every_call(async |faults| {
            let (sim, wait) = Simulation::with_lone_player(&["y"]).await;
            if let Some(id) = waiting {
                sim.join(id).await;
            }
            let no_faults = FaultInjector::none();
            let first = sim.rebalance_or_put_back(faults, wait.clone());
            let second = sim.rebalance_or_put_back(&no_faults, wait);
            interleave(faults, first, second).await;
            sim.rebalance_all().await;
            if waiting.is_none() {
                assert_eq!(sim.places("x"), ["L#0"]);
                sim.join("y").await;
            }
            assert_x_plays_y(&sim).await;
            sim.finish().await;
        })
        .await;
    }
}
