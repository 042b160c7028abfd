//! The DynamoDB adapter, every condition both ways; and that its conditions are those of the pure game.

#[path = "store/operate.rs"]
mod operate;
#[path = "store/shards.rs"]
mod shards;
mod support;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rps_game::{Claim, Closed, Connection, Game, Play, Rules, Seat, Taken, Tick, Waiting};
use rps_handlers::ports::*;
use support::Table;

const NOW: u64 = 1_700_000_000_000;

fn connection() -> Connection {
    Connection {
        id: "x".into(),
        connected_at_ms: NOW,
        claim: None,
    }
}

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

#[tokio::test]
async fn connections() {
    let store = Table::create().await.store;
    let x = "x".into();
    assert_eq!(store.find_connection(&x).await, Ok(None));
    assert_eq!(
        store.claim_place(&x, &claim("g", "j1"), None).await,
        Ok(Claimed::NoConnection)
    );
    assert_eq!(
        store.find_connection(&x).await,
        Ok(None),
        "a claim brings nobody back"
    );

    store.open_connection(&connection()).await.expect("stored");
    assert_eq!(store.find_connection(&x).await, Ok(Some(connection())));
    let (first, second) = (claim("g", "j1"), claim("h", "j2"));
    assert_eq!(store.claim_place(&x, &first, None).await, Ok(Claimed::Yes));
    assert_eq!(
        store.claim_place(&x, &first, None).await,
        Ok(Claimed::Yes),
        "repeated"
    );
    let otherwise = Ok(Claimed::Otherwise(first.clone()));
    assert_eq!(store.claim_place(&x, &second, None).await, otherwise);
    let same_instant = claim("g", "j2");
    assert_eq!(
        store.claim_place(&x, &same_instant, None).await,
        otherwise,
        "another join's"
    );
    assert_eq!(
        store
            .claim_place(&x, &second, Some(&claim("g", "j9")))
            .await,
        otherwise
    );
    assert_eq!(
        store
            .claim_place(&x, &second, Some(&claim("i", "j1")))
            .await,
        otherwise
    );
    assert_eq!(
        store.claim_place(&x, &second, Some(&first)).await,
        Ok(Claimed::Yes)
    );

    let claimed = Connection {
        claim: Some(second),
        ..connection()
    };
    assert_eq!(store.find_connection(&x).await, Ok(Some(claimed.clone())));
    store
        .open_connection(&connection())
        .await
        .expect("no failure");
    assert_eq!(
        store.find_connection(&x).await,
        Ok(Some(claimed.clone())),
        "opened once"
    );
    assert_eq!(
        store.remove_connection(&x, Some(&"g".into())).await,
        Ok(None),
        "another game's"
    );
    assert_eq!(
        store.remove_connection(&x, Some(&"h".into())).await,
        Ok(Some(claimed))
    );
    assert_eq!(store.remove_connection(&x, None).await, Ok(None));
}

#[tokio::test]
async fn lobby() {
    let store = Table::create().await.store;
    let waiting = |who: &str, game: &str| Waiting {
        connection: who.into(),
        game: game.into(),
        taken: None,
    };
    let (x, y) = (waiting("x", "g"), waiting("y", "h"));
    assert_eq!(store.waiting(0).await, Ok(None));
    assert_eq!(store.enter_lobby(&x, NOW).await, Ok(true));
    assert_eq!(store.enter_lobby(&x, NOW).await, Ok(true), "repeated");
    assert_eq!(store.enter_lobby(&y, NOW).await, Ok(false));
    assert_eq!(store.waiting(0).await, Ok(Some(x.clone())));

    let taken = |by: &str| Taken {
        by: by.into(),
        at_ms: NOW,
    };
    let (first, second) = (taken("j1"), taken("j2"));
    assert_eq!(
        store.take_waiting(&y, &first).await,
        Ok(false),
        "another game"
    );
    assert_eq!(store.take_waiting(&x, &first).await, Ok(true));
    assert_eq!(store.take_waiting(&x, &first).await, Ok(true), "repeated");
    assert_eq!(
        store.take_waiting(&x, &second).await,
        Ok(false),
        "taken already"
    );
    let seen = Waiting {
        taken: Some(first),
        ..x.clone()
    };
    assert_eq!(store.waiting(0).await, Ok(Some(seen.clone())));
    assert_eq!(store.take_waiting(&seen, &second).await, Ok(true));
    assert_eq!(
        store.take_waiting(&seen, &taken("j3")).await,
        Ok(false),
        "seen too early"
    );

    for (who, game) in [("x", "h"), ("y", "g")] {
        store
            .clear_lobby(&who.into(), &game.into())
            .await
            .expect("no failure");
        assert!(
            store.waiting(0).await.expect("read").is_some(),
            "{who} does not wait for {game}"
        );
    }
    store
        .clear_lobby(&x.connection, &x.game)
        .await
        .expect("no failure");
    assert_eq!(store.waiting(0).await, Ok(None));
    store
        .clear_lobby(&x.connection, &x.game)
        .await
        .expect("empty already");
    assert_eq!(
        store.take_waiting(&x, &second).await,
        Ok(false),
        "nobody waits"
    );
}

#[tokio::test]
async fn games_start_once_and_are_removed() {
    let store = Table::create().await.store;
    let id = "g".into();
    assert_eq!(store.find_game(&id).await, Ok(None));
    assert_eq!(store.start_game(&game()).await, Ok(true));
    assert_eq!(store.start_game(&game()).await, Ok(true), "repeated");
    let later = Game {
        deadline_ms: game().deadline_ms + 1,
        ..game()
    };
    assert_eq!(store.start_game(&later).await, Ok(false));
    let others = Game {
        players: ["x".into(), "z".into()],
        ..game()
    };
    assert_eq!(store.start_game(&others).await, Ok(false));
    assert_eq!(store.find_game(&id).await, Ok(Some(game())));

    let closed = store.close_by_leaving(&id, Seat::First, &"x".into()).await;
    assert!(matches!(closed, Ok(Changed::Yes(_))), "{closed:?}");
    assert_eq!(
        store.remove_game(&id, Removal::IfOpen).await,
        Ok(false),
        "closed: not to be dissolved"
    );
    assert_eq!(store.remove_game(&id, Removal::Always).await, Ok(true));
    assert_eq!(store.find_game(&id).await, Ok(None));
    assert_eq!(
        store.remove_game(&id, Removal::IfOpen).await,
        Ok(true),
        "gone is gone"
    );
}

#[tokio::test]
async fn what_is_not_there_is_said_to_be_not_there() {
    let store = Table::create().await.store;
    let (from, id) = ("x".into(), "g".into());
    let arrival = Arrival {
        from: &from,
        play: Play::Rock,
        round: None,
        arrived_ms: NOW,
    };
    assert_eq!(
        store.record_play(&claim("g", "j1"), arrival).await,
        Ok(Changed::NoGame)
    );
    assert_eq!(store.close_round(&game().tick()).await, Ok(Changed::NoGame));
    assert_eq!(
        store.close_by_leaving(&id, Seat::First, &from).await,
        Ok(Changed::NoGame)
    );
    assert_eq!(
        store.next_round(&game(), &game()).await,
        Ok(Changed::NoGame)
    );
}

#[tokio::test]
async fn the_next_round_replaces_exactly_the_drawn_one() {
    let store = Table::create().await.store;
    let drawn = Game {
        plays: [Some(Play::Rock); 2],
        closed: Some(Closed::ByClock),
        ..game()
    };
    let next = Game {
        round: 2,
        deadline_ms: drawn.deadline_ms + 5000,
        ..game()
    };
    for not_drawn in [
        Game {
            closed: None,
            ..drawn.clone()
        },
        Game {
            closed: Some(Closed::ByFirstLeaving),
            ..drawn.clone()
        },
        Game {
            round: 2,
            ..drawn.clone()
        },
        Game {
            deadline_ms: NOW,
            ..drawn.clone()
        },
    ] {
        assert_eq!(store.start_game(&not_drawn).await, Ok(true));
        assert_eq!(
            store.next_round(&drawn, &next).await,
            Ok(Changed::No(not_drawn.clone()))
        );
        assert_eq!(store.find_game(&game().id).await, Ok(Some(not_drawn)));
        store
            .remove_game(&game().id, Removal::Always)
            .await
            .expect("removed");
    }
    assert_eq!(store.start_game(&drawn).await, Ok(true));
    let yes = Ok(Changed::Yes(next.clone()));
    assert_eq!(store.next_round(&drawn, &next).await, yes);
    assert_eq!(store.next_round(&drawn, &next).await, yes, "repeated");
    let other = Game {
        deadline_ms: next.deadline_ms + 1,
        ..next.clone()
    };
    assert_eq!(
        store.next_round(&drawn, &other).await,
        Ok(Changed::No(next.clone())),
        "another delivery's"
    );
    assert_eq!(store.find_game(&game().id).await, Ok(Some(next)));
}

fn any_play() -> impl Strategy<Value = Play> {
    prop_oneof![Just(Play::Rock), Just(Play::Paper), Just(Play::Scissors)]
}

fn any_game() -> impl Strategy<Value = Game> {
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
    Clock {
        round: u32,
        off_ms: u64,
    },
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
        (1..4u32, 0..2u64).prop_map(|(round, off_ms)| Event::Clock { round, off_ms }),
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
        Event::Clock { round, off_ms } => {
            let deadline_ms = game.deadline_ms + off_ms;
            game.clock(&Tick {
                round: *round,
                deadline_ms,
                ..game.tick()
            })
            .ok()
        }
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
                ..claim(game.id.as_str(), "j")
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
        Event::Clock { round, off_ms } => {
            let deadline_ms = game.deadline_ms + off_ms;
            store
                .close_round(&Tick {
                    round: *round,
                    deadline_ms,
                    ..game.tick()
                })
                .await
        }
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
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.expect("a runtime");
    let table = runtime.block_on(Table::create());
    let mut runner = TestRunner::new(Config {
        failure_persistence: None,
        ..Config::with_cases(300)
    });
    let cases = (any_game(), any_event());
    let checked = runner.run(&cases, |(before, event)| {
        runtime.block_on(async {
            table
                .store
                .remove_game(&before.id, Removal::Always)
                .await
                .expect("removed");
            assert_eq!(table.store.start_game(&before).await, Ok(true));
            let expected = match pure(&before, &event) {
                Some(after) => Changed::Yes(after),
                None => Changed::No(before.clone()),
            };
            assert_eq!(stored(&table, &before, &event).await, expected);
            let now = table
                .store
                .find_game(&before.id)
                .await
                .expect("read")
                .expect("there");
            assert!(expected == Changed::Yes(now.clone()) || expected == Changed::No(now));
        });
        Ok(())
    });
    checked.expect("table and game agree");
}
