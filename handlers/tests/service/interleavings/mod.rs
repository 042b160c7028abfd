//! Two operations at once, in every order of their calls: one is held up at each of its calls in turn, and
//! meanwhile the other runs from beginning to end. Held up before the call; and after it, when its answer
//! was lost and the SDK makes the call again.

mod closing;
mod gather;
mod operate;
mod stale;

use futures_util::{StreamExt, stream};
use rps_game::{ErrorCode, Play, Reason, ServerMessage};

use crate::support::fate::{Blow, Fate};
use crate::support::truth::started;
use crate::support::world::World;

/// Worlds at a time. Too many on a busy machine run into the timeouts of the SDK.
const WORLDS: usize = 6;

/// Holds up an operation at each of its calls, both ways.
async fn at_every_call(scenario: impl AsyncFn(&Fate)) {
    let run = async |blow| {
        let fate = Fate::new(blow);
        scenario(&fate).await;
        fate.calls()
    };
    let calls = run(Blow::Spare).await;
    assert!((2..30).contains(&calls), "{calls} calls");
    let blows = (0..calls).flat_map(|call| [Blow::Hold(call), Blow::Repeat(call)]);
    let runs = stream::iter(blows.map(run));
    runs.buffer_unordered(WORLDS).collect::<Vec<u32>>().await;
}

/// Runs `held` under the fate and `other` while it is held up; after it if it is not.
async fn together(fate: &Fate, held: impl Future<Output = ()>, other: impl Future<Output = ()>) {
    if fate.holds() {
        tokio::join!(held, fate.while_held(other));
    } else {
        held.await;
        other.await;
    }
}

#[tokio::test]
async fn a_player_leaves_while_beginning_to_wait() {
    at_every_call(async |fate| {
        let world = World::of(&["x"]).await;
        let join = async { drop(world.join_under(fate, "x").await) };
        together(fate, join, world.leave("x")).await;
        let left: Vec<String> = world.table.items().await.into_keys().collect();
        assert!(left.is_empty(), "{left:?}");
    })
    .await;
}

#[tokio::test]
async fn a_player_begins_to_wait_while_others_come_and_play() {
    at_every_call(async |fate| {
        let world = World::of(&["x", "y", "w"]).await;
        let join = async { drop(world.join_under(fate, "x").await) };
        let others = async {
            world.join("y").await;
            world.join("w").await;
        };
        together(fate, join, others).await;
        let told = world.told("x");
        let mut games: Vec<_> = told.iter().filter_map(started).collect();
        assert!(
            games.len() <= 2,
            "once by the route's response, once by a push"
        );
        games.dedup();
        assert!(games.len() <= 1, "x is in two games: {games:?}");
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_player_leaves_while_joining_a_waiting_one() {
    at_every_call(async |fate| {
        let world = World::of(&["x", "y"]).await;
        world.join("x").await;
        let join = async { drop(world.join_under(fate, "y").await) };
        together(fate, join, world.leave("y")).await;
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn the_waiting_player_leaves_while_another_joins() {
    at_every_call(async |fate| {
        let world = World::of(&["x", "y"]).await;
        world.join("x").await;
        let join = async { drop(world.join_under(fate, "y").await) };
        together(fate, join, world.leave("x")).await;
        let told = world.told("y");
        let over = world.reasons("y").contains(&Reason::OpponentLeft);
        assert!(
            over || told.contains(&ServerMessage::Waiting {}),
            "y plays nobody: {told:?}"
        );
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_player_joins_twice() {
    at_every_call(async |fate| {
        let world = World::of(&["x", "y", "z"]).await;
        world.join("x").await;
        let first = async { drop(world.join_under(fate, "y").await) };
        together(fate, first, async { drop(world.join("y").await) }).await;
        assert!(world.game_of("y").is_some(), "{:?}", world.told("y"));
        assert_eq!(world.game_of("y"), world.game_of("x"));
        assert_eq!(
            world.join("z").await,
            ServerMessage::Waiting {},
            "y is in one place"
        );
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn two_players_join_a_waiting_one() {
    at_every_call(async |fate| {
        let world = World::of(&["x", "y", "z"]).await;
        world.join("x").await;
        let first = async { drop(world.join_under(fate, "y").await) };
        let second = async {
            // Told to try again while the first is held up, as a client is.
            let answer = world.join("z").await;
            assert!(answer != ErrorCode::AlreadyWaiting.into(), "{answer:?}");
        };
        together(fate, first, second).await;
        let [y, z] = ["y", "z"].map(|id| world.game_of(id));
        assert!(y.is_some() != z.is_some(), "one of them plays: {y:?} {z:?}");
        assert_eq!(world.game_of("x"), y.or(z), "with x, and only that one");
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_player_leaves_while_the_round_is_decided() {
    for plays in [(Play::Rock, Play::Paper), (Play::Rock, Play::Rock)] {
        at_every_call(async |fate| {
            let world = World::playing(Some(plays.0), Some(plays.1)).await;
            let tick = world.ticks.0.borrow_mut().remove(0);
            let decide = async { assert!(world.decide_under(fate, &tick).await) };
            together(fate, decide, world.leave("y")).await;
            world.run_out().await;
            assert_eq!(world.ends().len(), 1, "x hears of the end");
            world.assert_one_truth();
            world.assert_nothing_left().await;
        })
        .await;
    }
}

#[tokio::test]
async fn both_players_leave() {
    at_every_call(async |fate| {
        let world = World::playing(None, None).await;
        together(fate, world.leave_under(fate, "x"), world.leave("y")).await;
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_tick_is_delivered_twice() {
    for plays in [(Play::Rock, Play::Paper), (Play::Rock, Play::Rock)] {
        at_every_call(async |fate| {
            let world = World::playing(Some(plays.0), Some(plays.1)).await;
            let tick = world.ticks.0.borrow_mut().remove(0);
            let decide = async { assert!(world.decide_under(fate, &tick).await) };
            together(fate, decide, world.decide(&tick)).await;
            world.run_out().await;
            assert_eq!(world.ends().len(), 1);
            world.assert_one_truth();
            world.assert_nothing_left().await;
        })
        .await;
    }
}

#[tokio::test]
async fn a_play_arrives_while_the_round_is_decided() {
    at_every_call(async |fate| {
        let world = World::playing(Some(Play::Rock), Some(Play::Rock)).await;
        let tick = world.ticks.0.borrow_mut().remove(0);
        let decide = async { assert!(world.decide_under(fate, &tick).await) };
        let late = async {
            let answer = world.play("x", Play::Rock).await;
            let received = matches!(answer, ServerMessage::PlayReceived { .. });
            assert!(
                received || answer == ErrorCode::TooLate.into(),
                "{answer:?}"
            );
        };
        together(fate, decide, late).await;
        world.end().await;
    })
    .await;
}
