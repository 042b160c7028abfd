//! What operators may delete of the queue: a message that has something to do is never said to have nothing.
//! While each operation is held up at each of its calls, or after it died there, whatever is said not to be
//! needed is deleted; and still every game ends, and nobody waits alone.

use futures_util::{StreamExt, stream};
use rps_game::{ErrorCode, LEASE_MS, Play, ServerMessage};

use crate::support::fate::{Blow, Fate};
use crate::support::world::World;

/// Worlds at a time. Too many on a busy machine run into the timeouts of the SDK.
const WORLDS: usize = 6;

/// Deletes what is not needed while the operation is held up at each of its calls, or after it died there and
/// once more when that is certain. Then everything must end.
async fn deleting(world: impl AsyncFn() -> World, operation: impl AsyncFn(&World, &Fate)) {
    let run = async |blow: Blow| {
        let (world, fate) = (world().await, Fate::new(blow));
        let now = async { world.delete_needless(0).await };
        if fate.holds() {
            tokio::join!(operation(&world, &fate), fate.while_held(now));
        } else {
            operation(&world, &fate).await;
            now.await;
        }
        world.outlive_leases();
        world.delete_needless(LEASE_MS).await;
        everything_ends(&world, blow).await;
        fate.calls()
    };
    let calls = run(Blow::Spare).await;
    assert!((2..30).contains(&calls), "{calls} calls");
    let blows = (0..calls).flat_map(|call| {
        [
            Blow::Hold(call),
            Blow::Repeat(call),
            Blow::DieBefore(call),
            Blow::DieAfter(call),
            Blow::Fail(call),
            Blow::LoseAnswer(call),
        ]
    });
    let runs = stream::iter(blows.map(run));
    runs.buffer_unordered(WORLDS).collect::<Vec<u32>>().await;
}

/// The clock ends every game; who was told last that it waits, waits where the next joiner finds it.
async fn everything_ends(world: &World, blow: Blow) {
    world.run_out().await;
    world.gather_all().await;
    world.run_out().await;
    let items = world.table.items().await;
    let games = items.keys().filter(|key| key.starts_with("G#")).count();
    assert_eq!(games, 0, "{blow:?}: a game without a clock");
    for id in ["x", "y"] {
        let told = world.told(id);
        let waits = told.last() == Some(&ServerMessage::Waiting {});
        if waits && world.is_open(id) {
            let places = world.places(id).await;
            assert_eq!(places, ["L#0"], "{blow:?}: {id} waits alone: {told:?}");
        }
    }
    // The next joiners remove who is gone and was left in the lobby.
    for (shard, id) in [(0, "z"), (3, "w")] {
        world.connect(id).await;
        world.join_in(shard, id).await;
    }
    world.gather_all().await;
    world.run_out().await;
    world.assert_one_truth();
    let mut left = world.left().await;
    // A connection whose `$disconnect` was killed, and who is in no place, is all that may remain.
    left.retain(|key| key != "C#x");
    assert!(left.is_empty(), "{blow:?}: {left:?}");
}

/// x waits in shard 3, its message is due, and y waits in shard 0 if it does.
async fn alone(y_waits: bool) -> World {
    let (world, wait) = World::alone(&["y"]).await;
    world.ticks.1.borrow_mut().push(wait);
    if y_waits {
        assert_eq!(world.join("y").await, ServerMessage::Waiting {});
    }
    world
}

/// Delivers the first tick; it comes back unless it is done.
async fn decide(world: &World, fate: &Fate) {
    let tick = world.ticks.0.borrow_mut().remove(0);
    if !world.decide_under(fate, &tick).await {
        world.ticks.0.borrow_mut().push(tick);
    }
}

async fn gather(world: &World, fate: &Fate) {
    let wait = world.ticks.1.borrow_mut().remove(0);
    world.gather_or_put_back(fate, wait).await;
}

#[tokio::test]
async fn while_a_player_begins_to_wait() {
    deleting(
        async || World::of(&["x"]).await,
        async |world, fate| drop(world.join_among(fate, 3..4, "x").await),
    )
    .await;
}

#[tokio::test]
async fn while_a_game_starts() {
    deleting(
        async || alone(false).await,
        async |world, fate| drop(world.join_among(fate, 3..4, "y").await),
    )
    .await;
    deleting(
        async || {
            let world = World::of(&["x", "y"]).await;
            world.join("x").await;
            world
        },
        async |world, fate| {
            let answer = world.join_under(fate, "y").await;
            assert_ne!(answer, Some(ErrorCode::AlreadyWaiting.into()));
        },
    )
    .await;
}

#[tokio::test]
async fn while_a_player_is_gathered() {
    for y_waits in [false, true] {
        deleting(async || alone(y_waits).await, gather).await;
    }
}

#[tokio::test]
async fn while_a_round_is_decided() {
    for y in [Play::Rock, Play::Paper] {
        deleting(
            async || World::playing(Some(Play::Rock), Some(y)).await,
            decide,
        )
        .await;
    }
}

#[tokio::test]
async fn while_a_player_leaves() {
    deleting(
        async || World::playing(Some(Play::Rock), Some(Play::Rock)).await,
        async |world, fate| world.leave_under(fate, "y").await,
    )
    .await;
    deleting(
        async || alone(false).await,
        async |world, fate| world.leave_under(fate, "x").await,
    )
    .await;
}

#[tokio::test]
async fn while_an_operator_ends_a_game() {
    deleting(
        async || World::playing(Some(Play::Rock), Some(Play::Rock)).await,
        async |world, fate| {
            let seen = world.game().await.expect("a game");
            world.end_under(fate, &seen).await;
        },
    )
    .await;
}

#[tokio::test]
async fn while_an_operator_closes_a_connection() {
    let close = async |world: &World, fate: &Fate| {
        let seen = world.find("x").await.expect("connected");
        world.close_under(fate, &seen).await;
    };
    deleting(async || alone(false).await, close).await;
    deleting(
        async || World::playing(Some(Play::Rock), Some(Play::Rock)).await,
        close,
    )
    .await;
    let stepped_out = async || {
        let world = alone(false).await;
        gather(&world, &Fate::new(Blow::DieAfter(3))).await;
        world
    };
    deleting(stepped_out, close).await;
}
