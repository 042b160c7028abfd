//! The same over several shards of the lobby.

use rps_game::{GameId, Taken, Waiting};
use rps_handlers::ports::{Clock, EnterLobby, LeaveLobby, ReadLobby, TakeWaiting};

use super::*;

#[tokio::test]
async fn many_joiners_over_all_shards_are_all_paired_but_the_odd_one() {
    let ids: Vec<String> = (0..25).map(|n| format!("p{n}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let world = World::of(&ids).await;
    join_patiently(&world, ids.clone(), 0..16).await;
    world.gather_all().await;
    let mut waiting = Vec::new();
    for id in &ids {
        let places = world.places(id).await;
        assert_eq!(places.len(), 1, "{id}: {places:?}");
        let told = world
            .told(id)
            .iter()
            .filter(|m| started(m).is_some())
            .count();
        if places[0].starts_with("G#") {
            assert_eq!(told, 1, "{id} is told once of its game");
        } else {
            assert_eq!(told, 0, "{id} waits");
            waiting.extend(places);
        }
    }
    assert_eq!(
        waiting,
        ["L#0"],
        "the odd one, where the next joiners gather"
    );
    world.end().await;
}

#[tokio::test]
async fn a_second_join_meets_its_claim_in_every_shard() {
    let world = World::of(&["x", "y", "z", "w"]).await;
    assert_eq!(world.join_in(3, "x").await, ServerMessage::Waiting {});
    assert_eq!(world.join_in(9, "z").await, ServerMessage::Waiting {});
    for shard in [0, 3, 9, 15] {
        let answer = world.join_in(shard, "x").await;
        assert!(is_error(&answer, ErrorCode::AlreadyWaiting), "{answer:?}");
    }
    assert!(started(&world.join_in(3, "y").await).is_some());
    for (shard, id) in [(0, "x"), (3, "x"), (9, "y"), (15, "y")] {
        let answer = world.join_in(shard, id).await;
        assert!(is_error(&answer, ErrorCode::AlreadyInAGame), "{answer:?}");
    }
    let sent = world.ticks.1.borrow().len();
    assert_eq!(sent, 2, "a refused join sends nothing");
    let started_by_w = world.join_in(9, "w").await;
    assert!(started(&started_by_w).is_some(), "z is free to be taken");
}

#[tokio::test]
async fn who_is_being_taken_is_gathered_when_its_taker_is_surely_dead() {
    let (world, wait) = World::alone(&["y"]).await;
    // y's function dies after it has taken x.
    let fate = Fate::new(Blow::DieAfter(2));
    world.join_among(&fate, 3..4, "y").await;
    let spared = Fate::new(Blow::Spare);
    assert!(!world.gather_under(&spared, &wait).await, "put back");
    assert_eq!(world.places("x").await, ["L#3"]);
    world.outlive_leases();
    assert!(world.gather_under(&spared, &wait).await);
    assert_eq!(world.places("x").await, ["L#0"]);
}

/// A join that meets others keeps to its shard, although the next one is free: what it sent there, and the
/// network holds up, may still arrive.
#[tokio::test]
async fn a_join_keeps_to_its_shard() {
    let world = World::of(&[]).await;
    let store = &world.table.store;
    let busy = Waiting {
        connection: "w".into(),
        game: GameId::in_shard("g", 1),
        taken: None,
    };
    let taken = Taken {
        by: "j".into(),
        at_ms: world.moment().now_ms(),
    };
    assert_eq!(
        store.enter_lobby(&busy, world.moment().now_ms()).await,
        Ok(true)
    );
    assert_eq!(store.take_waiting(&busy, &taken).await, Ok(true));
    // Each picks the busy shard in one of two cases.
    for n in 0..20 {
        let id = format!("p{n}");
        world.connect(&id).await;
        let spared = Fate::new(Blow::Spare);
        let answer = world.join_among(&spared, 0..2, &id).await;
        if answer == Some(ErrorCode::TryAgain.into()) {
            return;
        }
        assert_eq!(answer, Some(ServerMessage::Waiting {}));
        let waiting = store.waiting(0).await.expect("read").expect("it waits");
        let cleared = store.clear_lobby(&waiting.connection, &waiting.game).await;
        assert_eq!(cleared, Ok(()));
    }
    panic!("every join left the busy shard for the free one");
}
