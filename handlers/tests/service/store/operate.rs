//! What operators write: as the pure game does, to exactly the round that was seen.

use proptest::prelude::*;

use super::games::{any_game, check};
use super::*;

#[tokio::test]
async fn an_operator_ends_a_round_once_more_if_the_answer_was_lost() {
    let store = Table::embedded().await.store;
    for seen in [game(), drawn()] {
        assert_eq!(store.start_game(&seen).await, Ok(true));
        let ended = Game {
            closed: Some(Closed::ByOperator),
            ..seen.clone()
        };
        for sight in [&seen, &seen, &ended] {
            let changed = store.close_by_operator(sight).await;
            assert_eq!(changed, Ok(Changed::Yes(ended.clone())), "{sight:?}");
        }
        store
            .remove_game(&seen.id, Removal::Always)
            .await
            .expect("removed");
        let changed = store.close_by_operator(&seen).await;
        assert_eq!(changed, Ok(Changed::NoGame));
    }
}

fn any_closed() -> impl Strategy<Value = Option<Closed>> {
    prop_oneof![
        Just(None),
        Just(Some(Closed::ByClock)),
        Just(Some(Closed::ByFirstLeaving)),
        Just(Some(Closed::BySecondLeaving)),
        Just(Some(Closed::ByOperator)),
    ]
}

/// A game that is stored, and one that an operator saw. Often the same.
fn stored_and_seen() -> impl Strategy<Value = (Game, Game)> {
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
    let seen = (prop::option::of(any_closed()), rarely(), rarely());
    (stored, seen).prop_map(|(stored, (closed, other_round, other_deadline))| {
        let seen = Game {
            closed: closed.unwrap_or(stored.closed),
            round: stored.round + u32::from(other_round),
            deadline_ms: stored.deadline_ms + u64::from(other_deadline),
            ..stored.clone()
        };
        (stored, seen)
    })
}

/// What the pure game makes of an operator's end.
fn ended(stored: &Game, seen: &Game) -> Changed {
    let ended = seen.ended_by_operator();
    // Plays that came since do not matter: what was open as seen is ended as it is now.
    let as_seen = stored.closed == seen.closed || stored.closed == ended.closed;
    if stored.tick() == seen.tick() && as_seen {
        Changed::Yes(Game {
            closed: ended.closed,
            ..stored.clone()
        })
    } else {
        Changed::No(stored.clone())
    }
}

#[test]
fn an_operator_ends_what_was_seen_as_the_pure_game_does() {
    check(
        &stored_and_seen(),
        &async |table: &Table, (stored, seen): (Game, Game)| {
            let store = &table.store;
            let removed = store.remove_game(&stored.id, Removal::Always).await;
            assert_eq!(removed, Ok(true));
            assert_eq!(store.start_game(&stored).await, Ok(true));
            let expected = ended(&stored, &seen);
            let changed = store.close_by_operator(&seen).await;
            assert_eq!(changed, Ok(expected.clone()), "{seen:?}");
            let now = store.find_game(&stored.id).await.expect("read");
            let (Changed::Yes(game) | Changed::No(game)) = expected else {
                panic!("{expected:?}")
            };
            assert_eq!(now, Some(game));
        },
    );
}

/// A round that was seen open, and was played in or closed since.
#[tokio::test]
async fn an_operator_ends_an_open_round_with_the_plays_that_came_since() {
    let store = Table::embedded().await.store;
    for closed in [None, Some(Closed::ByClock), Some(Closed::ByFirstLeaving)] {
        let stored = Game {
            plays: [None, Some(Play::Paper)],
            closed,
            ..game()
        };
        assert_eq!(store.start_game(&stored).await, Ok(true));
        let expected = match closed {
            None => Changed::Yes(Game {
                closed: Some(Closed::ByOperator),
                ..stored
            }),
            Some(_) => Changed::No(stored),
        };
        assert_eq!(store.close_by_operator(&game()).await, Ok(expected));
        store
            .remove_game(&game().id, Removal::Always)
            .await
            .expect("removed");
    }
}
