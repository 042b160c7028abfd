//! Guarantees 1 to 7 under crashes: each operation is killed before and after each of its calls to AWS,
//! each call is made to fail and to lose its answer, and still every game ends, both players hear the
//! same, and nothing is left.

mod gather;
mod operate;

use rps_game::{ErrorCode, Play, Reason, ServerMessage};
use rps_handlers::ports::Changed;

use crate::support::fate::{Blow, Fate};
use crate::support::truth::started;
use crate::support::world::World;

/// The most calls an operation makes here; a sweep must reach its end.
const MOST_CALLS: u32 = 30;

/// Every blow at every call of an operation.
async fn sweep(scenario: impl AsyncFn(&Fate)) {
    let run = async |blow| {
        let fate = Fate::new(blow);
        scenario(&fate).await;
        fate.calls()
    };
    let calls = run(Blow::Spare).await;
    assert!((1..MOST_CALLS).contains(&calls), "{calls} calls");
    for call in 0..calls {
        for blow in [
            Blow::DieBefore(call),
            Blow::DieAfter(call),
            Blow::Fail(call),
            Blow::LoseAnswer(call),
        ] {
            run(blow).await;
        }
    }
}

#[tokio::test]
async fn a_joiner_that_dies_while_starting_a_game_strands_nobody() {
    sweep(async |fate| {
        let blow = fate.blow;
        let world = World::of(&["x", "y", "z"]).await;
        assert_eq!(world.join("x").await, ServerMessage::Waiting {});
        world.join_under(fate, "y").await;
        // Whatever y's function left: once it is surely dead, z gets a game, or waits for the next one.
        world.outlive_leases();
        let z = world.join("z").await;
        let waits = world.table.items().await.contains_key("L#0");
        assert!(
            started(&z).is_some() != waits,
            "{blow:?}: z was told {z:?}, lobby taken: {waits}"
        );
        let started = world
            .table
            .items()
            .await
            .keys()
            .filter(|key| key.starts_with("G#"))
            .count();
        assert_eq!(started, 1, "{blow:?}: x waited, y and z joined: one game");
        world.run_out().await;
        assert_eq!(
            world.ends().len(),
            1,
            "{blow:?}: the game ended by its clock"
        );
        world.assert_one_truth();
        world.assert_nothing_left().await;
    })
    .await;
}

#[tokio::test]
async fn a_joiner_that_dies_leaves_nothing_behind_though_nobody_joins_after_it() {
    sweep(async |fate| {
        let world = World::of(&["x", "y"]).await;
        world.join("x").await;
        world.join_under(fate, "y").await;
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_joiner_that_dies_while_beginning_to_wait_can_join_again() {
    sweep(async |fate| {
        let blow = fate.blow;
        let world = World::of(&["x", "y"]).await;
        world.join_under(fate, "x").await;
        world.outlive_leases();
        let again = world.join("x").await;
        let waits = again == ServerMessage::Waiting {} || again == ErrorCode::AlreadyWaiting.into();
        assert!(waits, "{blow:?}: {again:?}");
        assert!(started(&world.join("y").await).is_some(), "{blow:?}");
        world.play("x", Play::Rock).await;
        world.run_out().await;
        let reasons = ["x", "y"].map(|id| world.reason(id));
        let expected = [Reason::OpponentDidNotPlay, Reason::YouDidNotPlay];
        assert_eq!(reasons, expected, "{blow:?}");
        world.assert_nothing_left().await;
    })
    .await;
}

/// Decides the oldest tick under a fate, then delivers it again until it is done.
async fn decide_through(world: &World, fate: &Fate) {
    let tick = world.ticks.0.borrow_mut().remove(0);
    if !world.decide_under(fate, &tick).await {
        world.decide(&tick).await;
    }
}

#[tokio::test]
async fn a_decision_that_dies_is_finished_by_the_next_delivery() {
    sweep(async |fate| {
        let blow = fate.blow;
        let world = World::playing(Some(Play::Rock), Some(Play::Paper)).await;
        decide_through(&world, fate).await;
        assert_eq!(world.reason("x"), Reason::Plays, "{blow:?}");
        assert_eq!(world.reason("y"), Reason::Plays, "{blow:?}");
        world.assert_one_truth();
        assert!(
            world.sockets.open.borrow().is_empty(),
            "{blow:?}: both are disconnected"
        );
        assert!(
            world.table.items().await.is_empty(),
            "{blow:?}: nothing is left"
        );
    })
    .await;
}

#[tokio::test]
async fn a_draw_that_dies_goes_on_with_exactly_one_next_round() {
    sweep(async |fate| {
        let blow = fate.blow;
        let world = World::playing(Some(Play::Rock), Some(Play::Rock)).await;
        decide_through(&world, fate).await;
        world.play("x", Play::Rock).await;
        world.play("y", Play::Scissors).await;
        // Of the ticks for round 2 only one is its own; in whatever order they come, it is decided once.
        world.run_out().await;
        for id in ["x", "y"] {
            assert_eq!(world.reason(id), Reason::Plays, "{blow:?}");
        }
        let rounds = world
            .ends()
            .into_values()
            .flatten()
            .map(|(_, over)| match over {
                ServerMessage::GameOver { rounds, .. } => rounds,
                other => panic!("{other:?}"),
            });
        assert_eq!(rounds.collect::<Vec<_>>(), [2, 2], "{blow:?}");
        world.assert_one_truth();
        world.assert_nothing_left().await;
    })
    .await;
}

#[tokio::test]
async fn a_disconnect_that_dies_is_finished_by_the_clock() {
    sweep(async |fate| {
        let blow = fate.blow;
        let world = World::playing(Some(Play::Rock), None).await;
        world.leave_under(fate, "y").await;
        world.run_out().await;
        // Dead before it closed the game, the plays decide; both ways x has won.
        let expected = [Reason::OpponentLeft, Reason::OpponentDidNotPlay];
        assert!(expected.contains(&world.reason("x")), "{blow:?}");
        let told = world.told("y");
        assert!(told.iter().all(|it| started(it).is_some()), "{blow:?}");
        world.assert_one_truth();
        world.assert_nothing_left().await;
    })
    .await;
}

#[tokio::test]
async fn a_waiting_players_disconnect_that_dies_leaves_a_ghost_that_the_next_joiner_removes() {
    sweep(async |fate| {
        let blow = fate.blow;
        let world = World::of(&["x", "y", "z"]).await;
        world.join("x").await;
        world.leave_under(fate, "x").await;
        assert_eq!(world.join("y").await, ServerMessage::Waiting {}, "{blow:?}");
        assert!(started(&world.join("z").await).is_some(), "{blow:?}");
        world.run_out().await;
        assert_eq!(world.reason("y"), Reason::NobodyPlayed);
        // A connection that was never removed and joined nothing again is all that may remain.
        let left: Vec<String> = world.table.items().await.into_keys().collect();
        assert!(left.iter().all(|key| key == "C#x"), "{blow:?}: {left:?}");
    })
    .await;
}

#[tokio::test]
async fn a_play_whose_function_dies_is_stored_or_can_be_repeated() {
    let world = World::playing(None, None).await;
    for call in 0..2 {
        for blow in [
            Blow::DieBefore(call),
            Blow::DieAfter(call),
            Blow::LoseAnswer(call),
        ] {
            let fate = Fate::new(blow);
            let _ = world.play_under(&fate, "x", Play::Rock).await;
            let again = world.play("x", Play::Rock).await;
            assert!(
                matches!(again, ServerMessage::PlayReceived { .. }),
                "{blow:?}: {again:?}"
            );
        }
    }
    world.run_out().await;
    assert_eq!(world.reason("x"), Reason::OpponentDidNotPlay);
    world.assert_nothing_left().await;
}
