//! What an operator saw is not so any more: it is refused, and nothing is done.

use rps_game::{Game, Position};
use rps_handlers::ports::{Changed, Clock, ReadLobby, StartGame};
use rps_handlers::service::operate::Seen;

use super::closing::{is_over, x_waits};
use super::*;

#[tokio::test]
async fn a_game_that_has_gone_on_is_not_ended() {
    let world = World::playing(Some(Play::Rock), Some(Play::Rock)).await;
    let seen = world.game().await.expect("a game");
    let tick = world.ticks.0.borrow_mut().remove(0);
    world.decide(&tick).await;
    let now = world.game().await.expect("a game");
    assert_eq!(now.round, 2);
    let (items, told) = (world.table.items().await, world.sockets.told.take());
    assert_eq!(world.end_seen(&seen).await, Changed::No(now));
    assert_eq!(world.table.items().await, items);
    assert_eq!(*world.sockets.told.borrow(), []);
    *world.sockets.told.borrow_mut() = told;
    world.end().await;
    assert_eq!(world.end_seen(&seen).await, Changed::NoGame);
}

/// Nothing is changed and nobody is told, if x is elsewhere than it was seen.
async fn assert_refused(world: &World, seen: &Seen) {
    let (items, told) = (world.table.items().await, world.sockets.told.borrow().len());
    assert!(!world.close_seen(seen).await, "{seen:?}");
    assert_eq!(world.table.items().await, items, "{seen:?}");
    assert_eq!(world.sockets.told.borrow().len(), told, "{seen:?}");
    assert!(world.is_open("x"), "{seen:?}");
}

#[tokio::test]
async fn a_connection_that_has_moved_is_not_closed() {
    let world = World::of(&["x", "y"]).await;
    let idle = world.find("x").await.expect("connected");
    assert_eq!(idle.place, Position::Idle);
    world.join_under(&Fate::new(Blow::DieAfter(1)), "x").await;
    let joining = world.find("x").await.expect("connected");
    assert_eq!(joining.place, Position::Joining);
    for seen in [&idle, &joining] {
        assert_refused(&world, seen).await;
    }
    world.outlive_leases();
    let left_over = world.find("x").await.expect("connected");
    assert_eq!(left_over.place, Position::Idle);
    world.join("x").await;
    let waiting = world.find("x").await.expect("connected");
    assert!(matches!(waiting.place, Position::Waiting(_)), "{waiting:?}");
    for seen in [&idle, &joining, &left_over] {
        assert_refused(&world, seen).await;
    }
    world.join_under(&Fate::new(Blow::DieAfter(2)), "y").await;
    let taken = world.find("x").await.expect("connected");
    for seen in [&idle, &joining, &left_over, &waiting, &taken] {
        assert_refused(&world, seen).await;
    }
    world.outlive_leases();
    world.join("y").await;
    let plays = world.find("x").await.expect("connected");
    assert!(matches!(plays.place, Position::Playing(..)), "{plays:?}");
    for seen in [&idle, &joining, &left_over, &waiting, &taken] {
        assert_refused(&world, seen).await;
    }
    world.end().await;
    assert!(!world.close_seen(&plays).await, "its game is over");
}

/// Seen while a joiner was taking it, whose game was then stored, and who died before it cleared the lobby.
#[tokio::test]
async fn a_player_whose_game_has_started_meanwhile_is_not_closed() {
    let world = x_waits().await;
    world.join_under(&Fate::new(Blow::DieAfter(3)), "y").await;
    let seen = world.find("x").await.expect("connected");
    let Position::Waiting(waiting) = &seen.place else {
        panic!("{seen:?}")
    };
    let tick = world.ticks.0.borrow()[0].clone();
    let (id, players) = (waiting.game.clone(), ["x".into(), "y".into()]);
    let (game, _) = Game::start(id, players, world.rules, world.moment().now_ms());
    assert_eq!(game.tick(), tick);
    assert_eq!(world.table.store.start_game(&game).await, Ok(true));
    for is_taken in [true, false] {
        assert!(!world.close_seen(&seen).await, "{seen:?}");
        assert!(world.is_open("x"));
        assert_eq!(world.game().await, Some(game.clone()));
        let lobby = world.table.store.waiting(0).await.expect("read");
        assert_eq!(lobby.is_some(), is_taken, "a later joiner need not wait");
        assert_eq!(world.ends().len(), 0);
        world.outlive_leases();
    }
    world.run_out().await;
    assert!(is_over(&world, "x") && is_over(&world, "y"));
    world.end().await;
}

/// The lobby is read before the game: who has left the one for the other meanwhile is not seen as idle.
#[tokio::test]
async fn a_player_is_looked_for_while_another_takes_it() {
    at_every_call(async |fate| {
        let world = x_waits().await;
        world.outlive_leases();
        let mut seen = None;
        let find = async { seen = world.find_under(fate, "x").await };
        together(fate, find, async { drop(world.join("y").await) }).await;
        let place = seen.expect("connected").place;
        let is_somewhere = matches!(place, Position::Waiting(_) | Position::Playing(..));
        assert!(is_somewhere, "{place:?}");
        world.end().await;
    })
    .await;
}
