//! Operators' writes agree with the pure game, and change only the round that the operator read.

use proptest::prelude::*;

use super::games::{any_game, check};
use super::*;

#[tokio::test]
async fn an_operators_end_can_be_repeated_after_a_lost_response() {
    let store = Table::embedded().await.store;
    for stored in [game(), drawn()] {
        assert_eq!(store.start_game(&stored).await, Ok(true));
        let ended = Game {
            closed: Some(CloseReason::ByOperator),
            ..stored.clone()
        };
        for snapshot in [&stored, &stored, &ended] {
            let changed = store.close_by_operator(snapshot).await;
            assert_eq!(
                changed,
                Ok(ChangeResult::Yes(ended.clone())),
                "{snapshot:?}"
            );
        }
        store.remove_game(&stored).await.expect("removed");
        let changed = store.close_by_operator(&stored).await;
        assert_eq!(changed, Ok(ChangeResult::NoGame));
    }
}

fn any_closed() -> impl Strategy<Value = Option<CloseReason>> {
    prop_oneof![
        Just(None),
        Just(Some(CloseReason::ByClock)),
        Just(Some(CloseReason::ByFirstLeaving)),
        Just(Some(CloseReason::BySecondLeaving)),
        Just(Some(CloseReason::ByOperator)),
    ]
}

/// The stored game, and the game that the operator read. They are often equal.
fn stored_game_and_snapshot() -> impl Strategy<Value = (Game, Game)> {
    let stored =
        (any_game(), any_closed(), 1..6u32, 0..3u8).prop_map(|(game, closed, round, same_play)| {
            Game {
                closed,
                round,
                plays: match same_play {
                    0 => [game.plays[0]; 2],
                    _ => game.plays,
                },
                ..game
            }
        });
    let rarely = || prop::bool::weighted(0.2);
    let snapshot = (prop::option::of(any_closed()), rarely(), rarely(), rarely());
    (stored, snapshot).prop_map(|(stored, (closed, other_round, other_deadline, earlier))| {
        let snapshot = Game {
            closed: closed.unwrap_or(stored.closed),
            round: stored.round + u32::from(other_round),
            deadline_ms: stored.deadline_ms + u64::from(other_deadline),
            plays: [stored.plays[0].filter(|_| !earlier), stored.plays[1]],
            ..stored.clone()
        };
        (stored, snapshot)
    })
}

/// The operator's end by the pure game.
fn expected_result(stored: &Game, snapshot: &Game) -> ChangeResult {
    let ended = snapshot.ended_by_operator();
    // One later play does not matter: an open round is ended with the plays it has.
    let may_close = snapshot.closed_by().is_some() || !stored.is_played();
    let is_unchanged =
        (stored.closed == snapshot.closed && may_close) || stored.closed == ended.closed;
    if stored.round_timer() == snapshot.round_timer() && is_unchanged {
        ChangeResult::Yes(Game {
            closed: ended.closed,
            ..stored.clone()
        })
    } else {
        ChangeResult::No(stored.clone())
    }
}

#[test]
fn an_operators_end_agrees_with_the_pure_game() {
    check(
        &stored_game_and_snapshot(),
        &async |table: &Table, (stored, snapshot): (Game, Game)| {
            let store = &table.store;
            let removed = store.remove_game(&stored).await;
            assert_eq!(removed, Ok(None));
            assert_eq!(store.start_game(&stored).await, Ok(true));
            let expected = expected_result(&stored, &snapshot);
            let changed = store.close_by_operator(&snapshot).await;
            assert_eq!(changed, Ok(expected.clone()), "{snapshot:?}");
            let current = store.find_game(&stored.id).await.expect("read");
            let (ChangeResult::Yes(game) | ChangeResult::No(game)) = expected else {
                panic!("{expected:?}")
            };
            assert_eq!(current, Some(game));
        },
    );
}

/// After the operator read the open round, a player played or the round closed.
#[tokio::test]
async fn an_operators_end_keeps_later_plays() {
    let store = Table::embedded().await.store;
    for (first, closed) in [
        (None, None),
        (None, Some(CloseReason::ByClock)),
        (None, Some(CloseReason::ByFirstLeaving)),
        (Some(Play::Rock), None),
    ] {
        let stored = Game {
            plays: [first, Some(Play::Paper)],
            closed,
            ..game()
        };
        assert_eq!(store.start_game(&stored).await, Ok(true));
        let expected = match (first, closed) {
            (None, None) => ChangeResult::Yes(Game {
                closed: Some(CloseReason::ByOperator),
                ..stored
            }),
            _ => ChangeResult::No(stored),
        };
        assert_eq!(store.close_by_operator(&game()).await, Ok(expected));
        store.remove_game(&game()).await.expect("removed");
    }
}
