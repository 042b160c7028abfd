//! Crashes while a player who waits beside another is paired.

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
        let (sim, wait) = Simulation::with_rebalance(&["y"]).await;
        sim.wait_beside("y").await;
        rebalance_through(&sim, faults, wait).await;
        let places = sim.places("x");
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
async fn a_joiner_that_crashes_while_it_opens_a_place_strands_no_player() {
    with_every_fault(async |faults| {
        let fault = faults.fault;
        let sim = Simulation::of(&["x", "y", "w"]).await;
        sim.join("y").await;
        // w's function has claimed y and crashed.
        let crash = FaultInjector::new(Fault::CrashAfter(1));
        sim.join_with_faults(&crash, "w").await;
        sim.join_with_faults(faults, "x").await;
        sim.rebalance_all().await;
        let lobby = sim.lobby().places;
        assert!(lobby.len() <= 1, "{fault:?}: {lobby:?}");
        if sim.game_of("x").is_none() {
            let again = sim.join("x").await;
            assert!(started_game(&again).is_some(), "{fault:?}: {again:?}");
        }
        assert_eq!(sim.game_of("x"), sim.game_of("y"), "{fault:?}");
        sim.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_player_claimed_by_a_crashed_joiner_is_paired() {
    with_every_fault(async |faults| {
        let fault = faults.fault;
        let (sim, wait) = Simulation::with_rebalance(&["y"]).await;
        sim.join_with_faults(faults, "y").await;
        rebalance_through(&sim, &FaultInjector::none(), wait).await;
        // Either y's game is stored, or x still waits.
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
async fn a_paired_player_with_a_closed_connection_loses_the_game() {
    with_every_fault(async |faults| {
        let fault = faults.fault;
        let (sim, wait) = Simulation::with_rebalance(&["y"]).await;
        sim.wait_beside("y").await;
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
async fn the_game_of_a_player_with_a_rebalance_gets_its_timer_again() {
    with_every_fault(async |faults| {
        let fault = faults.fault;
        let (sim, wait) = Simulation::with_rebalance(&["y"]).await;
        let after_storing = FaultInjector::new(Fault::CrashAfter(4));
        sim.join_with_faults(&after_storing, "y").await;
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
