//! Interleavings with the rebalance of a player who waits.

use super::disconnect::is_over;
use super::*;
use rps_contract::names::LOBBY_KEY;

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
            let (sim, wait) = Simulation::with_rebalance(others).await;
            if let Some(id) = waiting {
                sim.wait_beside(id).await;
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
}

#[tokio::test]
async fn a_player_is_rebalanced_while_another_joins() {
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
        let waits = sim.places("y") == [LOBBY_KEY];
        let messages = sim.messages_to("y");
        assert!(
            is_over(sim, "y") != waits,
            "y neither won nor waits: {messages:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_player_is_rebalanced_while_it_joins_again() {
    let join = async |sim: &Simulation, faults: &FaultInjector| {
        drop(sim.join_with_faults(faults, "x").await);
    };
    in_both_orders(&["y"], None, join, async |sim| {
        assert_eq!(sim.places("x"), [LOBBY_KEY]);
        sim.join("y").await;
        assert_x_plays_y(sim).await;
    })
    .await;
    in_both_orders(&["y"], Some("y"), join, assert_x_plays_y).await;
}

#[tokio::test]
async fn a_rebalance_message_is_delivered_twice() {
    for y_waits in [false, true] {
        at_every_call(async |faults| {
            let (sim, wait) = Simulation::with_rebalance(&["y"]).await;
            if y_waits {
                sim.wait_beside("y").await;
            }
            let no_faults = FaultInjector::none();
            let first = sim.rebalance_or_put_back(faults, wait.clone());
            let second = sim.rebalance_or_put_back(&no_faults, wait);
            interleave(faults, first, second).await;
            sim.rebalance_all().await;
            if !y_waits {
                assert_eq!(sim.places("x"), [LOBBY_KEY]);
                sim.join("y").await;
            }
            assert_x_plays_y(&sim).await;
            sim.finish().await;
        })
        .await;
    }
}

/// Two deliveries for two players who wait for each other.
#[tokio::test]
async fn two_players_are_rebalanced_at_the_same_time() {
    at_every_call(async |faults| {
        let (sim, wait) = Simulation::with_rebalance(&["y"]).await;
        let other = sim.wait_beside("y").await;
        let no_faults = FaultInjector::none();
        let first = sim.rebalance_or_put_back(faults, wait);
        let second = sim.rebalance_or_put_back(&no_faults, other);
        interleave(faults, first, second).await;
        sim.rebalance_all().await;
        assert_x_plays_y(&sim).await;
        sim.finish().await;
    })
    .await;
}
