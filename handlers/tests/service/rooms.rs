//! Players with the same code meet only each other. A room holds one waiting player.

use rps_game::{ErrorCode, Play, Rebalance, Room, ServerMessage, Waiting};
use rps_handlers::ports::{Clock, EnterLobby, LobbyResult};

use crate::crashes::with_every_fault;
use crate::support::faults::{Fault, FaultInjector};
use crate::support::results::started_game;
use crate::support::simulation::Simulation;

fn room(code: &str) -> Room {
    code.parse().expect("a code")
}

#[tokio::test]
async fn players_meet_only_in_the_same_room() {
    let sim = Simulation::of(&["v", "w", "x", "y", "z"]).await;
    assert_eq!(sim.join("v").await, ServerMessage::Waiting {});
    assert_eq!(sim.join_room("w", "b").await, ServerMessage::Waiting {});
    assert_eq!(sim.join_room("x", "a").await, ServerMessage::Waiting {});
    let repeated = sim.join_room("x", "a").await;
    assert_eq!(repeated, ErrorCode::AlreadyWaiting.into());
    assert!(started_game(&sim.join_room("y", "a").await).is_some());
    assert_eq!(sim.game_of("x"), sim.game_of("y"));
    let third = sim.join_room("z", "a").await;
    assert_eq!(third, ServerMessage::Waiting {}, "for a fourth");
    let game = sim.game().expect("one game");
    assert_eq!(game.room, Some(room("a")));
    assert!(!game.id.as_str().contains('a'), "{}", game.id);
    for (id, key) in [("v", "L#places"), ("w", "R#b"), ("z", "R#a")] {
        assert_eq!(sim.places(id), [key], "{id}");
    }
    assert_eq!(*sim.queue.rebalances.borrow(), []);
    sim.finish().await;
}

#[tokio::test]
async fn a_closed_connection_frees_its_room() {
    with_every_fault(async |faults| {
        let sim = Simulation::of(&["x", "y", "z"]).await;
        sim.join_room("x", "a").await;
        sim.leave_with_faults(faults, "x").await;
        if faults.fault == Fault::None {
            assert_eq!(sim.keys(), ["C#y", "C#z"]);
        }
        // Otherwise, the next visitor replaces the stale player.
        let next = sim.join_room("y", "a").await;
        assert_eq!(next, ServerMessage::Waiting {}, "{:?}", faults.fault);
        assert!(started_game(&sim.join_room("z", "a").await).is_some());
        sim.finish().await;
    })
    .await;
}

#[tokio::test]
async fn the_next_visitor_replaces_a_stale_player() {
    let sim = Simulation::of(&["x", "y", "z"]).await;
    sim.join_room("x", "a").await;
    sim.close_silently("x");
    assert_eq!(sim.join_room("y", "a").await, ServerMessage::Waiting {});
    assert_eq!(sim.places("x"), Vec::<String>::new());
    assert!(started_game(&sim.join_room("z", "a").await).is_some());
    sim.finish().await;
}

#[tokio::test]
async fn a_player_who_joins_elsewhere_leaves_its_place() {
    let sim = Simulation::of(&["x"]).await;
    for (code, key) in [
        (None, "L#places"),
        (Some(room("a")), "R#a"),
        (Some(room("b")), "R#b"),
        (None, "L#places"),
    ] {
        let no_faults = FaultInjector::none();
        let joined = sim.join_room_with_faults(&no_faults, "x", code).await;
        assert_eq!(joined, Some(ServerMessage::Waiting {}), "{key}");
        assert_eq!(sim.places("x"), [key]);
        assert_eq!(sim.keys(), ["C#x", key]);
    }
    sim.leave("x").await;
    assert_eq!(sim.keys(), Vec::<String>::new());
}

/// A leftover place of a player who plays is removed with the game.
#[tokio::test]
async fn a_player_who_waits_may_start_a_game_elsewhere() {
    for (waits_in, plays_in) in [
        (None, Some(room("a"))),
        (Some(room("a")), None),
        (Some(room("a")), Some(room("b"))),
    ] {
        let sim = Simulation::of(&["x", "y"]).await;
        let join = async |id, code: &Option<Room>| {
            let no_faults = FaultInjector::none();
            let joined = sim
                .join_room_with_faults(&no_faults, id, code.clone())
                .await;
            joined.expect("no crash")
        };
        join("x", &waits_in).await;
        join("y", &plays_in).await;
        let started = join("x", &plays_in).await;
        assert!(started_game(&started).is_some(), "{started:?}");
        sim.run_timers().await;
        assert_eq!(
            sim.keys(),
            Vec::<String>::new(),
            "{waits_in:?} {plays_in:?}"
        );
    }
}

#[tokio::test]
async fn a_join_that_crashes_in_a_room_strands_no_player() {
    with_every_fault(async |faults| {
        let fault = faults.fault;
        let sim = Simulation::of(&["x", "y", "z"]).await;
        sim.join_room_with_faults(faults, "x", Some(room("a")))
            .await;
        sim.expire_leases();
        let again = sim.join_room("x", "a").await;
        let waits = again == ServerMessage::Waiting {} || again == ErrorCode::AlreadyWaiting.into();
        assert!(waits, "{fault:?}: {again:?}");
        assert!(started_game(&sim.join_room("y", "a").await).is_some());
        sim.play("x", Play::Rock).await;
        sim.finish().await;
    })
    .await;
    with_every_fault(async |faults| {
        let fault = faults.fault;
        let sim = Simulation::of(&["x", "y", "z"]).await;
        sim.join_room("x", "a").await;
        sim.join_room_with_faults(faults, "y", Some(room("a")))
            .await;
        sim.expire_leases();
        sim.join_room("z", "a").await;
        assert_eq!(sim.items().games.len(), 1, "{fault:?}");
        sim.finish().await;
    })
    .await;
}

/// Only the round timer of a game in a room knows where its player waits.
#[tokio::test]
async fn a_timer_is_kept_while_its_game_may_still_start_in_the_room() {
    let sim = Simulation::of(&["x", "y"]).await;
    sim.join_room("x", "a").await;
    // The timer is sent, and the game not stored.
    let crash = FaultInjector::new(Fault::CrashAfter(3));
    assert_eq!(
        sim.join_room_with_faults(&crash, "y", Some(room("a")))
            .await,
        None
    );
    assert_eq!(sim.items().games.len(), 0);
    let timer = sim.queue.round_timers.borrow()[0].clone();
    assert_eq!(timer.room, Some(room("a")));
    assert!(sim.is_needed(&timer.clone().into()).await);
    sim.leave("x").await;
    assert!(!sim.is_needed(&timer.into()).await);
}

#[tokio::test]
async fn an_operator_disconnects_a_player_in_a_room() {
    let sim = Simulation::of(&["x", "y"]).await;
    sim.join_room("x", "a").await;
    let snapshot = sim.find("x").await.expect("a connection");
    assert!(sim.disconnect(&snapshot).await);
    assert!(!sim.is_open("x"));
    assert_eq!(sim.keys(), ["C#y"]);
}

/// x has moved to a room, and its place in the lobby is a leftover: AWS stored it late, or the joiner reads an older lobby.
async fn moved(others: &[&str]) -> (Simulation, Rebalance) {
    let (sim, rebalance) = Simulation::with_rebalance(others).await;
    assert_eq!(sim.join_room("x", "a").await, ServerMessage::Waiting {});
    let leftover = Waiting {
        connection: "x".into(),
        game: rebalance.game.clone(),
        room: None,
    };
    let now_ms = sim.environment().now_ms();
    let entered = sim.store.enter_lobby(&leftover, now_ms).await;
    assert!(matches!(entered, Ok(LobbyResult::Yes(_))), "{entered:?}");
    (sim, rebalance)
}

#[tokio::test]
async fn no_stranger_takes_a_player_who_has_moved_to_a_room() {
    let (sim, _) = moved(&["y", "z"]).await;
    assert_eq!(sim.join("y").await, ServerMessage::Waiting {});
    assert_eq!(sim.places("x"), ["R#a"]);
    assert!(started_game(&sim.join_room("z", "a").await).is_some());
    assert_eq!(sim.game_of("x"), sim.game_of("z"));
    sim.finish().await;
}

#[tokio::test]
async fn no_message_pulls_a_player_out_of_its_room() {
    for beside in [false, true] {
        let (sim, rebalance) = moved(&["y"]).await;
        if beside {
            sim.wait_beside("y").await;
        }
        let faults = FaultInjector::none();
        assert!(sim.rebalance_with_faults(&faults, &rebalance).await);
        assert_eq!(sim.places("x"), ["R#a"], "{beside}");
    }
}
