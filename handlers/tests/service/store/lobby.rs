//! The lobby in the table: each shard has one waiting player.

use rps_game::{LEASE_MS, Reservation, Waiting};

use super::*;

fn waiting(player: &str, game: &str) -> Waiting {
    Waiting {
        connection: player.into(),
        game: game.into(),
    }
}

fn reservation(by: &str, at_ms: u64) -> Reservation {
    Reservation {
        by: by.into(),
        at_ms,
    }
}

#[tokio::test]
async fn one_player_waits_in_a_shard() {
    let store = Table::embedded().await.store;
    let (x, y) = (waiting("x", "g"), waiting("y", "h"));
    assert_eq!(store.waiting(0).await, Ok(None));
    for (player, enters) in [(&x, true), (&x, true), (&y, false)] {
        let entered = store.enter_lobby(player, NOW).await;
        assert_eq!(entered, Ok(enters), "{player:?}");
        assert_eq!(store.waiting(0).await, Ok(Some(x.clone())));
    }
    for (player, game, is_cleared) in [("x", "h", false), ("y", "g", false), ("x", "g", true)] {
        assert_eq!(
            store.clear_lobby(&waiting(player, game)).await,
            Ok(is_cleared)
        );
        let is_empty = store.waiting(0).await.expect("read").is_none();
        assert_eq!(is_empty, is_cleared, "{player} {game}");
    }
    assert_eq!(store.clear_lobby(&x).await, Ok(false));
}

#[tokio::test]
async fn each_lobby_shard_has_its_own_waiting_player() {
    let store = Table::embedded().await.store;
    let (x, y) = (waiting("x", "g-3"), waiting("y", "h"));
    assert_eq!(store.enter_lobby(&x, NOW).await, Ok(true));
    assert_eq!(store.waiting(0).await, Ok(None));
    assert_eq!(store.enter_lobby(&y, NOW).await, Ok(true));
    let z = waiting("z", "i-3");
    assert_eq!(store.enter_lobby(&z, NOW).await, Ok(false));
    for (shard, waits) in [(3, &x), (0, &y)] {
        assert_eq!(store.waiting(shard).await, Ok(Some(waits.clone())));
        assert_eq!(store.peek_lobby(shard).await, Ok(Some(waits.clone())));
    }
    assert_eq!(store.clear_lobby(&x).await, Ok(true));
    assert_eq!(store.waiting(3).await, Ok(None));
    assert_eq!(store.waiting(0).await, Ok(Some(y)));
}

#[tokio::test]
async fn a_player_is_reserved_by_one_joiner_for_the_game_that_it_claims() {
    let store = Table::embedded().await.store;
    let reserve = async |game: &str, by: &str, at_ms| {
        let (waiting, reservation) = (waiting("x", game), reservation(by, at_ms));
        let result = store.reserve_player(&waiting, &reservation).await;
        result.expect("no failure")
    };
    assert_eq!(reserve("g", "j", NOW).await, ReserveResult::Gone, "closed");
    assert_eq!(store.open_connection(&idle()).await, Ok(()));
    assert_eq!(reserve("g", "j", NOW).await, ReserveResult::Gone, "idle");
    let (x, old) = (idle().id, claim("g", "i"));
    let claimed = store.claim_place(&x, &old, None).await;
    assert_eq!(claimed, Ok(ClaimResult::Yes));
    for (game, by, at_ms, result) in [
        ("h", "j", NOW, ReserveResult::Gone),
        ("g", "j", NOW, ReserveResult::Yes),
        ("g", "j", NOW, ReserveResult::Yes),
        ("g", "k", NOW + LEASE_MS - 1, ReserveResult::Busy),
        ("g", "k", NOW + LEASE_MS, ReserveResult::Yes),
    ] {
        assert_eq!(
            reserve(game, by, at_ms).await,
            result,
            "{game} {by} {at_ms}"
        );
    }
}

#[tokio::test]
async fn a_reserved_player_claims_nothing_else_until_the_reservation_expires() {
    let store = Table::embedded().await.store;
    let old = Claim {
        reservation: Some(reservation("k", NOW)),
        ..claim("g", "i")
    };
    let x = Connection {
        claim: Some(old.clone()),
        ..idle()
    };
    assert_eq!(store.open_connection(&x).await, Ok(()));
    let at = |at_ms| Claim {
        at_ms,
        ..claim("h", "l")
    };
    for (other, result) in [
        (at(NOW + LEASE_MS - 1), ClaimResult::Conflict(old.clone())),
        (at(NOW + LEASE_MS), ClaimResult::Yes),
    ] {
        let claimed = store.claim_place(&x.id, &other, Some(&old)).await;
        assert_eq!(claimed, Ok(result));
    }
    let connection = store.find_connection(&x.id).await.expect("read");
    assert_eq!(connection.and_then(|it| it.claim), Some(at(NOW + LEASE_MS)));
}
