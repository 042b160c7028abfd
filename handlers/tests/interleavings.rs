//! Two operations at once, in every order of their calls: one is held up at each of its calls in turn, and
//! meanwhile the other runs from beginning to end. Held up before the call; and after it, when its answer
//! was lost and the SDK makes the call again.

#![allow(clippy::large_futures, reason = "a test has the stack for it")]

#[path = "interleavings/closing.rs"]
mod closing;
#[path = "interleavings/gather.rs"]
mod gather;
#[path = "interleavings/operate.rs"]
mod operate;
#[path = "interleavings/stale.rs"]
mod stale;
mod support;

use futures_util::{StreamExt, stream};
use rps_game::{ErrorCode, Play, Reason, ServerMessage};
use support::fate::{Blow, Fate};
use support::world::World;

/// Worlds at a time. Too many on a busy machine run into the timeouts of the SDK.
const WORLDS: usize = 6;

/// Holds up an operation at each of its calls, both ways. A scenario tells how many calls the held one made.
async fn at_every_call(scenario: impl AsyncFn(Fate) -> u32) {
    let calls = scenario(Fate::new(Blow::Spare)).await;
    assert!((2..30).contains(&calls), "{calls} calls");
    let blows = (0..calls).flat_map(|call| [Blow::Hold(call), Blow::Repeat(call)]);
    let scenarios = stream::iter(blows.map(|blow| scenario(Fate::new(blow))));
    scenarios
        .buffer_unordered(WORLDS)
        .collect::<Vec<u32>>()
        .await;
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

async fn world_of(ids: &[&str]) -> World {
    let world = World::new().await;
    for id in ids {
        world.connect(id).await;
    }
    world
}

fn game_of(told: &[ServerMessage]) -> Option<&str> {
    told.iter().find_map(|message| match message {
        ServerMessage::GameStarted { game, .. } => Some(game.as_str()),
        _ => None,
    })
}

#[tokio::test]
async fn a_player_leaves_while_beginning_to_wait() {
    at_every_call(async |fate| {
        let world = world_of(&["x"]).await;
        let join = async { drop(world.join_under(&fate, "x").await) };
        together(&fate, join, world.leave("x")).await;
        let left: Vec<String> = world.table.items().await.into_keys().collect();
        assert!(left.is_empty(), "{left:?}");
        fate.calls()
    })
    .await;
}

#[tokio::test]
async fn a_player_begins_to_wait_while_others_come_and_play() {
    at_every_call(async |fate| {
        let world = world_of(&["x", "y", "w"]).await;
        let join = async { drop(world.join_under(&fate, "x").await) };
        let others = async {
            world.join("y").await;
            world.join("w").await;
        };
        together(&fate, join, others).await;
        let games = world
            .told("x")
            .iter()
            .filter(|told| game_of(&[(*told).clone()]).is_some())
            .count();
        let game = game_of(&world.told("x")).map(str::to_owned);
        assert!(games <= 2, "once by the route's response, once by a push");
        for told in world.told("x") {
            if let ServerMessage::GameStarted { game: other, .. } = told {
                assert_eq!(Some(other.as_str()), game.as_deref(), "x is in two games");
            }
        }
        world.end().await;
        fate.calls()
    })
    .await;
}

#[tokio::test]
async fn a_player_leaves_while_joining_a_waiting_one() {
    at_every_call(async |fate| {
        let world = world_of(&["x", "y"]).await;
        world.join("x").await;
        let join = async { drop(world.join_under(&fate, "y").await) };
        together(&fate, join, world.leave("y")).await;
        world.end().await;
        fate.calls()
    })
    .await;
}

#[tokio::test]
async fn the_waiting_player_leaves_while_another_joins() {
    at_every_call(async |fate| {
        let world = world_of(&["x", "y"]).await;
        world.join("x").await;
        let join = async { drop(world.join_under(&fate, "y").await) };
        together(&fate, join, world.leave("x")).await;
        let told = world.told("y");
        let over = told.iter().any(|message| {
            matches!(
                message,
                ServerMessage::GameOver {
                    reason: Reason::OpponentLeft,
                    ..
                }
            )
        });
        assert!(
            over || told.contains(&ServerMessage::Waiting {}),
            "y plays nobody: {told:?}"
        );
        world.end().await;
        fate.calls()
    })
    .await;
}

#[tokio::test]
async fn a_player_joins_twice() {
    at_every_call(async |fate| {
        let world = world_of(&["x", "y", "z"]).await;
        world.join("x").await;
        let first = async { drop(world.join_under(&fate, "y").await) };
        together(&fate, first, async { drop(world.join("y").await) }).await;
        assert!(game_of(&world.told("y")).is_some(), "{:?}", world.told("y"));
        assert_eq!(game_of(&world.told("y")), game_of(&world.told("x")));
        assert_eq!(
            world.join("z").await,
            ServerMessage::Waiting {},
            "y is in one place"
        );
        world.end().await;
        fate.calls()
    })
    .await;
}

#[tokio::test]
async fn two_players_join_a_waiting_one() {
    at_every_call(async |fate| {
        let world = world_of(&["x", "y", "z"]).await;
        world.join("x").await;
        let first = async { drop(world.join_under(&fate, "y").await) };
        let second = async {
            // Told to try again while the first is held up, as a client is.
            let answer = world.join("z").await;
            assert!(answer != ErrorCode::AlreadyWaiting.into(), "{answer:?}");
        };
        together(&fate, first, second).await;
        let x = world.told("x");
        let games: Vec<String> = ["y", "z"]
            .into_iter()
            .filter_map(|id| game_of(&world.told(id)).map(str::to_owned))
            .collect();
        assert_eq!(games.len(), 1, "one of them plays: {games:?}");
        assert_eq!(
            game_of(&x),
            Some(games[0].as_str()),
            "with x, and only that one"
        );
        world.end().await;
        fate.calls()
    })
    .await;
}

async fn playing(x: Play, y: Play) -> World {
    let world = world_of(&["x", "y"]).await;
    world.join("x").await;
    world.join("y").await;
    world.play("x", x).await;
    world.play("y", y).await;
    world
}

#[tokio::test]
async fn a_player_leaves_while_the_round_is_decided() {
    for plays in [(Play::Rock, Play::Paper), (Play::Rock, Play::Rock)] {
        at_every_call(async |fate| {
            let world = playing(plays.0, plays.1).await;
            let tick = world.ticks.0.borrow_mut().remove(0);
            let decide = async { assert!(world.decide_under(&fate, &tick).await) };
            together(&fate, decide, world.leave("y")).await;
            world.run_out().await;
            assert_eq!(world.ends().len(), 1, "x hears of the end");
            world.assert_one_truth();
            world.assert_nothing_left().await;
            fate.calls()
        })
        .await;
    }
}

#[tokio::test]
async fn a_tick_is_delivered_twice() {
    for plays in [(Play::Rock, Play::Paper), (Play::Rock, Play::Rock)] {
        at_every_call(async |fate| {
            let world = playing(plays.0, plays.1).await;
            let tick = world.ticks.0.borrow_mut().remove(0);
            let decide = async { assert!(world.decide_under(&fate, &tick).await) };
            together(&fate, decide, world.decide(&tick)).await;
            world.run_out().await;
            assert_eq!(world.ends().len(), 1);
            world.assert_one_truth();
            world.assert_nothing_left().await;
            fate.calls()
        })
        .await;
    }
}

#[tokio::test]
async fn a_play_arrives_while_the_round_is_decided() {
    at_every_call(async |fate| {
        let world = playing(Play::Rock, Play::Rock).await;
        let tick = world.ticks.0.borrow_mut().remove(0);
        let decide = async { assert!(world.decide_under(&fate, &tick).await) };
        let late = async {
            let answer = world.play("x", Play::Rock).await;
            let received = matches!(answer, ServerMessage::PlayReceived { .. });
            assert!(
                received || answer == ErrorCode::TooLate.into(),
                "{answer:?}"
            );
        };
        together(&fate, decide, late).await;
        world.end().await;
        fate.calls()
    })
    .await;
}
