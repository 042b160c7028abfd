//! Crashes while a player who waits alone moves to shard 0.

use rps_game::Rebalance;

use super::*;

/// Delivers the message with a fault, and again until it is done.
async fn rebalance_through(sim: &Simulation, faults: &FaultInjector, wait: Rebalance) {
    sim.rebalance_or_put_back(faults, wait).await;
    sim.rebalance_all().await;
}

#[tokio::test]
async fn the_next_delivery_finishes_a_crashed_rebalance() {
    with_every_fault(async |faults| {
        let fault = faults.fault;
        let (sim, wait) = Simulation::with_lone_player(&["y"]).await;
        rebalance_through(&sim, faults, wait).await;
        assert_eq!(sim.places("x"), ["L#0"], "{fault:?}");
        assert!(started_game(&sim.join("y").await).is_some(), "{fault:?}");
        assert!(
            sim.messages_to("x")
                .iter()
                .any(|it| started_game(it).is_some()),
            "{fault:?}"
        );
        sim.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_rebalance_that_crashes_while_starting_a_game_strands_no_player() {
    with_every_fault(async |faults| {
        let fault = faults.fault;
        let (sim, wait) = Simulation::with_lone_player(&["y"]).await;
        assert_eq!(sim.join("y").await, ServerMessage::Waiting {});
        rebalance_through(&sim, faults, wait).await;
        let places = sim.places("x");
        assert_eq!(places.len(), 1, "{fault:?}: {places:?}");
        assert!(places[0].starts_with("G#"), "{fault:?}: {places:?}");
        sim.run_timers().await;
        for id in ["x", "y"] {
            assert_eq!(sim.reason(id), Reason::NobodyPlayed, "{fault:?}");
        }
        assert_eq!(sim.endings().len(), 1, "{fault:?}: with each other");
        sim.assert_players_agree();
        sim.assert_nothing_left().await;
    })
    .await;
}

#[tokio::test]
async fn a_joiner_that_crashes_before_waiting_leaves_no_player_in_the_shard() {
    with_every_fault(async |faults| {
        let fault = faults.fault;
        let sim = Simulation::of(&["x", "y"]).await;
        sim.join_in_shards(faults, 3..4, "x").await;
        sim.rebalance_all().await;
        let places = sim.places("x");
        assert!(
            places.is_empty() || places == ["L#0"],
            "{fault:?}: {places:?}"
        );
        let again = sim.join("x").await;
        let waits = again == ServerMessage::Waiting {} || again == ErrorCode::AlreadyWaiting.into();
        assert!(waits, "{fault:?}: {again:?}");
        assert!(started_game(&sim.join("y").await).is_some(), "{fault:?}");
        sim.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_player_reserved_by_a_crashed_joiner_is_rebalanced() {
    with_every_fault(async |faults| {
        let fault = faults.fault;
        let (sim, wait) = Simulation::with_lone_player(&["y"]).await;
        sim.join_in_shards(faults, 3..4, "y").await;
        rebalance_through(&sim, &FaultInjector::none(), wait).await;
        // Either y's game is stored, or x waits in shard 0, where y now finds it.
        sim.join("y").await;
        let game = sim.places("y").swap_remove(0);
        assert!(game.starts_with("G#"), "{fault:?}: {game}");
        assert!(sim.places("x").contains(&game), "{fault:?}");
        sim.finish().await;
        assert_eq!(sim.endings().len(), 1, "{fault:?}");
    })
    .await;
}

#[tokio::test]
async fn a_rebalanced_player_with_a_closed_connection_loses_the_game() {
    with_every_fault(async |faults| {
        let fault = faults.fault;
        let (sim, wait) = Simulation::with_lone_player(&["y"]).await;
        sim.join("y").await;
        sim.close_silently("x");
        rebalance_through(&sim, faults, wait).await;
        if fault == Fault::None {
            assert_eq!(sim.reason("y"), Reason::OpponentLeft);
        }
        sim.run_timers().await;
        let expected = [Reason::OpponentLeft, Reason::NobodyPlayed];
        assert!(expected.contains(&sim.reason("y")), "{fault:?}");
        sim.assert_players_agree();
        sim.assert_nothing_left().await;
    })
    .await;
}

/// AWS stored its game after the game's timer was dropped.
#[tokio::test]
async fn the_game_of_a_rebalanced_player_gets_its_timer_again() {
    with_every_fault(async |faults| {
        let fault = faults.fault;
        let (sim, wait) = Simulation::with_lone_player(&["y"]).await;
        let after_storing = FaultInjector::new(Fault::CrashAfter(5));
        sim.join_in_shards(&after_storing, 3..4, "y").await;
        assert!(sim.game().is_some(), "y stored the game");
        sim.queue.round_timers.take();
        sim.expire_leases();
        rebalance_through(&sim, faults, wait).await;
        sim.run_timers().await;
        for id in ["x", "y"] {
            assert_eq!(sim.reason(id), Reason::NobodyPlayed, "{fault:?}");
        }
        sim.assert_players_agree();
        sim.assert_nothing_left().await;
    })
    .await;
}
