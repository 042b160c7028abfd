//! Games in the table. Their conditions agree with the pure game.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rps_game::RoundTimer;

use super::*;

#[tokio::test]
async fn a_game_starts_once_and_is_removed() {
    let store = Table::embedded().await.store;
    let id = "g".into();
    assert_eq!(store.find_game(&id).await, Ok(None));
    let later = Game {
        deadline_ms: game().deadline_ms + 1,
        ..game()
    };
    let other_players = Game {
        players: ["x".into(), "z".into()],
        ..game()
    };
    for (game, starts) in [
        (game(), true),
        (game(), true),
        (later, false),
        (other_players, false),
    ] {
        assert_eq!(store.start_game(&game).await, Ok(starts), "{game:?}");
    }
    assert_eq!(store.find_game(&id).await, Ok(Some(game())));

    let closed = store.close_by_leaving(&id, Seat::First, &"x".into()).await;
    assert!(matches!(closed, Ok(ChangeResult::Yes(_))), "{closed:?}");
    assert_eq!(store.remove_open_game(&game()).await, Ok(false));
    assert!(store.find_game(&id).await.expect("read").is_some());
    let other_players = Game {
        players: ["x".into(), "z".into()],
        ..game()
    };
    let stored = store.find_game(&id).await;
    assert_eq!(store.remove_game(&other_players).await, stored);
    assert!(store.find_game(&id).await.expect("read").is_some());
    assert_eq!(store.remove_game(&game()).await, Ok(None));
    assert_eq!(store.find_game(&id).await, Ok(None));
    assert_eq!(store.remove_open_game(&game()).await, Ok(true));

    let played = Game {
        plays: [Some(Play::Rock), Some(Play::Paper)],
        ..game()
    };
    assert_eq!(store.start_game(&played).await, Ok(true));
    assert_eq!(store.remove_open_game(&played).await, Ok(false));
}

#[tokio::test]
async fn changes_of_a_missing_game_return_no_game() {
    let store = Table::embedded().await.store;
    let (from, id) = ("x".into(), "g".into());
    let incoming = IncomingPlay {
        from: &from,
        play: Play::Rock,
        round: None,
        arrived_ms: NOW,
    };
    for changed in [
        store.record_play(&claim("g", "j1"), incoming).await,
        store.close_round(&game().round_timer()).await,
        store.close_by_leaving(&id, Seat::First, &from).await,
        store.next_round(&game(), &game()).await,
        store.close_by_operator(&game()).await,
    ] {
        assert_eq!(changed, Ok(ChangeResult::NoGame));
        assert_eq!(store.find_game(&id).await, Ok(None), "nothing is stored");
    }
}

/// The round after [`drawn`].
fn next() -> Game {
    Game {
        round: 2,
        deadline_ms: drawn().deadline_ms + 5000,
        ..game()
    }
}

#[tokio::test]
async fn the_next_round_replaces_only_the_drawn_round() {
    let store = Table::embedded().await.store;
    let differences: [fn(&mut Game); 6] = [
        |game| (game.v, game.closed) = (1, None),
        |game| game.plays = [Some(Play::Rock), Some(Play::Paper)],
        |game| (game.plays, game.closed) = ([Some(Play::Rock), None], None),
        |game| game.closed = Some(CloseReason::ByFirstLeaving),
        |game| game.round = 2,
        |game| game.deadline_ms = NOW,
    ];
    for differ in differences {
        let mut not_drawn = drawn();
        differ(&mut not_drawn);
        assert_eq!(store.start_game(&not_drawn).await, Ok(true));
        let changed = store.next_round(&drawn(), &next()).await;
        assert_eq!(changed, Ok(ChangeResult::No(not_drawn.clone())));
        assert_eq!(store.find_game(&game().id).await, Ok(Some(not_drawn)));
        let removed = store.remove_game(&game()).await;
        assert_eq!(removed, Ok(None));
    }
}

#[tokio::test]
async fn one_delivery_starts_the_next_round() {
    let store = Table::embedded().await.store;
    let other_delivery = Game {
        deadline_ms: next().deadline_ms + 1,
        ..next()
    };
    let played = Game {
        closed: None,
        ..drawn()
    };
    for drawn in [drawn(), played] {
        assert_eq!(store.start_game(&drawn).await, Ok(true));
        for (to, changed) in [
            (next(), ChangeResult::Yes(next())),
            (next(), ChangeResult::Yes(next())),
            (other_delivery.clone(), ChangeResult::No(next())),
        ] {
            assert_eq!(store.next_round(&drawn, &to).await, Ok(changed));
        }
        assert_eq!(store.find_game(&game().id).await, Ok(Some(next())));
        assert_eq!(store.remove_game(&game()).await, Ok(None));
    }
}

fn any_play() -> impl Strategy<Value = Play> {
    prop::sample::select(Play::ALL.to_vec())
}

pub(super) fn any_game() -> impl Strategy<Value = Game> {
    let closed = prop_oneof![
        3 => Just(None),
        1 => Just(Some(CloseReason::ByClock)),
        1 => Just(Some(CloseReason::BySecondLeaving)),
        1 => Just(Some(CloseReason::ByOperator)),
    ];
    (
        prop::option::of(any_play()),
        prop::option::of(any_play()),
        closed,
        1..4u32,
        1..3u32,
    )
        .prop_map(|(first, second, closed, round, v)| Game {
            v,
            plays: [first, second],
            closed,
            round,
            ..game()
        })
}

#[derive(Debug, Clone)]
enum Event {
    Play {
        from: usize,
        play: Play,
        round: Option<u32>,
        arrived_ms: u64,
    },
    Clock(RoundTimer),
    Leave(usize),
}

fn any_event() -> impl Strategy<Value = Event> {
    let deadline = game().deadline_ms;
    let arrived = prop_oneof![
        Just(NOW),
        Just(deadline),
        Just(deadline + 1000),
        Just(deadline + 1001),
    ];
    prop_oneof![
        (0..3usize, any_play(), prop::option::of(0..4u32), arrived).prop_map(
            |(from, play, round, arrived_ms)| Event::Play {
                from,
                play,
                round,
                arrived_ms
            }
        ),
        (1..4u32, 0..2u64).prop_map(move |(round, off_ms)| Event::Clock(RoundTimer {
            round,
            deadline_ms: deadline + off_ms,
            ..game().round_timer()
        })),
        (0..3usize).prop_map(Event::Leave),
    ]
}

/// Applies the event to the pure game. `None`: the game refuses it.
fn pure(game: &Game, event: &Event) -> Option<Game> {
    let ids = ["x", "y", "stranger"];
    match event {
        Event::Play {
            from,
            play,
            round,
            arrived_ms,
        } => game
            .play(&ids[*from].into(), *play, *round, *arrived_ms)
            .ok()
            .map(|(game, _)| game),
        Event::Clock(round_timer) => game.clock(round_timer).ok(),
        Event::Leave(from) => {
            let seat = game.seat_of(&ids[*from].into())?;
            game.close(CloseReason::by_leaving(seat))
        }
    }
}

/// Applies the event to the table.
async fn apply(table: &Table, game: &Game, event: &Event) -> ChangeResult {
    let store = &table.store;
    let ids = ["x", "y", "stranger"];
    // A stranger may have a leftover claim with a seat: the seat alone must not let it play.
    let seat = |from: usize| if from == 1 { Seat::Second } else { Seat::First };
    let changed = match event {
        Event::Play {
            from,
            play,
            round,
            arrived_ms,
        } => {
            let claim = Claim {
                seat: seat(*from),
                ..claim(&game.id.to_string(), "j")
            };
            let (from, round) = (ids[*from].into(), *round);
            let incoming = IncomingPlay {
                from: &from,
                play: *play,
                round,
                arrived_ms: *arrived_ms,
            };
            store.record_play(&claim, incoming).await
        }
        Event::Clock(round_timer) => store.close_round(round_timer).await,
        Event::Leave(from) => {
            store
                .close_by_leaving(&game.id, seat(*from), &ids[*from].into())
                .await
        }
    };
    changed.expect("no failure")
}

#[test]
fn the_table_and_the_pure_game_agree() {
    check(&(any_game(), any_event()), &async |table: &Table,
                                              (before, event): (
        Game,
        Event,
    )| {
        let store = &table.store;
        let removed = store.remove_game(&before).await;
        assert_eq!(removed, Ok(None));
        assert_eq!(store.start_game(&before).await, Ok(true));
        let is_repeated_play =
            |after: &Game| *after == before && matches!(event, Event::Play { .. });
        let expected = match pure(&before, &event).filter(|after| !is_repeated_play(after)) {
            Some(after) => ChangeResult::Yes(after),
            None => ChangeResult::No(before.clone()),
        };
        assert_eq!(apply(table, &before, &event).await, expected);
        let stored = store.find_game(&before.id).await.expect("read");
        let (ChangeResult::Yes(game) | ChangeResult::No(game)) = expected else {
            panic!("{expected:?}")
        };
        assert_eq!(stored, Some(game));
    });
}

/// Runs all cases with one table.
pub(super) fn check<S: Strategy>(cases: &S, case: &impl AsyncFn(&Table, S::Value)) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.expect("a runtime");
    let table = runtime.block_on(Table::embedded());
    let mut runner = TestRunner::new(Config {
        failure_persistence: None,
        ..Config::with_cases(300)
    });
    let result = runner.run(cases, |values| {
        runtime.block_on(case(&table, values));
        Ok(())
    });
    result.expect("table and game agree");
}
