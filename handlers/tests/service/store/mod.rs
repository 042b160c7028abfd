//! The DynamoDB adapter: each condition succeeds and fails as documented, and agrees with the pure game.

mod games;
mod lobby;
mod operate;
mod simulator;

use rps_game::{Claim, CloseReason, Connection, Game, Play, Rules, Seat};
use rps_handlers::ports::*;
use rps_testkit::table::Table;

const NOW: u64 = 1_700_000_000_000;

fn claim(game: &str, by: &str) -> Claim {
    Claim {
        game: game.into(),
        seat: Seat::Second,
        by: by.into(),
        at_ms: NOW,
        room: None,
    }
}

fn game() -> Game {
    Game::start("g".into(), ["x".into(), "y".into()], Rules::default(), NOW)
}

/// A drawn round, closed by its clock.
fn drawn() -> Game {
    Game {
        plays: [Some(Play::Rock); 2],
        closed: Some(CloseReason::ByClock),
        ..game()
    }
}

fn idle() -> Connection {
    Connection {
        id: "x".into(),
        connected_at_ms: NOW,
        claim: None,
    }
}

#[tokio::test]
async fn a_claim_replaces_only_the_expected_claim() {
    let store = Table::embedded().await.store;
    let x = idle().id;
    let claims = async |claim: &Claim, replacing: Option<&Claim>| {
        let result = store.claim_place(&x, claim, replacing).await;
        result.expect("no failure")
    };
    let (first, second) = (claim("g", "j1"), claim("h", "j2"));
    assert_eq!(claims(&first, None).await, ClaimResult::NoConnection);
    let connection = store.find_connection(&x).await;
    assert_eq!(connection, Ok(None), "a claim does not store a connection");

    assert_eq!(store.open_connection(&idle()).await, Ok(()));
    assert_eq!(claims(&first, None).await, ClaimResult::Yes);
    assert_eq!(claims(&first, None).await, ClaimResult::Yes, "repeated");
    let same_instant = claim("g", "j2");
    for (claim, replacing) in [
        (&second, None),
        (&same_instant, None),
        (&second, Some(&claim("g", "j9"))),
        (&second, Some(&claim("i", "j1"))),
    ] {
        let result = claims(claim, replacing).await;
        assert_eq!(
            result,
            ClaimResult::Conflict(first.clone()),
            "{replacing:?}"
        );
    }
    assert_eq!(claims(&second, Some(&first)).await, ClaimResult::Yes);
    let connection = store.find_connection(&x).await.expect("no failure");
    assert_eq!(connection.and_then(|it| it.claim), Some(second));
}

#[tokio::test]
async fn a_connection_is_removed_under_its_condition() {
    let store = Table::embedded().await.store;
    let x = idle().id;
    assert_eq!(store.find_connection(&x).await, Ok(None));
    assert_eq!(store.open_connection(&idle()).await, Ok(()));
    assert_eq!(store.find_connection(&x).await, Ok(Some(idle())));
    let claim = claim("h", "j");
    let result = store.claim_place(&x, &claim, None).await;
    assert_eq!(result, Ok(ClaimResult::Yes));

    let claimed = Connection {
        claim: Some(claim),
        ..idle()
    };
    assert_eq!(store.remove_player(&x, &"g".into()).await, Ok(false));
    let connection = store.find_connection(&x).await;
    assert_eq!(
        connection,
        Ok(Some(claimed.clone())),
        "it claims another game"
    );
    assert_eq!(store.remove_connection(&x).await, Ok(Some(claimed.clone())));
    assert_eq!(store.remove_connection(&x).await, Ok(None));
    assert_eq!(store.remove_player(&x, &"h".into()).await, Ok(false));
    assert_eq!(store.open_connection(&claimed).await, Ok(()));
    assert_eq!(store.remove_player(&x, &"h".into()).await, Ok(true));
    assert_eq!(store.find_connection(&x).await, Ok(None));
}
