//! The lobby in the table: each shard has one waiting player.

use rps_game::{Reservation, Waiting};

use super::*;

fn waiting(player: &str, game: &str, reservation: Option<Reservation>) -> Waiting {
    Waiting {
        connection: player.into(),
        game: game.into(),
        reservation,
    }
}

fn reservation(by: &str) -> Reservation {
    Reservation {
        by: by.into(),
        at_ms: NOW,
    }
}

#[tokio::test]
async fn one_player_waits_and_is_reserved_under_the_condition() {
    let store = Table::embedded().await.store;
    let (x, y) = (waiting("x", "g", None), waiting("y", "h", None));
    assert_eq!(store.waiting(0).await, Ok(None));
    for (player, enters) in [(&x, true), (&x, true), (&y, false)] {
        assert_eq!(
            store.enter_lobby(player, NOW).await,
            Ok(enters),
            "{player:?}"
        );
        assert_eq!(store.waiting(0).await, Ok(Some(x.clone())));
    }

    let (first, second) = (reservation("j1"), reservation("j2"));
    let expected = waiting("x", "g", Some(first.clone()));
    for (expected, by, takes, why) in [
        (&y, &first, false, "another game"),
        (&x, &first, true, "free"),
        (&x, &first, true, "repeated"),
        (&x, &second, false, "reserved by another"),
        (
            &expected,
            &second,
            true,
            "replaces the expected reservation",
        ),
        (&expected, &reservation("j3"), false, "outdated"),
    ] {
        assert_eq!(store.take_waiting(expected, by).await, Ok(takes), "{why}");
    }

    for (player, game, is_cleared) in [("x", "h", false), ("y", "g", false), ("x", "g", true)] {
        let result = store.clear_lobby(&player.into(), &game.into()).await;
        assert_eq!(result, Ok(()));
        let is_empty = store.waiting(0).await.expect("read").is_none();
        assert_eq!(is_empty, is_cleared, "{player} {game}");
    }
    assert_eq!(store.clear_lobby(&x.connection, &x.game).await, Ok(()));
    assert_eq!(
        store.take_waiting(&x, &second).await,
        Ok(false),
        "nobody waits"
    );
}

#[tokio::test]
async fn each_lobby_shard_has_its_own_waiting_player() {
    let store = Table::embedded().await.store;
    let (x, y) = (waiting("x", "g-3", None), waiting("y", "h", None));
    assert_eq!(store.enter_lobby(&x, NOW).await, Ok(true));
    assert_eq!(store.waiting(0).await, Ok(None));
    assert_eq!(store.enter_lobby(&y, NOW).await, Ok(true));
    let z = waiting("z", "i-3", None);
    assert_eq!(store.enter_lobby(&z, NOW).await, Ok(false));
    for (shard, waits) in [(3, &x), (0, &y)] {
        assert_eq!(store.waiting(shard).await, Ok(Some(waits.clone())));
        assert_eq!(store.peek_lobby(shard).await, Ok(Some(waits.clone())));
    }
    assert_eq!(store.take_waiting(&x, &reservation("j")).await, Ok(true));
    assert_eq!(store.waiting(0).await, Ok(Some(y.clone())));
    assert_eq!(store.clear_lobby(&x.connection, &x.game).await, Ok(()));
    assert_eq!(store.waiting(3).await, Ok(None));
    assert_eq!(store.waiting(0).await, Ok(Some(y)));
}

#[tokio::test]
async fn a_player_leaves_the_lobby_only_if_it_is_unchanged() {
    let store = Table::embedded().await.store;
    let expected = |player, game, by: Option<&str>| waiting(player, game, by.map(reservation));
    let free = expected("x", "g-3", None);
    assert_eq!(store.step_out(&free).await, Ok(false), "nobody waits");
    assert_eq!(store.enter_lobby(&free, NOW).await, Ok(true));
    for other in [
        expected("y", "g-3", None),
        expected("x", "h-3", None),
        expected("x", "g-3", Some("j")),
    ] {
        assert_eq!(store.step_out(&other).await, Ok(false), "{other:?}");
    }
    assert_eq!(store.take_waiting(&free, &reservation("j")).await, Ok(true));
    for other in [&free, &expected("x", "g-3", Some("i"))] {
        assert_eq!(store.step_out(other).await, Ok(false), "{other:?}");
    }
    assert!(store.waiting(3).await.expect("read").is_some());
    let unchanged = expected("x", "g-3", Some("j"));
    assert_eq!(store.step_out(&unchanged).await, Ok(true));
    assert_eq!(store.waiting(3).await, Ok(None));
    assert_eq!(store.enter_lobby(&free, NOW).await, Ok(true));
    assert_eq!(store.step_out(&free).await, Ok(true));
    assert_eq!(store.waiting(3).await, Ok(None));
}
