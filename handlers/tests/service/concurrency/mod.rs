//! Guarantees 1, 2, 3, 5 and 7 when things happen at the same instant, and in any order.

mod shards;

use std::cell::Cell;
use std::collections::HashSet;
use std::ops::Range;

use futures_util::future::join_all;
use rps_game::{ConnectionId, ErrorCode, LEASE_MS, Play, Reason, ServerMessage};
use rps_handlers::ports::{Delivery, Failure, Notify};
use rps_handlers::service::decide::Handled::{Done, PutBack};
use rps_handlers::service::decide::decide;
use rps_handlers::service::join::Joiner;

use crate::support::fate::{Blow, Fate};
use crate::support::truth::started;
use crate::support::world::World;

fn is_error(message: &ServerMessage, code: ErrorCode) -> bool {
    *message == code.into()
}

/// All join at once. A joiner that met too many others is told to try again, and does, when these are done.
async fn join_patiently(world: &World, ids: Vec<&str>, shards: Range<u8>) -> Vec<ServerMessage> {
    let (mut pending, mut answers) = (ids, Vec::new());
    while !pending.is_empty() {
        let spared = Fate::new(Blow::Spare);
        let joins = pending
            .iter()
            .map(|id| world.join_among(&spared, shards.clone(), id));
        let answered = join_all(joins).await.into_iter().flatten();
        let (again, done): (Vec<_>, Vec<_>) = pending
            .into_iter()
            .zip(answered)
            .partition(|(_, answer)| is_error(answer, ErrorCode::TryAgain));
        pending = again.into_iter().map(|(id, _)| id).collect();
        answers.extend(done.into_iter().map(|(_, answer)| answer));
        world.outlive_leases();
    }
    answers
}

#[tokio::test]
async fn a_connection_that_joins_twice_at_once_has_one_place() {
    for _ in 0..20 {
        let world = World::of(&["x", "y", "z"]).await;
        let joins = ["x", "x", "y", "x", "z", "y"].map(|id| world.join(id));
        let answers = join_all(joins).await;
        for id in ["x", "y", "z"] {
            let places = world.places(id).await;
            assert_eq!(places.len(), 1, "{id}: {places:?} after {answers:?}");
        }
        let games = answers.iter().filter_map(started).count();
        assert_eq!(games, 1, "three players make one game: {answers:?}");
        world.end().await;
    }
}

#[tokio::test]
async fn a_game_has_two_different_players() {
    let world = World::of(&["x"]).await;
    assert_eq!(world.join("x").await, ServerMessage::Waiting {});
    assert!(is_error(&world.join("x").await, ErrorCode::AlreadyWaiting));
    let answers = join_all([world.join("x"), world.join("x")]).await;
    assert!(
        answers
            .iter()
            .all(|a| is_error(a, ErrorCode::AlreadyWaiting)),
        "{answers:?}"
    );
    assert_eq!(world.places("x").await, ["L#0"]);
    world.assert_nothing_left().await;
}

#[tokio::test]
async fn many_joiners_at_once_are_all_paired() {
    let ids: Vec<String> = (0..24).map(|n| format!("p{n}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let world = World::of(&ids).await;
    let answers = join_patiently(&world, ids.clone(), 0..1).await;
    let games: HashSet<_> = answers.iter().filter_map(started).collect();
    assert_eq!(games.len(), 12, "{answers:?}");
    assert_eq!(
        world.ticks.0.borrow().len(),
        12,
        "one message a game, however many joiners meet"
    );
    let gathers = world.ticks.1.borrow().len();
    assert_eq!(gathers, 0, "in shard 0 nobody waits alone");
    for id in &ids {
        assert_eq!(world.places(id).await.len(), 1);
    }
    world.run_out().await;
    world.assert_one_truth();
    assert!(world.table.items().await.is_empty());
}

#[tokio::test]
async fn joining_while_playing_is_refused() {
    let world = World::of(&["x", "y"]).await;
    world.join("x").await;
    world.join("y").await;
    for id in ["x", "y"] {
        assert!(is_error(&world.join(id).await, ErrorCode::AlreadyInAGame));
    }
    assert!(
        !world.table.items().await.contains_key("L#0"),
        "nobody waits by that"
    );
}

#[tokio::test]
async fn a_player_in_a_game_does_not_hold_up_the_lobby_by_joining() {
    let world = World::of(&["x", "y", "w", "z"]).await;
    world.join("x").await;
    world.join("y").await;
    assert_eq!(world.join("w").await, ServerMessage::Waiting {});
    assert!(is_error(&world.join("y").await, ErrorCode::AlreadyInAGame));
    assert!(
        started(&world.join("z").await).is_some(),
        "w is free to be taken"
    );
}

#[tokio::test]
async fn a_closed_connection_cannot_join() {
    let world = World::of(&["x"]).await;
    world.leave("x").await;
    assert!(is_error(&world.join("x").await, ErrorCode::TryAgain));
    assert!(
        world.table.items().await.is_empty(),
        "and is not brought back"
    );
}

#[tokio::test]
async fn ghosts_in_the_lobby_are_removed_by_the_joiner() {
    let world = World::of(&["ghost", "y", "z"]).await;
    world.join("ghost").await;
    world.vanish("ghost");
    assert_eq!(world.join("y").await, ServerMessage::Waiting {});
    assert!(
        !world.table.items().await.contains_key("C#ghost"),
        "the receiver's state is removed"
    );
    assert!(
        world.table.items().await.contains_key("C#y"),
        "the sender's is not"
    );
    assert!(started(&world.join("z").await).is_some());
    world.run_out().await;
    world.assert_nothing_left().await;
}

/// Players who are all gone: as soon as one is found so, another waits in the lobby.
struct Ghosts<'a> {
    world: &'a World,
    met: Cell<u32>,
}

impl Notify for Ghosts<'_> {
    async fn tell(&self, to: &ConnectionId, _: &ServerMessage) -> Result<Delivery, Failure> {
        let met = self.met.get();
        assert_eq!(to.as_str(), format!("ghost{met}"));
        self.met.set(met + 1);
        let next = format!("ghost{}", met + 1);
        self.world.connect(&next).await;
        assert_eq!(self.world.join(&next).await, ServerMessage::Waiting {});
        Ok(Delivery::Gone)
    }
}

#[tokio::test]
async fn a_joiner_joins_again_three_times_and_then_tries_again_later() {
    let world = World::of(&["ghost0", "y"]).await;
    world.join("ghost0").await;
    let (store, y) = (&world.table.store, "y".into());
    let ghosts = Ghosts {
        world: &world,
        met: Cell::new(0),
    };
    let moment = world.moment();
    let joiner = Joiner::new(store, &world.ticks, &ghosts, &moment, world.rules, &y);
    let answer = Box::pin(joiner.join()).await.expect("no failure");
    assert!(is_error(&answer, ErrorCode::TryAgain), "{answer:?}");
    assert_eq!(ghosts.met.get(), 4, "the first time, and three times again");
    let games = world
        .table
        .items()
        .await
        .into_keys()
        .filter(|key| key.starts_with("G#"))
        .count();
    assert_eq!(games, 0, "every one of them dissolved");
}

#[tokio::test]
async fn duplicates_of_a_tick_decide_once() {
    for _ in 0..10 {
        let world = World::of(&["x", "y"]).await;
        world.join("x").await;
        world.join("y").await;
        world.play("x", Play::Paper).await;
        world.play("y", Play::Paper).await;
        let tick = world.ticks.0.borrow_mut().remove(0);
        join_all((0..3).map(|_| world.decide(&tick))).await;
        world.play("x", Play::Paper).await;
        world.play("y", Play::Rock).await;
        // Two of the three next ticks are orphans; all three are delivered, twice.
        let ticks = world.ticks.0.borrow().clone();
        for tick in ticks.iter().chain(&ticks) {
            world.decide(tick).await;
        }
        world.assert_one_truth();
        let ends: Vec<_> = world.ends().into_values().flatten().collect();
        assert_eq!(ends.len(), 2, "{ends:?}");
        for (_, end) in ends {
            let ServerMessage::GameOver { rounds, reason, .. } = end else {
                panic!("{end:?}")
            };
            assert_eq!((rounds, reason), (2, Reason::Plays));
        }
        assert!(world.table.items().await.is_empty());
    }
}

#[tokio::test]
async fn a_tick_of_a_dead_joiner_does_not_close_the_round_early() {
    let world = World::of(&["x", "y", "z"]).await;
    world.join("x").await;
    // y's function dies after it sent its tick, before the game was stored.
    let calls_until_sent = 4;
    world
        .join_under(&Fate::new(Blow::DieAfter(calls_until_sent - 1)), "y")
        .await;
    let orphan = world.ticks.0.borrow_mut().pop().expect("y's tick was sent");
    world.outlive_leases();
    assert!(started(&world.join("z").await).is_some());
    let own = world.ticks.0.borrow()[0].clone();
    assert_eq!(
        (&orphan.game, orphan.round),
        (&own.game, own.round),
        "same game, same round"
    );
    world.decide(&orphan).await;
    assert!(world.ends().is_empty(), "the orphan closed z's round");
    world.run_out().await;
    assert_eq!(world.ends().len(), 1);
}

#[tokio::test]
async fn a_tick_ahead_of_its_round_is_put_back_while_its_sender_may_live() {
    let world = World::of(&["x", "y"]).await;
    world.join("x").await;
    world.join("y").await;
    let now = world.ticks.0.borrow()[0].clone();
    let ahead = rps_game::Tick {
        round: 2,
        deadline_ms: now.deadline_ms + 5000,
        ..now.clone()
    };
    let not_yet = rps_game::Tick {
        game: "not-yet".into(),
        ..now.clone()
    };
    let gone = rps_game::Tick {
        game: "gone".into(),
        round: 2,
        ..now
    };
    let handled = async |tick, age_ms| {
        decide(
            &world.table.store,
            &world.ticks,
            &world.sockets,
            &world.moment(),
            tick,
            age_ms,
        )
        .await
    };
    for (tick, young, old) in [
        (&ahead, PutBack, Done),
        (&not_yet, PutBack, Done),
        (&gone, Done, Done),
    ] {
        assert_eq!(handled(tick, LEASE_MS - 1).await, Ok(young));
        assert_eq!(handled(tick, LEASE_MS).await, Ok(old));
    }
}

#[tokio::test]
async fn a_ghost_in_a_game_loses_it_at_the_next_round() {
    let world = World::of(&["x", "y"]).await;
    world.join("x").await;
    world.join("y").await;
    world.play("x", Play::Rock).await;
    world.play("y", Play::Rock).await;
    world.vanish("y");
    let tick = world.ticks.0.borrow_mut().remove(0);
    world.decide(&tick).await;
    let last = world.told("x").pop();
    let Some(ServerMessage::GameOver {
        rounds: 2,
        reason: Reason::OpponentLeft,
        ..
    }) = last
    else {
        panic!("{last:?}")
    };
    world.run_out().await;
    assert!(world.table.items().await.is_empty());
}
