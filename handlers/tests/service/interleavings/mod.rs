//! Interleaves two operations: one pauses at each of its calls in turn, while the other runs completely.
//! The pause comes before the call, or after it, when the response is lost and the SDK repeats the call.

mod disconnect;
mod operate;
mod rebalance;
mod stale;

use rps_game::{ErrorCode, Play, Reason, ServerMessage};

use crate::support::faults::{Fault, FaultInjector};
use crate::support::results::started_game;
use crate::support::simulation::Simulation;

/// Runs the scenario with each kind of pause at each call of its operation.
async fn at_every_call(scenario: impl AsyncFn(&FaultInjector)) {
    let run = async |fault| {
        let faults = FaultInjector::new(fault);
        scenario(&faults).await;
        faults.calls()
    };
    let calls = run(Fault::None).await;
    assert!((2..30).contains(&calls), "{calls} calls");
    for call in 0..calls {
        run(Fault::Pause(call)).await;
        run(Fault::PauseAndRepeat(call)).await;
    }
}

/// Runs `other` while `paused` pauses; or after it, if the injector has no pause.
async fn interleave(
    faults: &FaultInjector,
    paused: impl Future<Output = ()>,
    other: impl Future<Output = ()>,
) {
    if faults.pauses() {
        tokio::join!(paused, faults.while_paused(other));
    } else {
        paused.await;
        other.await;
    }
}

#[tokio::test]
async fn a_player_leaves_while_joining_an_empty_lobby() {
    at_every_call(async |faults| {
        let sim = Simulation::of(&["x"]).await;
        let join = async { drop(sim.join_with_faults(faults, "x").await) };
        interleave(faults, join, sim.leave("x")).await;
        sim.assert_nothing_left().await;
    })
    .await;
}

#[tokio::test]
async fn a_player_joins_while_two_others_join() {
    at_every_call(async |faults| {
        let sim = Simulation::of(&["x", "y", "w"]).await;
        let join = async { drop(sim.join_with_faults(faults, "x").await) };
        let others = async {
            sim.join("y").await;
            sim.join("w").await;
        };
        interleave(faults, join, others).await;
        let messages = sim.messages_to("x");
        let mut games: Vec<_> = messages.iter().filter_map(started_game).collect();
        assert!(games.len() <= 2, "at most one route response and one push");
        games.dedup();
        assert!(games.len() <= 1, "x is in two games: {games:?}");
        sim.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_player_leaves_while_joining_a_waiting_player() {
    at_every_call(async |faults| {
        let sim = Simulation::of(&["x", "y"]).await;
        sim.join("x").await;
        let join = async { drop(sim.join_with_faults(faults, "y").await) };
        interleave(faults, join, sim.leave("y")).await;
        sim.finish().await;
    })
    .await;
}

#[tokio::test]
async fn the_waiting_player_leaves_while_another_joins() {
    at_every_call(async |faults| {
        let sim = Simulation::of(&["x", "y"]).await;
        sim.join("x").await;
        let join = async { drop(sim.join_with_faults(faults, "y").await) };
        interleave(faults, join, sim.leave("x")).await;
        let messages = sim.messages_to("y");
        let over = sim.reasons("y").contains(&Reason::OpponentLeft);
        assert!(
            over || messages.contains(&ServerMessage::Waiting {}),
            "y neither won nor waits: {messages:?}"
        );
        sim.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_player_joins_twice() {
    at_every_call(async |faults| {
        let sim = Simulation::of(&["x", "y", "z"]).await;
        sim.join("x").await;
        let first = async { drop(sim.join_with_faults(faults, "y").await) };
        interleave(faults, first, async { drop(sim.join("y").await) }).await;
        assert!(sim.game_of("y").is_some(), "{:?}", sim.messages_to("y"));
        assert_eq!(sim.game_of("y"), sim.game_of("x"));
        assert_eq!(
            sim.join("z").await,
            ServerMessage::Waiting {},
            "y is in one place"
        );
        sim.finish().await;
    })
    .await;
}

#[tokio::test]
async fn two_players_join_a_waiting_player() {
    at_every_call(async |faults| {
        let sim = Simulation::of(&["x", "y", "z"]).await;
        sim.join("x").await;
        let first = async { drop(sim.join_with_faults(faults, "y").await) };
        let second = async {
            // z may get `try-again` while y's join pauses.
            let answer = sim.join("z").await;
            assert!(answer != ErrorCode::AlreadyWaiting.into(), "{answer:?}");
        };
        interleave(faults, first, second).await;
        let [y, z] = ["y", "z"].map(|id| sim.game_of(id));
        assert!(y.is_some() != z.is_some(), "one of them plays: {y:?} {z:?}");
        assert_eq!(
            sim.game_of("x"),
            y.or(z),
            "x has one game, with one of them"
        );
        sim.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_player_leaves_while_the_round_is_decided() {
    for plays in [(Play::Rock, Play::Paper), (Play::Rock, Play::Rock)] {
        at_every_call(async |faults| {
            let sim = Simulation::playing(Some(plays.0), Some(plays.1)).await;
            let round_timer = sim.queue.round_timers.borrow_mut().remove(0);
            let decide = async { assert!(sim.decide_with_faults(faults, &round_timer).await) };
            interleave(faults, decide, sim.leave("y")).await;
            sim.run_timers().await;
            assert_eq!(sim.endings().len(), 1, "x gets a game-over");
            sim.assert_players_agree();
            sim.assert_nothing_left().await;
        })
        .await;
    }
}

#[tokio::test]
async fn both_players_leave() {
    at_every_call(async |faults| {
        let sim = Simulation::playing(None, None).await;
        interleave(faults, sim.leave_with_faults(faults, "x"), sim.leave("y")).await;
        sim.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_round_timer_is_delivered_twice() {
    for plays in [(Play::Rock, Play::Paper), (Play::Rock, Play::Rock)] {
        at_every_call(async |faults| {
            let sim = Simulation::playing(Some(plays.0), Some(plays.1)).await;
            let round_timer = sim.queue.round_timers.borrow_mut().remove(0);
            let decide = async { assert!(sim.decide_with_faults(faults, &round_timer).await) };
            interleave(faults, decide, sim.decide(&round_timer)).await;
            sim.run_timers().await;
            assert_eq!(sim.endings().len(), 1);
            sim.assert_players_agree();
            sim.assert_nothing_left().await;
        })
        .await;
    }
}

#[tokio::test]
async fn a_play_arrives_while_the_round_is_decided() {
    at_every_call(async |faults| {
        let sim = Simulation::playing(Some(Play::Rock), Some(Play::Rock)).await;
        let round_timer = sim.queue.round_timers.borrow_mut().remove(0);
        let decide = async { assert!(sim.decide_with_faults(faults, &round_timer).await) };
        let play = async {
            let answer = sim.play("x", Play::Rock).await;
            let is_received = matches!(answer, ServerMessage::PlayReceived { .. });
            assert!(
                is_received || answer == ErrorCode::TooLate.into(),
                "{answer:?}"
            );
        };
        interleave(faults, decide, play).await;
        sim.finish().await;
    })
    .await;
}
