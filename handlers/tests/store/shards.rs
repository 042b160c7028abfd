//! The shards of the lobby.

use super::*;

#[tokio::test]
async fn each_shard_of_the_lobby_has_a_place_of_its_own() {
    let store = Table::create().await.store;
    let waiting = |who: &str, game: &str| Waiting {
        connection: who.into(),
        game: game.into(),
        taken: None,
    };
    let (x, y) = (waiting("x", "g-3"), waiting("y", "h"));
    assert_eq!(store.enter_lobby(&x, NOW).await, Ok(true));
    assert_eq!(store.waiting(0).await, Ok(None));
    assert_eq!(store.enter_lobby(&y, NOW).await, Ok(true));
    assert_eq!(
        store.enter_lobby(&waiting("z", "i-3"), NOW).await,
        Ok(false)
    );
    for (shard, waits) in [(3, &x), (0, &y)] {
        assert_eq!(store.waiting(shard).await, Ok(Some(waits.clone())));
        assert_eq!(store.peek_lobby(shard).await, Ok(Some(waits.clone())));
    }
    let taken = Taken {
        by: "j".into(),
        at_ms: NOW,
    };
    assert_eq!(store.take_waiting(&x, &taken).await, Ok(true));
    assert_eq!(store.waiting(0).await, Ok(Some(y)));
    store
        .clear_lobby(&x.connection, &x.game)
        .await
        .expect("no failure");
    assert_eq!(store.waiting(3).await, Ok(None));
    assert!(store.waiting(0).await.expect("read").is_some());
}

#[tokio::test]
async fn a_player_steps_out_of_exactly_the_lobby_it_was_seen_in() {
    let store = Table::create().await.store;
    let taken = |by: &str| Taken {
        by: by.into(),
        at_ms: NOW,
    };
    let seen = |who: &str, game: &str, by: Option<&str>| Waiting {
        connection: who.into(),
        game: game.into(),
        taken: by.map(taken),
    };
    let free = seen("x", "g-3", None);
    assert_eq!(store.step_out(&free).await, Ok(false), "nobody waits");
    assert_eq!(store.enter_lobby(&free, NOW).await, Ok(true));
    for other in [
        seen("y", "g-3", None),
        seen("x", "h-3", None),
        seen("x", "g-3", Some("j")),
    ] {
        assert_eq!(store.step_out(&other).await, Ok(false), "{other:?}");
    }
    assert_eq!(store.take_waiting(&free, &taken("j")).await, Ok(true));
    for other in [&free, &seen("x", "g-3", Some("i"))] {
        assert_eq!(store.step_out(other).await, Ok(false), "{other:?}");
    }
    assert!(store.waiting(3).await.expect("read").is_some());
    let as_seen = seen("x", "g-3", Some("j"));
    assert_eq!(store.step_out(&as_seen).await, Ok(true));
    assert_eq!(store.waiting(3).await, Ok(None));
    assert_eq!(store.enter_lobby(&free, NOW).await, Ok(true));
    assert_eq!(store.step_out(&free).await, Ok(true));
    assert_eq!(store.waiting(3).await, Ok(None));
}
