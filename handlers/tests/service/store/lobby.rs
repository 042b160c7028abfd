//! The lobby: each shard has a place of its own.

use rps_game::{Taken, Waiting};

use super::*;

fn waiting(who: &str, game: &str, taken: Option<Taken>) -> Waiting {
    Waiting {
        connection: who.into(),
        game: game.into(),
        taken,
    }
}

fn taken(by: &str) -> Taken {
    Taken {
        by: by.into(),
        at_ms: NOW,
    }
}

#[tokio::test]
async fn one_player_waits_and_is_taken_as_seen() {
    let store = Table::embedded().await.store;
    let (x, y) = (waiting("x", "g", None), waiting("y", "h", None));
    assert_eq!(store.waiting(0).await, Ok(None));
    for (who, enters) in [(&x, true), (&x, true), (&y, false)] {
        assert_eq!(store.enter_lobby(who, NOW).await, Ok(enters), "{who:?}");
        assert_eq!(store.waiting(0).await, Ok(Some(x.clone())));
    }

    let (first, second) = (taken("j1"), taken("j2"));
    let seen = waiting("x", "g", Some(first.clone()));
    for (seen, by, takes, why) in [
        (&y, &first, false, "another game"),
        (&x, &first, true, "free"),
        (&x, &first, true, "repeated"),
        (&x, &second, false, "taken already"),
        (&seen, &second, true, "taken as seen"),
        (&seen, &taken("j3"), false, "seen too early"),
    ] {
        assert_eq!(store.take_waiting(seen, by).await, Ok(takes), "{why}");
    }

    for (who, game, is_cleared) in [("x", "h", false), ("y", "g", false), ("x", "g", true)] {
        assert_eq!(store.clear_lobby(&who.into(), &game.into()).await, Ok(()));
        let is_empty = store.waiting(0).await.expect("read").is_none();
        assert_eq!(is_empty, is_cleared, "{who} {game}");
    }
    assert_eq!(store.clear_lobby(&x.connection, &x.game).await, Ok(()));
    assert_eq!(
        store.take_waiting(&x, &second).await,
        Ok(false),
        "nobody waits"
    );
}

#[tokio::test]
async fn each_shard_of_the_lobby_has_a_place_of_its_own() {
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
    assert_eq!(store.take_waiting(&x, &taken("j")).await, Ok(true));
    assert_eq!(store.waiting(0).await, Ok(Some(y.clone())));
    assert_eq!(store.clear_lobby(&x.connection, &x.game).await, Ok(()));
    assert_eq!(store.waiting(3).await, Ok(None));
    assert_eq!(store.waiting(0).await, Ok(Some(y)));
}

#[tokio::test]
async fn a_player_steps_out_of_exactly_the_lobby_it_was_seen_in() {
    let store = Table::embedded().await.store;
    let seen = |who, game, by: Option<&str>| waiting(who, game, by.map(taken));
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
