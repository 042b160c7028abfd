//! The same while an operator ends a game.

use rps_game::Game;
use rps_handlers::ports::Changed;

use super::*;

/// When the operator sees what it later changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sight {
    /// Before anything; then it is the operator that is held up, at each of its calls.
    Held,
    /// Before anything; it goes on while the other is held up.
    Before,
    /// While the other is held up.
    Meanwhile,
}
pub(super) const SIGHTS: [Sight; 3] = [Sight::Held, Sight::Before, Sight::Meanwhile];

/// Runs the operator, given its fate and whether it looks anew, and the other operation in one of these orders.
pub(super) async fn in_order<T>(
    sight: Sight,
    fate: &Fate,
    operator: impl AsyncFnOnce(&Fate, bool) -> T,
    other: impl AsyncFnOnce(&Fate),
) -> T {
    let spared = Fate::new(Blow::Spare);
    let mut done = None;
    if sight == Sight::Held {
        let operator = async { done = Some(operator(fate, false).await) };
        together(fate, operator, other(&spared)).await;
    } else {
        let anew = sight == Sight::Meanwhile;
        let operator = async { done = Some(operator(&spared, anew).await) };
        together(fate, other(fate), operator).await;
    }
    done.expect("the operator is not killed")
}

/// An operator ends the game while another operation runs, in all orders; `check` is told whether it did.
/// After that the clock runs out.
async fn ending(
    world: impl AsyncFn() -> World,
    other: impl AsyncFn(&World, &Fate),
    check: impl AsyncFn(&World, bool),
) {
    for sight in SIGHTS {
        at_every_call(async |fate| {
            let world = world().await;
            let seen = world.game().await.expect("a game");
            let operator = async |fate: &Fate, anew: bool| {
                let now = if anew { world.game().await } else { None };
                let seen = if anew { now } else { Some(seen.clone()) };
                end(&world, fate, seen).await
            };
            let other = async |fate: &Fate| other(&world, fate).await;
            let is_ended = in_order(sight, fate, operator, other).await;
            world.run_out().await;
            check(&world, is_ended).await;
            world.assert_one_truth();
            assert!(world.sockets.open.borrow().is_empty(), "all are closed");
            world.assert_nothing_left().await;
        })
        .await;
    }
}

/// Whether the operator ended the game, if there was one. What others have removed before the operator's
/// write, done already, was done again, is gone.
async fn end(world: &World, fate: &Fate, seen: Option<Game>) -> bool {
    let Some(seen) = seen else { return false };
    let ended = world.end_under(fate, &seen).await.expect("not killed");
    match ended.expect("no failure") {
        Changed::Yes(_) => true,
        Changed::No(_) => false,
        Changed::NoGame => fate.repeats(0),
    }
}

/// A round of x and y that has been played: decided, drawn, or drawn in the last round.
async fn played(y: Play, round: u8) -> World {
    let world = World::playing(Some(Play::Rock), Some(y)).await;
    for _ in 1..round {
        let tick = world.ticks.0.borrow_mut().remove(0);
        world.decide(&tick).await;
        for (id, play) in [("x", Play::Rock), ("y", y)] {
            world.play(id, play).await;
        }
    }
    world
}

async fn decide_first(world: &World, fate: &Fate) {
    let tick = world.ticks.0.borrow_mut().remove(0);
    assert!(world.decide_under(fate, &tick).await);
}

#[tokio::test]
async fn an_operator_ends_the_game_while_a_round_is_decided() {
    ending(
        async || played(Play::Paper, 1).await,
        decide_first,
        async |world, is_ended| {
            for id in ["x", "y"] {
                let reasons = world.reasons(id);
                let by_operator = is_ended && reasons == [Reason::EndedByOperator];
                assert!(by_operator || reasons == [Reason::Plays], "{reasons:?}");
            }
        },
    )
    .await;
}

#[tokio::test]
async fn an_operator_ends_the_game_while_a_round_is_drawn() {
    ending(
        async || played(Play::Rock, 1).await,
        decide_first,
        async |world, is_ended| {
            // Unless it was ended it has gone on.
            let expected = if is_ended {
                Reason::EndedByOperator
            } else {
                Reason::NobodyPlayed
            };
            for id in ["x", "y"] {
                assert_eq!(world.reasons(id), [expected]);
            }
        },
    )
    .await;
}

#[tokio::test]
async fn an_operator_ends_the_game_while_the_last_round_is_drawn() {
    ending(
        async || played(Play::Rock, 3).await,
        decide_first,
        async |world, is_ended| {
            for id in ["x", "y"] {
                let reasons = world.reasons(id);
                let by_operator = is_ended && reasons == [Reason::EndedByOperator];
                assert!(by_operator || reasons == [Reason::DrawLimit], "{reasons:?}");
            }
        },
    )
    .await;
}

/// The function that decides goes on from what the operator left.
#[tokio::test]
async fn an_operator_dies_while_a_round_is_drawn() {
    for call in 0..4 {
        at_every_call(async |fate| {
            let world = played(Play::Rock, 1).await;
            let operator = async {
                if let Some(seen) = world.game().await {
                    let died = Fate::new(Blow::DieAfter(call));
                    world.end_under(&died, &seen).await;
                }
            };
            together(fate, decide_first(&world, fate), operator).await;
            world.run_out().await;
            for id in ["x", "y"] {
                assert_eq!(world.reasons(id).len(), 1, "{call}");
            }
            world.end().await;
        })
        .await;
    }
}

#[tokio::test]
async fn an_operator_ends_the_game_while_a_play_arrives() {
    let unplayed = async || World::playing(None, None).await;
    let play = async |world: &World, fate: &Fate| {
        let played = world.play_under(fate, "x", Play::Rock).await;
        let answer = played.expect("not killed").expect("no failure");
        world.sockets.told.borrow_mut().push(("x".into(), answer));
    };
    ending(unplayed, play, async |world, is_ended| {
        assert!(is_ended);
        assert_eq!(world.reasons("y"), [Reason::EndedByOperator]);
        let told = world.told("x");
        let is_received = |told: &ServerMessage| matches!(told, ServerMessage::PlayReceived { .. });
        let refused = [ErrorCode::TooLate, ErrorCode::NotInAGame].map(ServerMessage::from);
        let played = told.iter().any(is_received);
        assert!(played || told.iter().any(|told| refused.contains(told)));
        for told in &told {
            if let ServerMessage::GameOver { you, .. } = told {
                assert!(
                    you.is_some() || !played,
                    "an accepted play counts: {told:?}"
                );
            }
        }
    })
    .await;
}

#[tokio::test]
async fn an_operator_ends_the_game_while_a_player_leaves() {
    ending(
        async || played(Play::Paper, 1).await,
        async |world, fate| world.leave_under(fate, "y").await,
        async |world, is_ended| {
            let reasons = world.reasons("x");
            let by_operator = is_ended && reasons == [Reason::EndedByOperator];
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
    ending(
        async || played(Play::Paper, 1).await,
        async |world, fate| {
            end(world, fate, world.game().await).await;
        },
        async |world, _| {
            for id in ["x", "y"] {
                assert_eq!(world.reasons(id), [Reason::EndedByOperator]);
            }
        },
    )
    .await;
}

/// It is y's join that goes on while the operator looks.
#[tokio::test]
async fn an_operator_ends_a_game_that_is_being_started() {
    at_every_call(async |fate| {
        let world = World::of(&["x", "y"]).await;
        world.join("x").await;
        let join = async { drop(world.join_under(fate, "y").await) };
        let operator = async {
            let seen = world.game().await;
            end(&world, &Fate::new(Blow::Spare), seen).await;
        };
        together(fate, join, operator).await;
        world.run_out().await;
        for id in ["x", "y"] {
            assert_eq!(world.reasons(id).len(), 1, "{id}: {:?}", world.told(id));
            assert!(!world.is_open(id), "{id}");
        }
        world.end().await;
    })
    .await;
}
