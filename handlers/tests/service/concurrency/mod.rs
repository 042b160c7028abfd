//! Guarantees 1, 2, 3, 5 and 7 with concurrent operations and reordered messages.

mod places;

use std::cell::Cell;
use std::collections::HashSet;

use futures_util::future::join_all;
use rps_contract::names::LOBBY_KEY;
use rps_game::{
    ConnectionId, ErrorCode, GameId, LATE_MS, LEASE_MS, Lobby, Play, Presence, Reason,
    ServerMessage,
};
use rps_handlers::ports::{Delivery, Disconnect, Notify, PortError};
use rps_handlers::service::decide::MessageAction::{Delete, PutBack};
use rps_handlers::service::decide::decide;
use rps_handlers::service::join::Joiner;

use crate::support::faults::{Fault, FaultInjector};
use crate::support::results::started_game;
use crate::support::simulation::Simulation;

fn is_error(message: &ServerMessage, code: ErrorCode) -> bool {
    *message == code.into()
}

/// All players join concurrently. A player that gets `try-again` joins again when the others are done.
async fn join_patiently(sim: &Simulation, ids: Vec<&str>) -> Vec<ServerMessage> {
    let (mut pending, mut answers) = (ids, Vec::new());
    while !pending.is_empty() {
        let no_faults = FaultInjector::none();
        let joins = pending
            .iter()
            .map(|id| sim.join_with_faults(&no_faults, id));
        let new_answers = join_all(joins).await.into_iter().flatten();
        let (again, done): (Vec<_>, Vec<_>) = pending
            .into_iter()
            .zip(new_answers)
            .partition(|(_, answer)| is_error(answer, ErrorCode::TryAgain));
        pending = again.into_iter().map(|(id, _)| id).collect();
        answers.extend(done.into_iter().map(|(_, answer)| answer));
        sim.expire_leases();
    }
    answers
}

#[tokio::test]
async fn concurrent_joins_of_a_connection_get_one_place() {
    for _ in 0..20 {
        let sim = Simulation::of(&["x", "y", "z"]).await;
        let joins = ["x", "x", "y", "x", "z", "y"].map(|id| sim.join(id));
        let answers = join_all(joins).await;
        for id in ["x", "y", "z"] {
            let places = sim.places(id);
            assert_eq!(places.len(), 1, "{id}: {places:?} after {answers:?}");
        }
        let games = answers.iter().filter_map(started_game).count();
        assert_eq!(games, 1, "three players make one game: {answers:?}");
        sim.finish().await;
    }
}

#[tokio::test]
async fn a_game_has_two_different_players() {
    let sim = Simulation::of(&["x"]).await;
    assert_eq!(sim.join("x").await, ServerMessage::Waiting {});
    assert!(is_error(&sim.join("x").await, ErrorCode::AlreadyWaiting));
    let answers = join_all([sim.join("x"), sim.join("x")]).await;
    assert!(
        answers
            .iter()
            .all(|a| is_error(a, ErrorCode::AlreadyWaiting)),
        "{answers:?}"
    );
    assert_eq!(sim.places("x"), [LOBBY_KEY]);
    sim.assert_nothing_left().await;
}

#[tokio::test]
async fn many_joiners_at_once_are_all_paired() {
    let ids: Vec<String> = (0..24).map(|n| format!("p{n}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let sim = Simulation::of(&ids).await;
    join_patiently(&sim, ids.clone()).await;
    sim.rebalance_all().await;
    let games: HashSet<_> = ids.iter().filter_map(|id| sim.game_of(id)).collect();
    assert_eq!(games.len(), 12);
    for id in &ids {
        assert_eq!(sim.places(id).len(), 1);
    }
    sim.run_timers().await;
    sim.assert_players_agree();
    assert!(sim.keys().is_empty());
}

#[tokio::test]
async fn joining_while_playing_is_refused() {
    let sim = Simulation::of(&["x", "y"]).await;
    sim.join("x").await;
    sim.join("y").await;
    for id in ["x", "y"] {
        assert!(is_error(&sim.join(id).await, ErrorCode::AlreadyInAGame));
    }
    assert_eq!(
        sim.lobby(),
        Lobby::default(),
        "the refused join does not wait"
    );
}

#[tokio::test]
async fn a_refused_join_does_not_block_the_lobby() {
    let sim = Simulation::of(&["x", "y", "w", "z"]).await;
    sim.join("x").await;
    sim.join("y").await;
    assert_eq!(sim.join("w").await, ServerMessage::Waiting {});
    assert!(is_error(&sim.join("y").await, ErrorCode::AlreadyInAGame));
    assert!(
        started_game(&sim.join("z").await).is_some(),
        "y has given up its claim on w"
    );
}

#[tokio::test]
async fn a_closed_connection_cannot_join() {
    let sim = Simulation::of(&["x"]).await;
    sim.leave("x").await;
    assert!(is_error(&sim.join("x").await, ErrorCode::TryAgain));
    assert!(
        sim.keys().is_empty(),
        "the join does not store the connection again"
    );
}

#[tokio::test]
async fn a_joiner_removes_a_stale_player_from_the_lobby() {
    let sim = Simulation::of(&["stale", "y", "z"]).await;
    sim.join("stale").await;
    sim.close_silently("stale");
    assert_eq!(sim.join("y").await, ServerMessage::Waiting {});
    assert!(
        !sim.items().connections.contains_key(&"stale".into()),
        "the receiver's item is removed"
    );
    assert!(
        sim.items().connections.contains_key(&"y".into()),
        "the sender's item is kept"
    );
    assert!(started_game(&sim.join("z").await).is_some());
    sim.run_timers().await;
    sim.assert_nothing_left().await;
}

/// All connections are closed. After each notification another stale player waits in the lobby.
struct ClosedConnections<'a> {
    sim: &'a Simulation,
    notifications: Cell<u32>,
}

impl Notify for ClosedConnections<'_> {
    async fn notify(&self, to: &ConnectionId, _: &ServerMessage) -> Result<Delivery, PortError> {
        let count = self.notifications.get();
        assert_eq!(to.as_str(), format!("stale{count}"));
        self.notifications.set(count + 1);
        let next = format!("stale{}", count + 1);
        self.sim.connect(&next).await;
        assert_eq!(self.sim.join(&next).await, ServerMessage::Waiting {});
        Ok(Delivery::Closed)
    }
}

impl Disconnect for ClosedConnections<'_> {
    async fn disconnect(&self, _: &ConnectionId) -> Result<(), PortError> {
        Ok(())
    }
}

#[tokio::test]
async fn a_joiner_gets_try_again_after_four_stale_players() {
    let sim = Simulation::of(&["stale0", "y"]).await;
    sim.join("stale0").await;
    let (store, y) = (&sim.store, "y".into());
    let players = ClosedConnections {
        sim: &sim,
        notifications: Cell::new(0),
    };
    let environment = sim.environment();
    let joiner = Joiner::new(store, &sim.queue, &players, &environment, sim.rules, &y);
    let answer = joiner.join().await.expect("no failure");
    assert!(is_error(&answer, ErrorCode::TryAgain), "{answer:?}");
    assert_eq!(players.notifications.get(), 4, "one try and three retries");
    let games = sim.items().games;
    assert!(games.is_empty(), "the joiner removes every game");
}

#[tokio::test]
async fn duplicate_round_timers_decide_once() {
    for _ in 0..10 {
        let sim = Simulation::of(&["x", "y"]).await;
        sim.join("x").await;
        sim.join("y").await;
        sim.play("x", Play::Paper).await;
        sim.play("y", Play::Paper).await;
        let round_timer = sim.queue.round_timers.borrow_mut().remove(0);
        join_all((0..3).map(|_| sim.decide(&round_timer))).await;
        sim.play("x", Play::Paper).await;
        sim.play("y", Play::Rock).await;
        // Two of the three timers for the next round are orphans. Deliver each of the three twice.
        let round_timers = sim.queue.round_timers.borrow().clone();
        for round_timer in round_timers.iter().chain(&round_timers) {
            sim.decide(round_timer).await;
        }
        sim.assert_players_agree();
        let endings: Vec<_> = sim.endings().into_values().flatten().collect();
        assert_eq!(endings.len(), 2, "{endings:?}");
        for (_, ending) in endings {
            let ServerMessage::GameOver { rounds, reason, .. } = ending else {
                panic!("{ending:?}")
            };
            assert_eq!((rounds, reason), (2, Reason::Plays));
        }
        assert!(sim.keys().is_empty());
    }
}

#[tokio::test]
async fn a_dead_joiners_round_timer_does_not_close_the_round_early() {
    let sim = Simulation::of(&["x", "y", "z"]).await;
    sim.join("x").await;
    // y's function crashes after it scheduled its round timer, before it stores the game.
    let calls_until_sent = 4;
    sim.join_with_faults(
        &FaultInjector::new(Fault::CrashAfter(calls_until_sent - 1)),
        "y",
    )
    .await;
    let orphan = sim
        .queue
        .round_timers
        .borrow_mut()
        .pop()
        .expect("y's round timer");
    sim.expire_leases();
    assert!(started_game(&sim.join("z").await).is_some());
    let current = sim.queue.round_timers.borrow()[0].clone();
    assert_eq!(
        (&orphan.game, orphan.round),
        (&current.game, current.round),
        "same game, same round"
    );
    sim.decide(&orphan).await;
    assert!(sim.endings().is_empty(), "the orphan closed z's round");
    sim.run_timers().await;
    assert_eq!(sim.endings().len(), 1);
}

#[tokio::test]
async fn a_round_timer_is_put_back_while_its_round_may_still_be_stored() {
    let sim = Simulation::of(&["x", "y", "z"]).await;
    sim.join("x").await;
    sim.join("y").await;
    sim.join("z").await;
    let awaited = sim.lobby().places[&"z".into()].clone();
    let now = sim.queue.round_timers.borrow()[0].clone();
    let of = |game: &GameId, round| rps_game::RoundTimer {
        game: game.clone(),
        round,
        ..now.clone()
    };
    let ahead = of(&now.game, 2);
    let (first, later) = (of(&awaited, 1), of(&awaited, 2));
    let removed = of(&"removed".into(), 1);
    let expect = async |for_first| {
        let (store, environment) = (&sim.store, sim.environment());
        for (timer, action) in [
            (&ahead, PutBack),
            (&first, for_first),
            (&later, Delete),
            (&removed, Delete),
        ] {
            let result = decide(store, &sim.queue, &sim.players, &environment, timer).await;
            assert_eq!(result, Ok(action), "{timer:?}");
        }
    };
    expect(PutBack).await;
    for _ in 0..LATE_MS / LEASE_MS {
        sim.expire_leases();
    }
    expect(Delete).await;
}

#[tokio::test]
async fn a_player_with_a_closed_connection_loses_at_the_next_round() {
    let sim = Simulation::of(&["x", "y"]).await;
    sim.join("x").await;
    sim.join("y").await;
    sim.play("x", Play::Rock).await;
    sim.play("y", Play::Rock).await;
    sim.close_silently("y");
    let round_timer = sim.queue.round_timers.borrow_mut().remove(0);
    sim.decide(&round_timer).await;
    let presence = sim.game().expect("a game").presence;
    assert_eq!(presence, [None, Some(Presence::Absent)]);
    sim.run_timers().await;
    let last = sim.messages_to("x").pop();
    let Some(ServerMessage::GameOver {
        rounds: 2,
        reason: Reason::OpponentLeft,
        ..
    }) = last
    else {
        panic!("{last:?}")
    };
    assert!(sim.keys().is_empty());
}
