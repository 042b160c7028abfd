//! Interleavings with an operator who ends a game.

use rps_game::Game;
use rps_handlers::ports::ChangeResult;

use super::*;

/// When the operator reads the state that it later changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SnapshotTime {
    /// Before both operations. Then the operator's command pauses at each of its calls.
    BeforePausedOperator,
    /// Before both operations. Then the command runs while the other operation pauses.
    BeforeOther,
    /// While the other operation pauses.
    DuringOther,
}
pub(super) const SNAPSHOT_TIMES: [SnapshotTime; 3] = [
    SnapshotTime::BeforePausedOperator,
    SnapshotTime::BeforeOther,
    SnapshotTime::DuringOther,
];

/// Interleaves the operator's command with another operation. The command's second argument is true if it
/// must read the state again.
pub(super) async fn run_in_order<T>(
    time: SnapshotTime,
    faults: &FaultInjector,
    operator: impl AsyncFnOnce(&FaultInjector, bool) -> T,
    other: impl AsyncFnOnce(&FaultInjector),
) -> T {
    let no_faults = FaultInjector::none();
    let mut result = None;
    if time == SnapshotTime::BeforePausedOperator {
        let operator = async { result = Some(operator(faults, false).await) };
        interleave(faults, operator, other(&no_faults)).await;
    } else {
        let rereads = time == SnapshotTime::DuringOther;
        let operator = async { result = Some(operator(&no_faults, rereads).await) };
        interleave(faults, other(faults), operator).await;
    }
    result.expect("the operator's command does not crash")
}

/// An operator ends the game while another operation runs, in all orders. Then the round timers arrive.
/// `check` gets true if the operator ended the game.
async fn end_game_during(
    setup: impl AsyncFn() -> Simulation,
    other: impl AsyncFn(&Simulation, &FaultInjector),
    check: impl AsyncFn(&Simulation, bool),
) {
    for time in SNAPSHOT_TIMES {
        at_every_call(async |faults| {
            let sim = setup().await;
            let snapshot = sim.game().expect("a game");
            let operator = async |faults: &FaultInjector, rereads: bool| {
                let current = if rereads { sim.game() } else { None };
                let snapshot = if rereads {
                    current
                } else {
                    Some(snapshot.clone())
                };
                end(&sim, faults, snapshot).await
            };
            let other = async |faults: &FaultInjector| other(&sim, faults).await;
            let is_ended_by_operator = run_in_order(time, faults, operator, other).await;
            sim.run_timers().await;
            check(&sim, is_ended_by_operator).await;
            sim.assert_players_agree();
            assert!(sim.players.open.borrow().is_empty(), "all are disconnected");
            sim.assert_nothing_left().await;
        })
        .await;
    }
}

/// Returns true if the operator ended the game. If the SDK repeats the operator's first write, the game may
/// already be removed; the write still ended it.
async fn end(sim: &Simulation, faults: &FaultInjector, snapshot: Option<Game>) -> bool {
    let Some(snapshot) = snapshot else {
        return false;
    };
    let result = sim
        .end_game_with_faults(faults, &snapshot)
        .await
        .expect("no crash");
    match result.expect("no failure") {
        ChangeResult::Yes(_) => true,
        ChangeResult::No(_) => false,
        ChangeResult::NoGame => faults.repeats(0),
    }
}

/// A game in this round, in which x played rock and y played `y` in every round.
async fn played(y: Play, round: u8) -> Simulation {
    let sim = Simulation::playing(Some(Play::Rock), Some(y)).await;
    for _ in 1..round {
        let round_timer = sim.queue.round_timers.borrow_mut().remove(0);
        sim.decide(&round_timer).await;
        for (id, play) in [("x", Play::Rock), ("y", y)] {
            sim.play(id, play).await;
        }
    }
    sim
}

async fn decide_first(sim: &Simulation, faults: &FaultInjector) {
    let round_timer = sim.queue.round_timers.borrow_mut().remove(0);
    assert!(sim.decide_with_faults(faults, &round_timer).await);
}

#[tokio::test]
async fn an_operator_ends_the_game_while_a_round_is_decided() {
    end_game_during(
        async || played(Play::Paper, 1).await,
        decide_first,
        async |sim, _| {
            for id in ["x", "y"] {
                assert_eq!(sim.reasons(id), [Reason::Plays]);
            }
        },
    )
    .await;
    end_game_during(
        async || Simulation::playing(Some(Play::Rock), None).await,
        decide_first,
        async |sim, is_ended_by_operator| {
            let by_plays = [Reason::OpponentDidNotPlay, Reason::YouDidNotPlay];
            let reasons = ["x", "y"].map(|id| sim.reason(id));
            let by_operator = is_ended_by_operator && reasons == [Reason::EndedByOperator; 2];
            assert!(by_operator || reasons == by_plays, "{reasons:?}");
        },
    )
    .await;
}

#[tokio::test]
async fn an_operator_ends_the_game_while_a_round_is_drawn() {
    end_game_during(
        async || played(Play::Rock, 1).await,
        decide_first,
        async |sim, is_ended_by_operator| {
            // Without the operator, the game continues.
            let expected = if is_ended_by_operator {
                Reason::EndedByOperator
            } else {
                Reason::NobodyPlayed
            };
            for id in ["x", "y"] {
                assert_eq!(sim.reasons(id), [expected]);
            }
        },
    )
    .await;
}

#[tokio::test]
async fn an_operator_ends_the_game_while_the_last_round_is_drawn() {
    end_game_during(
        async || played(Play::Rock, 3).await,
        decide_first,
        async |sim, _| {
            for id in ["x", "y"] {
                assert_eq!(sim.reasons(id), [Reason::DrawLimit]);
            }
        },
    )
    .await;
}

/// `decide` finishes the operator's command.
#[tokio::test]
async fn an_operators_end_crashes_while_a_round_is_drawn() {
    for call in 0..4 {
        at_every_call(async |faults| {
            let sim = played(Play::Rock, 1).await;
            let operator = async {
                if let Some(snapshot) = sim.game() {
                    let crash = FaultInjector::new(Fault::CrashAfter(call));
                    sim.end_game_with_faults(&crash, &snapshot).await;
                }
            };
            interleave(faults, decide_first(&sim, faults), operator).await;
            sim.run_timers().await;
            for id in ["x", "y"] {
                assert_eq!(sim.reasons(id).len(), 1, "{call}");
            }
            sim.finish().await;
        })
        .await;
    }
}

#[tokio::test]
async fn an_operator_ends_the_game_while_a_play_arrives() {
    let unplayed = async || Simulation::playing(None, None).await;
    let play = async |sim: &Simulation, faults: &FaultInjector| {
        let answer = sim.play_with_faults(faults, "x", Play::Rock).await;
        let answer = answer.expect("no crash").expect("no failure");
        sim.players.messages.borrow_mut().push(("x".into(), answer));
    };
    end_game_during(unplayed, play, async |sim, is_ended_by_operator| {
        assert!(is_ended_by_operator);
        assert_eq!(sim.reasons("y"), [Reason::EndedByOperator]);
        let messages = sim.messages_to("x");
        let is_received = |it: &ServerMessage| matches!(it, ServerMessage::PlayReceived { .. });
        let refusals = [ErrorCode::TooLate, ErrorCode::NotInAGame].map(ServerMessage::from);
        let is_accepted = messages.iter().any(is_received);
        assert!(is_accepted || messages.iter().any(|message| refusals.contains(message)));
        for message in &messages {
            if let ServerMessage::GameOver { you, .. } = message {
                assert!(
                    you.is_some() || !is_accepted,
                    "an accepted play counts: {message:?}"
                );
            }
        }
    })
    .await;
}

#[tokio::test]
async fn an_operator_ends_the_game_while_a_player_leaves() {
    end_game_during(
        async || Simulation::playing(Some(Play::Rock), None).await,
        async |sim, faults| sim.leave_with_faults(faults, "y").await,
        async |sim, is_ended_by_operator| {
            let reasons = sim.reasons("x");
            let by_operator = is_ended_by_operator && reasons == [Reason::EndedByOperator];
            assert!(
                by_operator || reasons == [Reason::OpponentLeft],
                "{reasons:?}"
            );
        },
    )
    .await;
}

#[tokio::test]
async fn two_operators_end_the_game() {
    end_game_during(
        async || Simulation::playing(Some(Play::Rock), None).await,
        async |sim, faults| {
            end(sim, faults, sim.game()).await;
        },
        async |sim, _| {
            for id in ["x", "y"] {
                assert_eq!(sim.reasons(id), [Reason::EndedByOperator]);
            }
        },
    )
    .await;
}

/// y's join pauses while the operator reads and ends the game.
#[tokio::test]
async fn an_operator_ends_a_game_while_it_starts() {
    at_every_call(async |faults| {
        let sim = Simulation::of(&["x", "y"]).await;
        sim.join("x").await;
        let join = async { drop(sim.join_with_faults(faults, "y").await) };
        let operator = async {
            let snapshot = sim.game();
            end(&sim, &FaultInjector::none(), snapshot).await;
        };
        interleave(faults, join, operator).await;
        sim.run_timers().await;
        for id in ["x", "y"] {
            assert_eq!(sim.reasons(id).len(), 1, "{id}: {:?}", sim.messages_to(id));
            assert!(!sim.is_open(id), "{id}");
        }
        sim.finish().await;
    })
    .await;
}
