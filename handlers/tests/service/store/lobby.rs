//! The lobby in the table: one item with a place for each waiting player.

use rps_contract::names::LOBBY_KEY;
use rps_game::{Lobby, ROOMS_SINCE, Room, Waiting};

use super::*;

fn waiting(player: &str, game: &str) -> Waiting {
    Waiting {
        connection: player.into(),
        game: game.into(),
        room: None,
    }
}

fn lobby(places: &[&Waiting]) -> Lobby {
    let places = places.iter();
    let places = places.map(|it| (it.connection.clone(), it.game.clone()));
    Lobby {
        places: places.collect(),
        ..Lobby::default()
    }
}

#[tokio::test]
async fn the_first_player_stores_the_lobby_and_the_last_removes_it() {
    let store = Table::embedded().await.store;
    let (x, y) = (waiting("x", "g"), waiting("y", "h"));
    assert_eq!(store.lobby(None).await, Ok(Lobby::default()));
    for (player, result) in [
        (&x, LobbyResult::Yes(lobby(&[&x]))),
        (&x, LobbyResult::Yes(lobby(&[&x]))),
        (&y, LobbyResult::No(lobby(&[&x]))),
    ] {
        let entered = store.enter_lobby(player, NOW).await;
        assert_eq!(entered, Ok(result), "{player:?}");
        assert_eq!(store.lobby(None).await, Ok(lobby(&[&x])));
        assert_eq!(store.peek_lobby(None).await, Ok(lobby(&[&x])));
    }
    for other in [waiting("x", "h"), waiting("y", "g")] {
        let left = store.leave_lobby(&other).await;
        assert_eq!(left, Ok(LobbyResult::No(lobby(&[&x]))), "{other:?}");
    }
    let left = store.leave_lobby(&x).await;
    assert_eq!(left, Ok(LobbyResult::Yes(Lobby::default())));
    let left = store.leave_lobby(&x).await;
    assert_eq!(left, Ok(LobbyResult::No(Lobby::default())), "no lobby");
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
        LobbyResult::No(Lobby::default()),
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
        (&x, LobbyResult::Yes(Lobby::default())),
    ] {
        let closed = store.close_place(player).await;
        assert_eq!(closed, Ok(result), "{player:?}");
    }
    // The stored lobby has no place. Anyone may remove it.
    assert_eq!(open(&z, 28).await, LobbyResult::Yes(lobby(&[&z])));
    let closed = store.close_place(&z).await;
    assert_eq!(closed, Ok(LobbyResult::Yes(Lobby::default())));
    let left = store.leave_lobby(&y).await;
    assert_eq!(left, Ok(LobbyResult::Yes(Lobby::default())));
    let closed = store.close_place(&z).await;
    assert_eq!(closed, Ok(LobbyResult::No(Lobby::default())), "no lobby");
}

#[tokio::test]
async fn a_room_is_an_item_of_its_own() {
    let table = Table::embedded().await;
    let store = &table.store;
    let room: Room = "Az-09_".parse().expect("a code");
    let in_room = Waiting {
        room: Some(room.clone()),
        ..waiting("x", "g")
    };
    let entered = store.enter_lobby(&in_room, NOW).await.expect("no failure");
    let lobby_of_room = Lobby {
        room: Some(room.clone()),
        ..lobby(&[&in_room])
    };
    assert_eq!(entered, LobbyResult::Yes(lobby_of_room.clone()));
    assert_eq!(store.lobby(Some(&room)).await, Ok(lobby_of_room));
    assert_eq!(store.lobby(None).await, Ok(Lobby::default()));
    let items = table.items().await;
    let keys: Vec<_> = items.keys().collect();
    assert_eq!(keys, ["R#Az-09_"]);
    // An earlier rpsctl would call it foreign.
    assert_eq!(items["R#Az-09_"]["v"].as_n(), Ok(&ROOMS_SINCE.to_string()));
    assert!(store.leave_lobby(&in_room).await.is_ok());
    assert!(table.items().await.is_empty());
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
