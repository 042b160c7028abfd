//! An operator's command with an outdated snapshot is refused and changes nothing.

use rps_game::{Game, Position};
use rps_handlers::ports::{ChangeResult, Clock, StartGame};
use rps_handlers::service::position::ConnectionSnapshot;

use super::disconnect::{is_over, x_waits};
use super::*;

#[tokio::test]
async fn a_game_in_a_later_round_is_not_ended() {
    let sim = Simulation::playing(Some(Play::Rock), Some(Play::Rock)).await;
    let snapshot = sim.game().expect("a game");
    let round_timer = sim.queue.round_timers.borrow_mut().remove(0);
    sim.decide(&round_timer).await;
    let now = sim.game().expect("a game");
    assert_eq!(now.round, 2);
    let (items, messages) = (sim.items(), sim.players.messages.take());
    assert_eq!(sim.end_game(&snapshot).await, ChangeResult::No(now));
    assert_eq!(sim.items(), items);
    assert_eq!(*sim.players.messages.borrow(), []);
    *sim.players.messages.borrow_mut() = messages;
    sim.finish().await;
    assert_eq!(sim.end_game(&snapshot).await, ChangeResult::NoGame);
}

/// Asserts that the disconnect changes nothing and sends nothing.
async fn assert_refused(sim: &Simulation, snapshot: &ConnectionSnapshot) {
    let (items, count) = (sim.items(), sim.players.messages.borrow().len());
    assert!(!sim.disconnect(snapshot).await, "{snapshot:?}");
    assert_eq!(sim.items(), items, "{snapshot:?}");
    assert_eq!(sim.players.messages.borrow().len(), count, "{snapshot:?}");
    assert!(sim.is_open("x"), "{snapshot:?}");
}

#[tokio::test]
async fn a_player_who_has_moved_is_not_disconnected() {
    let sim = Simulation::of(&["x", "y"]).await;
    let idle = sim.find("x").await.expect("connected");
    assert_eq!(idle.place, Position::Idle);
    sim.join("x").await;
    let waiting = sim.find("x").await.expect("connected");
    assert!(matches!(waiting.place, Position::Waiting(_)), "{waiting:?}");
    assert_refused(&sim, &idle).await;
    sim.join_with_faults(&FaultInjector::new(Fault::CrashAfter(1)), "y")
        .await;
    let joining = sim.find("x").await.expect("connected");
    assert_eq!(joining.place, Position::Joining);
    for snapshot in [&idle, &waiting, &joining] {
        assert_refused(&sim, snapshot).await;
    }
    sim.expire_leases();
    let left_over = sim.find("x").await.expect("connected");
    assert!(matches!(left_over.place, Position::Waiting(_)));
    for snapshot in [&idle, &waiting, &joining] {
        assert_refused(&sim, snapshot).await;
    }
    sim.join("y").await;
    let plays = sim.find("x").await.expect("connected");
    assert!(matches!(plays.place, Position::Playing(..)), "{plays:?}");
    for snapshot in [&idle, &waiting, &joining, &left_over] {
        assert_refused(&sim, snapshot).await;
    }
    sim.finish().await;
    assert!(!sim.disconnect(&plays).await, "its game is over");
}

/// The operator reads x as waiting. Then AWS stores the game of a joiner who is dead.
#[tokio::test]
async fn a_player_whose_game_has_started_is_not_disconnected() {
    let sim = x_waits().await;
    sim.join_with_faults(&FaultInjector::new(Fault::CrashAfter(3)), "y")
        .await;
    sim.expire_leases();
    let snapshot = sim.find("x").await.expect("connected");
    let Position::Waiting(waiting) = &snapshot.place else {
        panic!("{snapshot:?}")
    };
    let (id, players) = (waiting.game.clone(), ["x".into(), "y".into()]);
    let game = Game::start(id, players, sim.rules, sim.environment().now_ms());
    let round_timer = game.round_timer();
    sim.queue.round_timers.borrow_mut().push(round_timer);
    assert_eq!(sim.store.start_game(&game).await, Ok(true));
    assert!(!sim.disconnect(&snapshot).await, "{snapshot:?}");
    assert!(sim.is_open("x"));
    assert_eq!(sim.game(), Some(game));
    assert_eq!(sim.endings().len(), 0);
    sim.run_timers().await;
    assert!(is_over(&sim, "x") && is_over(&sim, "y"));
    sim.finish().await;
}

/// `find` reads the lobby first, so a player who moves to a game is not idle.
#[tokio::test]
async fn a_player_is_read_while_another_joins_it() {
    at_every_call(async |faults| {
        let sim = x_waits().await;
        sim.expire_leases();
        let mut snapshot = None;
        let find = async { snapshot = sim.find_with_faults(faults, "x").await };
        interleave(faults, find, async { drop(sim.join("y").await) }).await;
        let place = snapshot.expect("connected").place;
        assert_ne!(place, Position::Idle);
        sim.finish().await;
    })
    .await;
}
