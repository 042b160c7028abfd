//! The lobby in the table: one item with a place for each waiting player.

use rps_contract::names::LOBBY_KEY;
use rps_game::{Lobby, Waiting};

use super::*;

fn waiting(player: &str, game: &str) -> Waiting {
    Waiting {
        connection: player.into(),
        game: game.into(),
    }
}

fn lobby(places: &[&Waiting]) -> Lobby {
    let places = places.iter();
    places
        .map(|it| (it.connection.clone(), it.game.clone()))
        .collect()
}

#[tokio::test]
async fn the_first_player_stores_the_lobby_and_the_last_removes_it() {
    let store = Table::embedded().await.store;
    let (x, y) = (waiting("x", "g"), waiting("y", "h"));
    assert_eq!(store.lobby().await, Ok(Lobby::new()));
    for (player, result) in [
        (&x, LobbyResult::Yes(lobby(&[&x]))),
        (&x, LobbyResult::Yes(lobby(&[&x]))),
        (&y, LobbyResult::No(lobby(&[&x]))),
    ] {
        let entered = store.enter_lobby(player, NOW).await;
        assert_eq!(entered, Ok(result), "{player:?}");
        assert_eq!(store.lobby().await, Ok(lobby(&[&x])));
        assert_eq!(store.peek_lobby().await, Ok(lobby(&[&x])));
    }
    for other in [waiting("x", "h"), waiting("y", "g")] {
        let left = store.leave_lobby(&other).await;
        assert_eq!(left, Ok(LobbyResult::No(lobby(&[&x]))), "{other:?}");
    }
    let left = store.leave_lobby(&x).await;
    assert_eq!(left, Ok(LobbyResult::Yes(Lobby::new())));
    let left = store.leave_lobby(&x).await;
    assert_eq!(left, Ok(LobbyResult::No(Lobby::new())), "no lobby");
    let entered = store.enter_lobby(&y, NOW).await;
    assert_eq!(entered, Ok(LobbyResult::Yes(lobby(&[&y]))));
}

#[tokio::test]
async fn a_player_opens_one_place_while_there_is_room() {
    let store = Table::embedded().await.store;
    let (x, y, z) = (waiting("x", "g"), waiting("y=", "h"), waiting("z", "i"));
    let open = async |player: &Waiting, limit| {
        let result = store.open_place(player, limit, NOW).await;
        result.expect("no failure")
    };
    assert_eq!(
        open(&x, 28).await,
        LobbyResult::No(Lobby::new()),
        "no lobby"
    );
    let entered = store.enter_lobby(&x, NOW).await;
    assert_eq!(entered, Ok(LobbyResult::Yes(lobby(&[&x]))));
    let (one, two) = (lobby(&[&x]), lobby(&[&x, &y]));
    for (player, limit, result) in [
        (&y, 1, LobbyResult::No(one.clone())),
        (&y, 2, LobbyResult::Yes(two.clone())),
        (&y, 2, LobbyResult::Yes(two.clone())),
        (&waiting("y=", "other"), 28, LobbyResult::No(two.clone())),
        (&z, 2, LobbyResult::No(two.clone())),
    ] {
        assert_eq!(open(player, limit).await, result, "{player:?} {limit}");
    }
    for (player, result) in [
        (&waiting("x", "other"), LobbyResult::No(two.clone())),
        (&z, LobbyResult::No(two)),
        (&y, LobbyResult::Yes(one.clone())),
        (&y, LobbyResult::No(one.clone())),
        (&x, LobbyResult::Yes(Lobby::new())),
    ] {
        let closed = store.close_place(player).await;
        assert_eq!(closed, Ok(result), "{player:?}");
    }
    // The stored lobby has no place. Anyone may remove it.
    assert_eq!(open(&z, 28).await, LobbyResult::Yes(lobby(&[&z])));
    let closed = store.close_place(&z).await;
    assert_eq!(closed, Ok(LobbyResult::Yes(Lobby::new())));
    let left = store.leave_lobby(&y).await;
    assert_eq!(left, Ok(LobbyResult::Yes(Lobby::new())));
    let closed = store.close_place(&z).await;
    assert_eq!(closed, Ok(LobbyResult::No(Lobby::new())), "no lobby");
}

/// A lobby in a busy hour is never empty, so its item must not expire.
#[tokio::test]
async fn a_new_place_renews_the_lobbys_expiry() {
    let table = Table::embedded().await;
    let store = &table.store;
    let ttl = async || {
        let items = table.items().await;
        items[LOBBY_KEY]["ttl"].as_n().expect("a number").clone()
    };
    assert!(store.enter_lobby(&waiting("x", "g"), NOW).await.is_ok());
    let first = ttl().await;
    let later = NOW + 60_000;
    assert!(
        store
            .open_place(&waiting("y", "h"), 28, later)
            .await
            .is_ok()
    );
    assert_ne!(ttl().await, first);
}
