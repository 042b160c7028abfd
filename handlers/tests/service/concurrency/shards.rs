//! Concurrent joins in several lobby shards.

use rps_game::{Claim, Connection, GameId, Reservation, Seat, Waiting};
use rps_handlers::ports::{Clock, EnterLobby, LeaveLobby, OpenConnection, ReadLobby};

use super::*;

#[tokio::test]
async fn joiners_in_all_shards_are_paired_except_the_odd_one() {
    let ids: Vec<String> = (0..25).map(|n| format!("p{n}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let sim = Simulation::of(&ids).await;
    join_patiently(&sim, ids.clone(), 0..16).await;
    sim.rebalance_all().await;
    let mut waiting = Vec::new();
    for id in &ids {
        let places = sim.places(id);
        assert_eq!(places.len(), 1, "{id}: {places:?}");
        let starts = sim
            .messages_to(id)
            .iter()
            .filter(|m| started_game(m).is_some())
            .count();
        if places[0].starts_with("G#") {
            assert_eq!(starts, 1, "{id} gets one game-started");
        } else {
            assert_eq!(starts, 0, "{id} waits");
            waiting.extend(places);
        }
    }
    assert_eq!(waiting, ["L#0"], "the odd player waits in shard 0");
    sim.finish().await;
}

#[tokio::test]
async fn a_second_join_is_refused_in_every_shard() {
    let sim = Simulation::of(&["x", "y", "z", "w"]).await;
    assert_eq!(sim.join_in(3, "x").await, ServerMessage::Waiting {});
    assert_eq!(sim.join_in(9, "z").await, ServerMessage::Waiting {});
    for shard in [0, 3, 9, 15] {
        let answer = sim.join_in(shard, "x").await;
        assert!(is_error(&answer, ErrorCode::AlreadyWaiting), "{answer:?}");
    }
    assert!(started_game(&sim.join_in(3, "y").await).is_some());
    for (shard, id) in [(0, "x"), (3, "x"), (9, "y"), (15, "y")] {
        let answer = sim.join_in(shard, id).await;
        assert!(is_error(&answer, ErrorCode::AlreadyInAGame), "{answer:?}");
    }
    let sent = sim.queue.rebalances.borrow().len();
    assert_eq!(sent, 2, "a refused join schedules nothing");
    let started_by_w = sim.join_in(9, "w").await;
    assert!(started_game(&started_by_w).is_some(), "z is not reserved");
}

#[tokio::test]
async fn a_reserved_player_is_rebalanced_when_the_reservation_expires() {
    let (sim, wait) = Simulation::with_lone_player(&["y"]).await;
    // y's function crashes after it reserved x.
    let faults = FaultInjector::new(Fault::CrashAfter(3));
    sim.join_in_shards(&faults, 3..4, "y").await;
    let no_faults = FaultInjector::none();
    assert!(
        !sim.rebalance_with_faults(&no_faults, &wait).await,
        "put back"
    );
    assert_eq!(sim.places("x"), ["L#3"]);
    sim.expire_leases();
    assert!(sim.rebalance_with_faults(&no_faults, &wait).await);
    assert_eq!(sim.places("x"), ["L#0"]);
}

/// All attempts of a join use one shard, even if another is free: a delayed write to the first shard may
/// still arrive.
#[tokio::test]
async fn all_attempts_of_a_join_use_one_shard() {
    let sim = Simulation::of(&[]).await;
    let store = &sim.store;
    let busy = Waiting {
        connection: "w".into(),
        game: GameId::in_shard("g", 1),
    };
    let now_ms = sim.environment().now_ms();
    assert_eq!(store.enter_lobby(&busy, now_ms).await, Ok(true));
    let claim = Claim {
        game: busy.game.clone(),
        seat: Seat::First,
        by: "i".into(),
        at_ms: now_ms,
        reservation: Some(Reservation {
            by: "j".into(),
            at_ms: now_ms,
        }),
    };
    let connection = Connection {
        id: busy.connection,
        connected_at_ms: now_ms,
        claim: Some(claim),
    };
    assert_eq!(store.open_connection(&connection).await, Ok(()));
    // Each join picks the busy shard with probability 1/2.
    for n in 0..20 {
        let id = format!("p{n}");
        sim.connect(&id).await;
        let no_faults = FaultInjector::none();
        let answer = sim.join_in_shards(&no_faults, 0..2, &id).await;
        if answer == Some(ErrorCode::TryAgain.into()) {
            return;
        }
        assert_eq!(answer, Some(ServerMessage::Waiting {}));
        let waiting = store.waiting(0).await.expect("read").expect("it waits");
        assert_eq!(store.clear_lobby(&waiting).await, Ok(true));
    }
    panic!("every join left the busy shard for the free one");
}
