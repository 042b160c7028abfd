//! Operators may delete obsolete messages, and no needed message counts as obsolete. Each operation pauses
//! or crashes at each of its calls while an operator deletes all obsolete messages. Still every game ends,
//! and no player waits alone.

use rps_game::{ErrorCode, Play, ServerMessage};

use crate::support::faults::{Fault, FaultInjector};
use crate::support::simulation::Simulation;

/// Deletes obsolete messages while the operation pauses at each of its calls or after it crashed there, and
/// again when all leases are over. Then everything must end.
async fn delete_during(
    setup: impl AsyncFn() -> Simulation,
    operation: impl AsyncFn(&Simulation, &FaultInjector),
) {
    let run = async |fault: Fault| {
        let (sim, faults) = (setup().await, FaultInjector::new(fault));
        let deletion = async { sim.delete_obsolete().await };
        if faults.pauses() {
            tokio::join!(operation(&sim, &faults), faults.while_paused(deletion));
        } else {
            operation(&sim, &faults).await;
            deletion.await;
        }
        sim.expire_leases();
        sim.delete_obsolete().await;
        assert_everything_ends(&sim, fault).await;
        faults.calls()
    };
    let calls = run(Fault::None).await;
    assert!((2..30).contains(&calls), "{calls} calls");
    for call in 0..calls {
        for fault in [
            Fault::Pause(call),
            Fault::PauseAndRepeat(call),
            Fault::CrashBefore(call),
            Fault::CrashAfter(call),
            Fault::Fail(call),
            Fault::LoseResponse(call),
        ] {
            run(fault).await;
        }
    }
}

/// The round timers end every game. A player whose last message is `waiting` waits alone.
async fn assert_everything_ends(sim: &Simulation, fault: Fault) {
    sim.run_timers().await;
    sim.rebalance_all().await;
    sim.run_timers().await;
    let games = sim.items().games;
    assert!(games.is_empty(), "{fault:?}: a game without a round timer");
    for id in ["x", "y"] {
        let messages = sim.messages_to(id);
        let waits = messages.last() == Some(&ServerMessage::Waiting {});
        if waits && sim.is_open(id) {
            let lobby = sim.lobby().places;
            let is_alone = lobby
                .keys()
                .all(|other| other.as_str() == id || !sim.is_open(other.as_str()));
            let waits = lobby.contains_key(&id.into());
            assert!(
                waits && is_alone,
                "{fault:?}: {id} in {lobby:?}: {messages:?}"
            );
        }
    }
    // The next joiners remove stale players from the lobby.
    for id in ["z", "w"] {
        sim.connect(id).await;
        sim.join(id).await;
    }
    sim.rebalance_all().await;
    sim.run_timers().await;
    sim.assert_players_agree();
    let mut left = sim.keys_after_all_leave().await;
    // Only a connection without a claim, whose `leave` crashed, may remain.
    left.retain(|key| key != "C#x");
    assert!(left.is_empty(), "{fault:?}: {left:?}");
}

/// x waits, and its rebalance message is due. If `y_waits`, y waits beside it.
async fn x_waits(y_waits: bool) -> Simulation {
    let (sim, wait) = Simulation::with_rebalance(&["y"]).await;
    sim.queue.rebalances.borrow_mut().push(wait);
    if y_waits {
        sim.wait_beside("y").await;
    }
    sim
}

/// Delivers the first round timer, and puts it back unless it is done.
async fn decide(sim: &Simulation, faults: &FaultInjector) {
    let round_timer = sim.queue.round_timers.borrow_mut().remove(0);
    if !sim.decide_with_faults(faults, &round_timer).await {
        sim.queue.round_timers.borrow_mut().push(round_timer);
    }
}

async fn rebalance(sim: &Simulation, faults: &FaultInjector) {
    let wait = sim.queue.rebalances.borrow_mut().remove(0);
    sim.rebalance_or_put_back(faults, wait).await;
}

#[tokio::test]
async fn deletes_while_a_player_starts_to_wait() {
    delete_during(
        async || {
            let sim = Simulation::of(&["x", "y", "w"]).await;
            sim.join("y").await;
            // w's function has claimed y and crashed.
            sim.join_with_faults(&FaultInjector::new(Fault::CrashAfter(1)), "w")
                .await;
            sim
        },
        async |sim, faults| drop(sim.join_with_faults(faults, "x").await),
    )
    .await;
}

#[tokio::test]
async fn deletes_while_a_game_starts() {
    delete_during(
        async || x_waits(false).await,
        async |sim, faults| drop(sim.join_with_faults(faults, "y").await),
    )
    .await;
    delete_during(
        async || {
            let sim = Simulation::of(&["x", "y"]).await;
            sim.join("x").await;
            sim
        },
        async |sim, faults| {
            let answer = sim.join_with_faults(faults, "y").await;
            assert_ne!(answer, Some(ErrorCode::AlreadyWaiting.into()));
        },
    )
    .await;
}

#[tokio::test]
async fn deletes_while_a_player_is_rebalanced() {
    for y_waits in [false, true] {
        delete_during(async || x_waits(y_waits).await, rebalance).await;
    }
}

#[tokio::test]
async fn deletes_while_a_round_is_decided() {
    for y in [Play::Rock, Play::Paper] {
        delete_during(
            async || Simulation::playing(Some(Play::Rock), Some(y)).await,
            decide,
        )
        .await;
    }
}

#[tokio::test]
async fn deletes_while_a_player_leaves() {
    delete_during(
        async || Simulation::playing(Some(Play::Rock), Some(Play::Rock)).await,
        async |sim, faults| sim.leave_with_faults(faults, "y").await,
    )
    .await;
    delete_during(
        async || x_waits(false).await,
        async |sim, faults| sim.leave_with_faults(faults, "x").await,
    )
    .await;
}

#[tokio::test]
async fn deletes_while_an_operator_ends_a_game() {
    delete_during(
        async || Simulation::playing(Some(Play::Rock), Some(Play::Rock)).await,
        async |sim, faults| {
            let snapshot = sim.game().expect("a game");
            sim.end_game_with_faults(faults, &snapshot).await;
        },
    )
    .await;
}

#[tokio::test]
async fn deletes_while_an_operator_disconnects_a_player() {
    let disconnect = async |sim: &Simulation, faults: &FaultInjector| {
        let snapshot = sim.find("x").await.expect("connected");
        sim.disconnect_with_faults(faults, &snapshot).await;
    };
    delete_during(async || x_waits(false).await, disconnect).await;
    delete_during(
        async || Simulation::playing(Some(Play::Rock), Some(Play::Rock)).await,
        disconnect,
    )
    .await;
    let is_claimed = async || {
        let sim = x_waits(true).await;
        rebalance(&sim, &FaultInjector::new(Fault::CrashAfter(2))).await;
        sim.expire_leases();
        sim
    };
    delete_during(is_claimed, disconnect).await;
}
