//! Games in the table, and that their conditions are those of the pure game.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rps_game::Tick;

use super::*;

#[tokio::test]
async fn games_start_once_and_are_removed() {
    let store = Table::embedded().await.store;
    let id = "g".into();
    assert_eq!(store.find_game(&id).await, Ok(None));
    let later = Game {
        deadline_ms: game().deadline_ms + 1,
        ..game()
    };
    let others = Game {
        players: ["x".into(), "z".into()],
        ..game()
    };
    for (game, starts) in [
        (game(), true),
        (game(), true),
        (later, false),
        (others, false),
    ] {
        assert_eq!(store.start_game(&game).await, Ok(starts), "{game:?}");
    }
    assert_eq!(store.find_game(&id).await, Ok(Some(game())));

    let closed = store.close_by_leaving(&id, Seat::First, &"x".into()).await;
    assert!(matches!(closed, Ok(Changed::Yes(_))), "{closed:?}");
    for (removal, is_gone) in [
        // Closed: not to be dissolved.
        (Removal::IfOpen, false),
        (Removal::Always, true),
        (Removal::IfOpen, true),
    ] {
        assert_eq!(store.remove_game(&id, removal).await, Ok(is_gone));
        assert_eq!(store.find_game(&id).await.expect("read").is_none(), is_gone);
    }
}

#[tokio::test]
async fn what_is_not_there_is_said_to_be_not_there() {
    let store = Table::embedded().await.store;
    let (from, id) = ("x".into(), "g".into());
    let arrival = Arrival {
        from: &from,
        play: Play::Rock,
        round: None,
        arrived_ms: NOW,
    };
    for changed in [
        store.record_play(&claim("g", "j1"), arrival).await,
        store.close_round(&game().tick()).await,
        store.close_by_leaving(&id, Seat::First, &from).await,
        store.next_round(&game(), &game()).await,
        store.close_by_operator(&game()).await,
    ] {
        assert_eq!(changed, Ok(Changed::NoGame));
        assert_eq!(store.find_game(&id).await, Ok(None), "not brought back");
    }
}

#[tokio::test]
async fn the_next_round_replaces_exactly_the_drawn_one() {
    let store = Table::embedded().await.store;
    let next = Game {
        round: 2,
        deadline_ms: drawn().deadline_ms + 5000,
        ..game()
    };
    let differences: [fn(&mut Game); 4] = [
        |game| game.closed = None,
        |game| game.closed = Some(Closed::ByFirstLeaving),
        |game| game.round = 2,
        |game| game.deadline_ms = NOW,
    ];
    for differ in differences {
        let mut not_drawn = drawn();
        differ(&mut not_drawn);
        assert_eq!(store.start_game(&not_drawn).await, Ok(true));
        let changed = store.next_round(&drawn(), &next).await;
        assert_eq!(changed, Ok(Changed::No(not_drawn.clone())));
        assert_eq!(store.find_game(&game().id).await, Ok(Some(not_drawn)));
        let removed = store.remove_game(&game().id, Removal::Always).await;
        assert_eq!(removed, Ok(true));
    }
    assert_eq!(store.start_game(&drawn()).await, Ok(true));
    let other_deliverys = Game {
        deadline_ms: next.deadline_ms + 1,
        ..next.clone()
    };
    for (to, changed) in [
        (&next, Changed::Yes(next.clone())),
        (&next, Changed::Yes(next.clone())),
        (&other_deliverys, Changed::No(next.clone())),
    ] {
        assert_eq!(store.next_round(&drawn(), to).await, Ok(changed));
    }
    assert_eq!(store.find_game(&game().id).await, Ok(Some(next)));
}

fn any_play() -> impl Strategy<Value = Play> {
    prop::sample::select(Play::ALL.to_vec())
}

pub(super) fn any_game() -> impl Strategy<Value = Game> {
    let closed = prop_oneof![
        3 => Just(None),
        1 => Just(Some(Closed::ByClock)),
        1 => Just(Some(Closed::BySecondLeaving)),
        1 => Just(Some(Closed::ByOperator)),
    ];
    (
        prop::option::of(any_play()),
        prop::option::of(any_play()),
        closed,
        1..4u32,
    )
        .prop_map(|(first, second, closed, round)| Game {
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
    Clock(Tick),
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
        (1..4u32, 0..2u64).prop_map(move |(round, off_ms)| Event::Clock(Tick {
            round,
            deadline_ms: deadline + off_ms,
            ..game().tick()
        })),
        (0..3usize).prop_map(Event::Leave),
    ]
}

/// What the pure game makes of the event: the changed game, or `None`.
fn pure(game: &Game, event: &Event) -> Option<Game> {
    let who = ["x", "y", "stranger"];
    match event {
        Event::Play {
            from,
            play,
            round,
            arrived_ms,
        } => game
            .play(&who[*from].into(), *play, *round, *arrived_ms)
            .ok()
            .map(|(game, _)| game),
        Event::Clock(tick) => game.clock(tick).ok(),
        Event::Leave(from) => {
            let seat = game.seat_of(&who[*from].into())?;
            game.close(Closed::by_leaving(seat))
        }
    }
}

/// What the table makes of it, through the port.
async fn stored(table: &Table, game: &Game, event: &Event) -> Changed {
    let store = &table.store;
    let who = ["x", "y", "stranger"];
    // A claim may be left over from another game: the seat alone must not let a stranger in.
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
            let (from, round) = (who[*from].into(), *round);
            let arrival = Arrival {
                from: &from,
                play: *play,
                round,
                arrived_ms: *arrived_ms,
            };
            store.record_play(&claim, arrival).await
        }
        Event::Clock(tick) => store.close_round(tick).await,
        Event::Leave(from) => {
            store
                .close_by_leaving(&game.id, seat(*from), &who[*from].into())
                .await
        }
    };
    changed.expect("no failure")
}

#[test]
fn the_tables_conditions_are_the_games_own() {
    check(&(any_game(), any_event()), &async |table: &Table,
                                              (before, event): (
        Game,
        Event,
    )| {
        let store = &table.store;
        let removed = store.remove_game(&before.id, Removal::Always).await;
        assert_eq!(removed, Ok(true));
        assert_eq!(store.start_game(&before).await, Ok(true));
        let expected = match pure(&before, &event) {
            Some(after) => Changed::Yes(after),
            None => Changed::No(before.clone()),
        };
        assert_eq!(stored(table, &before, &event).await, expected);
        let now = store.find_game(&before.id).await.expect("read");
        let (Changed::Yes(game) | Changed::No(game)) = expected else {
            panic!("{expected:?}")
        };
        assert_eq!(now, Some(game));
    });
}

/// Runs a case in one table for all.
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
    let checked = runner.run(cases, |values| {
        runtime.block_on(case(&table, values));
        Ok(())
    });
    checked.expect("table and game agree");
}
