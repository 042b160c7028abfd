//! Interleavings with an operator who disconnects a player.

use rps_game::Position;
use rps_handlers::service::position::ConnectionSnapshot;

use super::operate::{SNAPSHOT_TIMES, SnapshotTime, run_in_order};
use super::*;
use rps_contract::names::LOBBY_KEY;

/// An operator disconnects x while another operation runs, in all orders. Afterwards x is disconnected and
/// in no game, or unchanged; `check` gets true if x is disconnected. The `$disconnect` comes late or never.
async fn disconnect_during(
    setup: impl AsyncFn() -> Simulation,
    other: impl AsyncFn(&Simulation, &FaultInjector),
    check: impl AsyncFn(&Simulation, bool),
) {
    for time in SNAPSHOT_TIMES {
        for disconnect_arrives in [true, false] {
            at_every_call(async |faults| {
                let sim = setup().await;
                let is_disconnected = disconnect_x(&sim, time, faults, &other).await;
                let is_stored = sim.items().connections.contains_key(&"x".into());
                // The end of its game removes it too.
                let may_remain = !is_disconnected || sim.game().is_some();
                assert!(may_remain || !is_stored, "the item of x is left");
                if disconnect_arrives && !sim.is_open("x") {
                    sim.leave("x").await;
                }
                sim.expire_leases();
                sim.rebalance_all().await;
                check(&sim, is_disconnected).await;
                sim.finish().await;
            })
            .await;
        }
    }
}

async fn disconnect_x(
    sim: &Simulation,
    time: SnapshotTime,
    faults: &FaultInjector,
    other: &impl AsyncFn(&Simulation, &FaultInjector),
) -> bool {
    let snapshot = sim.find("x").await.expect("connected");
    let operator = async |faults: &FaultInjector, rereads: bool| {
        let current = if rereads { sim.find("x").await } else { None };
        let snapshot = if rereads {
            current
        } else {
            Some(snapshot.clone())
        };
        disconnect(sim, faults, snapshot).await
    };
    run_in_order(time, faults, operator, async |faults| {
        other(sim, faults).await;
    })
    .await
}

/// Returns true if the operator disconnected x. If the SDK repeats the operator's first write, the game may
/// already be removed; the write still counts.
async fn disconnect(
    sim: &Simulation,
    faults: &FaultInjector,
    snapshot: Option<ConnectionSnapshot>,
) -> bool {
    let Some(snapshot) = snapshot else {
        return false;
    };
    let result = sim
        .disconnect_with_faults(faults, &snapshot)
        .await
        .expect("no crash");
    let is_repeated = matches!(snapshot.place, Position::Playing(..)) && faults.repeats(0);
    let is_disconnected = result.expect("no failure") || is_repeated;
    assert!(!is_disconnected || !sim.is_open("x"), "{snapshot:?}");
    is_disconnected
}

pub(super) fn is_over(sim: &Simulation, id: &str) -> bool {
    !sim.reasons(id).is_empty()
}

/// Asserts that x is disconnected, or open and in one place.
async fn assert_x_has_one_place_unless(is_disconnected: bool, sim: &Simulation) {
    assert_eq!(sim.is_open("x"), !is_disconnected);
    if is_disconnected {
        assert_eq!(sim.find("x").await, None);
    } else {
        let places = sim.places("x");
        assert_eq!(places.len(), 1, "{places:?}");
    }
}

/// Asserts that y got a `game-over`, or waits, or plays x.
async fn assert_y_is_not_stranded(sim: &Simulation) {
    if sim.messages_to("y").last() == Some(&ErrorCode::TryAgain.into()) && sim.is_open("y") {
        sim.join("y").await;
    }
    let places = sim.places("y");
    let messages = sim.messages_to("y");
    assert_eq!(
        is_over(sim, "y"),
        places.is_empty(),
        "{places:?} {messages:?}"
    );
    if places.iter().any(|place| place.starts_with("G#")) {
        assert_eq!(sim.places("x"), places);
        assert_eq!(sim.game_of("x"), sim.game_of("y"));
    }
}

#[tokio::test]
async fn a_player_is_disconnected_while_it_joins() {
    let join = async |sim: &Simulation, faults: &FaultInjector| {
        drop(sim.join_with_faults(faults, "x").await);
    };
    disconnect_during(
        async || Simulation::of(&["x"]).await,
        join,
        async |sim, is_disconnected| {
            assert_x_has_one_place_unless(is_disconnected, sim).await;
        },
    )
    .await;
    let y_waits = async || {
        let sim = Simulation::of(&["x", "y"]).await;
        sim.join("y").await;
        sim
    };
    disconnect_during(y_waits, join, async |sim, is_disconnected| {
        assert_x_has_one_place_unless(is_disconnected, sim).await;
        assert_y_is_not_stranded(sim).await;
    })
    .await;
}

/// x waits and y does nothing yet.
pub(super) async fn x_waits() -> Simulation {
    let sim = Simulation::of(&["x", "y"]).await;
    sim.join("x").await;
    sim
}

#[tokio::test]
async fn a_waiting_player_is_disconnected_while_another_joins() {
    let join = async |sim: &Simulation, faults: &FaultInjector| {
        drop(sim.join_with_faults(faults, "y").await);
    };
    disconnect_during(x_waits, join, async |sim, is_disconnected| {
        assert_x_has_one_place_unless(is_disconnected, sim).await;
        assert_y_is_not_stranded(sim).await;
    })
    .await;
}

#[tokio::test]
async fn a_player_is_disconnected_while_it_leaves() {
    let leave =
        async |sim: &Simulation, faults: &FaultInjector| sim.leave_with_faults(faults, "x").await;
    disconnect_during(x_waits, leave, async |sim, _| {
        assert_x_has_one_place_unless(true, sim).await;
        assert_eq!(sim.join("y").await, ServerMessage::Waiting {});
    })
    .await;
    let plays = async || Simulation::playing(Some(Play::Rock), None).await;
    disconnect_during(plays, leave, async |sim, _| {
        assert_x_has_one_place_unless(true, sim).await;
        assert!(is_over(sim, "y"));
    })
    .await;
}

#[tokio::test]
async fn an_idle_player_is_disconnected_while_it_leaves() {
    let leave =
        async |sim: &Simulation, faults: &FaultInjector| sim.leave_with_faults(faults, "x").await;
    disconnect_during(
        async || Simulation::of(&["x"]).await,
        leave,
        async |sim, _| {
            assert_x_has_one_place_unless(true, sim).await;
        },
    )
    .await;
}

#[tokio::test]
async fn a_player_is_disconnected_while_its_game_ends() {
    let decide = async |sim: &Simulation, faults: &FaultInjector| {
        let round_timer = sim.queue.round_timers.borrow_mut().remove(0);
        assert!(sim.decide_with_faults(faults, &round_timer).await);
    };
    for y in [None, Some(Play::Paper), Some(Play::Rock)] {
        let plays = async || Simulation::playing(Some(Play::Rock), y).await;
        disconnect_during(plays, decide, async |sim, is_disconnected| {
            let is_decided = y != Some(Play::Rock) || is_disconnected;
            assert_eq!(sim.is_open("x"), !is_decided);
            if y.is_none() {
                assert!(is_over(sim, "y"), "{:?}", sim.messages_to("y"));
                let left = ["x", "y"].map(|id| sim.reasons(id).contains(&Reason::OpponentLeft));
                assert_eq!(left, [false, is_disconnected], "only y gets opponent-left");
                return;
            }
            // The plays decide. After a draw, x loses the next round.
            sim.run_timers().await;
            let reasons = sim.reasons("y");
            let loses = reasons == [Reason::OpponentLeft] && is_disconnected;
            let expected = match y {
                Some(Play::Paper) => Reason::Plays,
                _ => Reason::NobodyPlayed,
            };
            assert!(reasons == [expected] || loses, "{reasons:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn two_operators_disconnect_a_player() {
    let disconnect = async |sim: &Simulation, faults: &FaultInjector| {
        disconnect(sim, faults, sim.find("x").await).await;
    };
    for waits in [true, false] {
        let setup = async || {
            if waits {
                x_waits().await
            } else {
                Simulation::of(&["x"]).await
            }
        };
        disconnect_during(setup, disconnect, async |sim, _| {
            assert_x_has_one_place_unless(true, sim).await;
        })
        .await;
    }
}

#[tokio::test]
async fn a_player_is_disconnected_while_it_is_rebalanced() {
    for y_waits in [false, true] {
        let rebalance = async |sim: &Simulation, faults: &FaultInjector| {
            let wait = sim.queue.rebalances.borrow_mut().pop().expect("sent");
            sim.rebalance_or_put_back(faults, wait).await;
        };
        let waits = async || {
            let (sim, wait) = Simulation::with_rebalance(&["y"]).await;
            sim.queue.rebalances.borrow_mut().push(wait);
            if y_waits {
                sim.wait_beside("y").await;
            }
            sim
        };
        disconnect_during(waits, rebalance, async |sim, is_disconnected| {
            assert_x_has_one_place_unless(is_disconnected, sim).await;
            if y_waits {
                assert_y_is_not_stranded(sim).await;
            }
        })
        .await;
    }
}

/// rpsctl may pause for longer than the lease, and the player joins meanwhile. rpsctl then still closes the
/// connection, and `$disconnect` frees the player's new place.
#[tokio::test]
async fn a_player_joins_after_an_operators_claim_expired() {
    at_every_call(async |faults| {
        let sim = Simulation::of(&["x", "y"]).await;
        let snapshot = sim.find("x").await;
        let command = async {
            disconnect(&sim, faults, snapshot).await;
        };
        let joins = async {
            sim.expire_leases();
            sim.join("x").await;
            sim.join("y").await;
        };
        interleave(faults, command, joins).await;
        if !sim.is_open("x") {
            sim.leave("x").await;
            let waits = sim.places("y") == [LOBBY_KEY];
            assert!(is_over(&sim, "y") != waits, "{:?}", sim.messages_to("y"));
        }
        sim.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_waiting_player_is_joined_after_an_operators_claim_expired() {
    at_every_call(async |faults| {
        let sim = x_waits().await;
        let snapshot = sim.find("x").await;
        let command = async {
            disconnect(&sim, faults, snapshot).await;
        };
        let joins = async {
            sim.expire_leases();
            sim.join("y").await;
        };
        interleave(faults, command, joins).await;
        if !sim.is_open("x") {
            sim.leave("x").await;
        }
        // At the latest, the round timer notices the closed connection.
        sim.run_timers().await;
        let waits = sim.places("y") == [LOBBY_KEY];
        assert!(is_over(&sim, "y") != waits, "{:?}", sim.messages_to("y"));
        sim.finish().await;
    })
    .await;
}
