//! The DynamoDB adapter, every condition both ways; and that its conditions are those of the pure game.

mod games;
mod lobby;
mod operate;

use rps_game::{Claim, Closed, Connection, Game, Play, Rules, Seat};
use rps_handlers::ports::*;
use rps_testkit::table::Table;

const NOW: u64 = 1_700_000_000_000;

fn claim(game: &str, by: &str) -> Claim {
    Claim {
        game: game.into(),
        seat: Seat::Second,
        by: by.into(),
        at_ms: NOW,
    }
}

fn game() -> Game {
    Game::start("g".into(), ["x".into(), "y".into()], Rules::default(), NOW).0
}

/// Both play the same, and the time is over.
fn drawn() -> Game {
    Game {
        plays: [Some(Play::Rock); 2],
        closed: Some(Closed::ByClock),
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
async fn a_place_is_claimed_by_who_sees_it_as_it_is() {
    let store = Table::embedded().await.store;
    let x = idle().id;
    let claims = async |claim: &Claim, replacing: Option<&Claim>| {
        let claimed = store.claim_place(&x, claim, replacing).await;
        claimed.expect("no failure")
    };
    let (first, second) = (claim("g", "j1"), claim("h", "j2"));
    assert_eq!(claims(&first, None).await, Claimed::NoConnection);
    let found = store.find_connection(&x).await;
    assert_eq!(found, Ok(None), "not brought back");

    assert_eq!(store.open_connection(&idle()).await, Ok(()));
    assert_eq!(claims(&first, None).await, Claimed::Yes);
    assert_eq!(claims(&first, None).await, Claimed::Yes, "repeated");
    let same_instant = claim("g", "j2");
    for (claim, replacing) in [
        (&second, None),
        (&same_instant, None),
        (&second, Some(&claim("g", "j9"))),
        (&second, Some(&claim("i", "j1"))),
    ] {
        let claimed = claims(claim, replacing).await;
        assert_eq!(claimed, Claimed::Otherwise(first.clone()), "{replacing:?}");
    }
    assert_eq!(claims(&second, Some(&first)).await, Claimed::Yes);
    let found = store.find_connection(&x).await.expect("no failure");
    assert_eq!(found.and_then(|found| found.claim), Some(second));
}

#[tokio::test]
async fn a_connection_is_opened_once_and_removed_as_it_was_seen() {
    let store = Table::embedded().await.store;
    let x = idle().id;
    assert_eq!(store.find_connection(&x).await, Ok(None));
    assert_eq!(store.open_connection(&idle()).await, Ok(()));
    assert_eq!(store.find_connection(&x).await, Ok(Some(idle())));
    let claim = claim("h", "j");
    let claimed = store.claim_place(&x, &claim, None).await;
    assert_eq!(claimed, Ok(Claimed::Yes));

    let claimed = Some(Connection {
        claim: Some(claim),
        ..idle()
    });
    assert_eq!(store.open_connection(&idle()).await, Ok(()));
    let found = store.find_connection(&x).await;
    assert_eq!(found, Ok(claimed.clone()), "opened once");
    for (claiming, removed) in [(Some("g"), None), (Some("h"), claimed), (None, None)] {
        let claiming = claiming.map(Into::into);
        let found = store.remove_connection(&x, claiming.as_ref()).await;
        assert_eq!(found, Ok(removed), "{claiming:?}");
    }
}
