//! Guarantees 1 to 7 under crashes. Each operation crashes before and after each of its AWS calls, and each
//! call fails or loses its response. Still every game ends, both players get the same result, and nothing
//! is left.

mod operate;
mod rebalance;

use rps_game::{ErrorCode, Play, Reason, ServerMessage};
use rps_handlers::ports::ChangeResult;

use crate::support::faults::{Fault, FaultInjector};
use crate::support::results::started_game;
use crate::support::simulation::Simulation;

/// No operation here makes more calls.
const MOST_CALLS: u32 = 30;

/// Runs the scenario with every fault at every call of its operation.
pub(crate) async fn with_every_fault(scenario: impl AsyncFn(&FaultInjector)) {
    let run = async |fault| {
        let faults = FaultInjector::new(fault);
        scenario(&faults).await;
        faults.calls()
    };
    let calls = run(Fault::None).await;
    assert!((1..MOST_CALLS).contains(&calls), "{calls} calls");
    for call in 0..calls {
        for fault in [
            Fault::CrashBefore(call),
            Fault::CrashAfter(call),
            Fault::Fail(call),
            Fault::LoseResponse(call),
        ] {
            run(fault).await;
        }
    }
}

#[tokio::test]
async fn a_joiner_that_crashes_while_starting_a_game_strands_no_player() {
    with_every_fault(async |faults| {
        let fault = faults.fault;
        let sim = Simulation::of(&["x", "y", "z"]).await;
        assert_eq!(sim.join("x").await, ServerMessage::Waiting {});
        sim.join_with_faults(faults, "y").await;
        // When y's function is certainly dead, z gets a game or waits for the next player.
        sim.expire_leases();
        let z = sim.join("z").await;
        let waits = !sim.lobby().places.is_empty();
        assert!(
            started_game(&z).is_some() != waits,
            "{fault:?}: z got {z:?}, a player waits: {waits}"
        );
        let games = sim.items().games.len();
        assert_eq!(games, 1, "{fault:?}: x waited, y and z joined: one game");
        sim.run_timers().await;
        assert_eq!(
            sim.endings().len(),
            1,
            "{fault:?}: the round timer ends the game"
        );
        sim.assert_players_agree();
        sim.assert_nothing_left().await;
    })
    .await;
}

#[tokio::test]
async fn a_waiting_player_whose_joiner_crashed_learns_that_it_plays() {
    let sim = Simulation::of(&["x", "y"]).await;
    sim.join("x").await;
    // y has stored the game, and has neither closed x's place nor notified x.
    let crash = FaultInjector::new(Fault::CrashAfter(4));
    assert_eq!(sim.join_with_faults(&crash, "y").await, None);
    assert_eq!(sim.places("x").len(), 2);
    assert_eq!(sim.join("x").await, ErrorCode::AlreadyInAGame.into());
    sim.finish().await;
}

#[tokio::test]
async fn a_joiner_that_crashes_leaves_nothing_behind() {
    with_every_fault(async |faults| {
        let sim = Simulation::of(&["x", "y"]).await;
        sim.join("x").await;
        sim.join_with_faults(faults, "y").await;
        sim.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_joiner_that_crashes_before_waiting_can_join_again() {
    with_every_fault(async |faults| {
        let fault = faults.fault;
        let sim = Simulation::of(&["x", "y"]).await;
        sim.join_with_faults(faults, "x").await;
        sim.expire_leases();
        let again = sim.join("x").await;
        let waits = again == ServerMessage::Waiting {} || again == ErrorCode::AlreadyWaiting.into();
        assert!(waits, "{fault:?}: {again:?}");
        assert!(started_game(&sim.join("y").await).is_some(), "{fault:?}");
        sim.play("x", Play::Rock).await;
        sim.run_timers().await;
        let reasons = ["x", "y"].map(|id| sim.reason(id));
        let expected = [Reason::OpponentDidNotPlay, Reason::YouDidNotPlay];
        assert_eq!(reasons, expected, "{fault:?}");
        sim.assert_nothing_left().await;
    })
    .await;
}

/// Delivers the oldest round timer with a fault, and again without a fault if it is not done.
async fn decide_through(sim: &Simulation, faults: &FaultInjector) {
    let round_timer = sim.queue.round_timers.borrow_mut().remove(0);
    if !sim.decide_with_faults(faults, &round_timer).await {
        sim.decide(&round_timer).await;
    }
}

#[tokio::test]
async fn the_next_delivery_finishes_a_crashed_decision() {
    with_every_fault(async |faults| {
        let fault = faults.fault;
        let sim = Simulation::playing(Some(Play::Rock), Some(Play::Paper)).await;
        decide_through(&sim, faults).await;
        assert_eq!(sim.reason("x"), Reason::Plays, "{fault:?}");
        assert_eq!(sim.reason("y"), Reason::Plays, "{fault:?}");
        sim.assert_players_agree();
        assert!(
            sim.players.open.borrow().is_empty(),
            "{fault:?}: both are disconnected"
        );
        assert!(sim.keys().is_empty(), "{fault:?}: nothing is left");
    })
    .await;
}

#[tokio::test]
async fn a_crashed_draw_continues_with_exactly_one_next_round() {
    with_every_fault(async |faults| {
        let fault = faults.fault;
        let sim = Simulation::playing(Some(Play::Rock), Some(Play::Rock)).await;
        decide_through(&sim, faults).await;
        sim.play("x", Play::Rock).await;
        sim.play("y", Play::Scissors).await;
        // Only one of the timers for round 2 matches it. In any order, they decide the round once.
        sim.run_timers().await;
        for id in ["x", "y"] {
            assert_eq!(sim.reason(id), Reason::Plays, "{fault:?}");
        }
        let rounds = sim
            .endings()
            .into_values()
            .flatten()
            .map(|(_, over)| match over {
                ServerMessage::GameOver { rounds, .. } => rounds,
                other => panic!("{other:?}"),
            });
        assert_eq!(rounds.collect::<Vec<_>>(), [2, 2], "{fault:?}");
        sim.assert_players_agree();
        sim.assert_nothing_left().await;
    })
    .await;
}

#[tokio::test]
async fn the_round_timer_finishes_a_crashed_leave() {
    with_every_fault(async |faults| {
        let fault = faults.fault;
        let sim = Simulation::playing(Some(Play::Rock), None).await;
        sim.leave_with_faults(faults, "y").await;
        sim.run_timers().await;
        // If `leave` crashed before it closed the round, the plays decide. x wins either way.
        let expected = [Reason::OpponentLeft, Reason::OpponentDidNotPlay];
        assert!(expected.contains(&sim.reason("x")), "{fault:?}");
        let messages = sim.messages_to("y");
        assert!(
            messages.iter().all(|it| started_game(it).is_some()),
            "{fault:?}"
        );
        sim.assert_players_agree();
        sim.assert_nothing_left().await;
    })
    .await;
}

#[tokio::test]
async fn the_next_joiner_removes_the_stale_player_of_a_crashed_leave() {
    with_every_fault(async |faults| {
        let fault = faults.fault;
        let sim = Simulation::of(&["x", "y", "z"]).await;
        sim.join("x").await;
        sim.leave_with_faults(faults, "x").await;
        assert_eq!(sim.join("y").await, ServerMessage::Waiting {}, "{fault:?}");
        assert!(started_game(&sim.join("z").await).is_some(), "{fault:?}");
        sim.run_timers().await;
        assert_eq!(sim.reason("y"), Reason::NobodyPlayed);
        // Only the connection that `leave` did not remove may remain.
        let left: Vec<String> = sim.keys();
        assert!(left.iter().all(|key| key == "C#x"), "{fault:?}: {left:?}");
    })
    .await;
}

#[tokio::test]
async fn a_play_whose_function_crashes_is_stored_or_can_be_repeated() {
    let sim = Simulation::playing(None, None).await;
    for call in 0..2 {
        for fault in [
            Fault::CrashBefore(call),
            Fault::CrashAfter(call),
            Fault::LoseResponse(call),
        ] {
            let faults = FaultInjector::new(fault);
            let _ = sim.play_with_faults(&faults, "x", Play::Rock).await;
            let again = sim.play("x", Play::Rock).await;
            assert!(
                matches!(again, ServerMessage::PlayReceived { .. }),
                "{fault:?}: {again:?}"
            );
        }
    }
    sim.run_timers().await;
    assert_eq!(sim.reason("x"), Reason::OpponentDidNotPlay);
    sim.assert_nothing_left().await;
}
