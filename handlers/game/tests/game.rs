//! Properties of every sequence of events, and the table of a game's endings.

use proptest::prelude::*;
use rps_game::{
    CloseReason, ConnectionId, Game, Outcome, Play, PlayRefusal, Reason, RoundTimer, Rules, Seat,
    ServerMessage, Settlement, TimerRefusal,
};

const NOW: u64 = 1_000_000;

fn game(rules: Rules) -> Game {
    Game::start("g".into(), ["x".into(), "y".into()], rules, NOW)
}

fn with_plays(plays: [Option<Play>; 2], closed: CloseReason) -> Game {
    Game {
        plays,
        closed: Some(closed),
        ..game(Rules::default())
    }
}

/// The final message to each seat of a finished game.
fn final_messages(game: &Game) -> [Option<ServerMessage>; 2] {
    match game.settle(NOW) {
        Settlement::Over(messages) => messages,
        other => panic!("{other:?}"),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the type of a seat's message")]
fn over(
    outcome: Outcome,
    reason: Reason,
    you: Option<Play>,
    opponent: Option<Play>,
) -> Option<ServerMessage> {
    Some(ServerMessage::GameOver {
        game: "g".into(),
        rounds: 1,
        outcome,
        reason,
        you,
        opponent,
    })
}

fn both(message: Option<ServerMessage>) -> [Option<ServerMessage>; 2] {
    [message.clone(), message]
}

#[test]
fn each_ending_has_its_outcome_and_reason() {
    use Outcome::*;
    use Play::{Paper, Rock};
    use Reason::*;
    let (rock, paper) = (Some(Rock), Some(Paper));

    let table = [
        (
            with_plays([rock, paper], CloseReason::ByClock),
            [
                over(Lost, Plays, rock, paper),
                over(Won, Plays, paper, rock),
            ],
        ),
        (
            with_plays([rock, None], CloseReason::ByClock),
            [
                over(Won, OpponentDidNotPlay, rock, None),
                over(Lost, YouDidNotPlay, None, rock),
            ],
        ),
        (
            with_plays([None, None], CloseReason::ByClock),
            both(over(Abandoned, NobodyPlayed, None, None)),
        ),
        (
            with_plays([rock, paper], CloseReason::ByFirstLeaving),
            [None, over(Won, OpponentLeft, paper, None)],
        ),
        (
            with_plays([None, paper], CloseReason::BySecondLeaving),
            [over(Won, OpponentLeft, None, None), None],
        ),
        (
            with_plays([rock, rock], CloseReason::ByOperator),
            both(over(Abandoned, EndedByOperator, rock, None)),
        ),
    ];
    for (game, expected) in table {
        assert_eq!(final_messages(&game), expected, "{game:?}");
    }
}

#[test]
fn a_draw_in_the_last_round_ends_the_game() {
    let rock = Some(Play::Rock);
    let last = Game {
        rules: Rules::new(5, 1).expect("in range"),
        ..with_plays([rock, rock], CloseReason::ByClock)
    };
    let drawn = over(Outcome::Drawn, Reason::DrawLimit, rock, rock);
    assert_eq!(final_messages(&last), both(drawn));
}

#[test]
fn a_draw_starts_the_next_round() {
    let drawn = with_plays([Some(Play::Rock); 2], CloseReason::ByClock);
    let next = Game {
        round: 2,
        deadline_ms: NOW + 10_000,
        ..game(Rules::default())
    };
    let message = ServerMessage::RoundDrawn {
        game: "g".into(),
        round: 1,
        you: Play::Rock,
        opponent: Play::Rock,
        next_round: 2,
        play_within_ms: 5_000,
    };
    let expected = Settlement::NextRound {
        game: next,
        drawn: message,
    };
    assert_eq!(drawn.settle(NOW + 5_000), expected);
}

#[test]
fn a_refused_play_has_its_reason() {
    use Play::{Paper, Rock};
    use PlayRefusal::{AlreadyPlayed, NotInThisGame, TooLate};
    let open = game(Rules::default());
    let closed = open.close(CloseReason::ByOperator).expect("was open");
    let (played, _) = open.play(&"x".into(), Rock, None, NOW).expect("accepted");
    let deadline = open.deadline_ms;
    let late = deadline + 1001;
    for (game, player, play, round, at, refusal) in [
        (&open, "z", Rock, None, NOW, Some(NotInThisGame)),
        (&closed, "x", Rock, None, NOW, Some(TooLate)),
        (&open, "x", Rock, Some(2), NOW, Some(TooLate)),
        (&open, "x", Rock, Some(0), NOW, Some(TooLate)),
        (&open, "x", Rock, Some(1), deadline + 1000, None),
        (&open, "x", Rock, Some(1), late, Some(TooLate)),
        (&played, "x", Paper, None, NOW, Some(AlreadyPlayed)),
        (&played, "x", Rock, None, NOW, None),
        (&played, "x", Rock, None, late, None),
        (&played, "x", Rock, Some(2), NOW, Some(TooLate)),
        (&played, "y", Paper, None, NOW, None),
    ] {
        let actual = game.play(&player.into(), play, round, at).err();
        assert_eq!(actual, refusal, "{player} {play} {round:?} {at} {game:?}");
    }
}

#[test]
fn only_its_own_timer_closes_a_round() {
    let second = Game {
        round: 2,
        ..game(Rules::default())
    };
    let own = second.round_timer();
    let round_timer = |round, deadline_ms| RoundTimer {
        round,
        deadline_ms,
        ..own.clone()
    };
    let refusal = |round_timer: &RoundTimer| second.clock(round_timer).err();

    assert_eq!(refusal(&own), None);
    assert_eq!(
        refusal(&round_timer(1, own.deadline_ms)),
        Some(TimerRefusal::Obsolete)
    );
    assert_eq!(
        refusal(&round_timer(2, own.deadline_ms - 1)),
        Some(TimerRefusal::Obsolete)
    );
    assert_eq!(
        refusal(&round_timer(3, own.deadline_ms)),
        Some(TimerRefusal::Ahead)
    );
    let left = second.close(CloseReason::ByFirstLeaving).expect("was open");
    assert_eq!(left.clock(&own), Ok(left.clone()), "the first reason stays");
}

#[test]
fn rules_keep_their_ranges() {
    assert!(Rules::new(1, 1).is_some() && Rules::new(60, 12).is_some());
    for (window_s, max_rounds) in [(0, 5), (61, 5), (5, 0), (5, 13)] {
        assert_eq!(Rules::new(window_s, max_rounds), None);
    }
}

#[derive(Debug, Clone)]
enum Event {
    Play {
        seat: Seat,
        play: Play,
        round: Option<u32>,
        late_ms: u64,
    },
    Clock,
    ObsoleteClock {
        round: u32,
        off_ms: u64,
    },
    Leave(Seat),
    EndByOperator,
}

fn seat() -> impl Strategy<Value = Seat> {
    prop_oneof![Just(Seat::First), Just(Seat::Second)]
}

fn play() -> impl Strategy<Value = Play> {
    prop_oneof![Just(Play::Rock), Just(Play::Paper), Just(Play::Scissors)]
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        8 => (seat(), play(), prop::option::of(0..4u32), 0..8_000u64)
            .prop_map(|(seat, play, round, late_ms)| Event::Play { seat, play, round, late_ms }),
        4 => Just(Event::Clock),
        2 => (0..6u32, 1..9u64).prop_map(|(round, off_ms)| Event::ObsoleteClock { round, off_ms }),
        1 => seat().prop_map(Event::Leave),
        1 => Just(Event::EndByOperator),
    ]
}

/// Applies one event as the functions do: closes the round, then settles it. `None`: the game is over.
fn apply(game: &Game, event: &Event) -> Option<Game> {
    let closed = match event {
        Event::Play {
            seat,
            play,
            round,
            late_ms,
        } => {
            let from = game.player(*seat).clone();
            let played = game.play(&from, *play, *round, game.deadline_ms - 5_000 + late_ms);
            return Some(played.map_or_else(|_| game.clone(), |(game, _)| game));
        }
        Event::Clock => game.clock(&game.round_timer()).ok(),
        Event::ObsoleteClock { round, off_ms } => {
            let deadline_ms = game.deadline_ms + off_ms;
            game.clock(&RoundTimer {
                round: *round,
                deadline_ms,
                ..game.round_timer()
            })
            .ok()
        }
        Event::Leave(seat) => game.close(CloseReason::by_leaving(*seat)),
        Event::EndByOperator => game.close(CloseReason::ByOperator),
    };
    let Some(closed) = closed else {
        return Some(game.clone());
    };
    match closed.settle(closed.deadline_ms) {
        Settlement::NextRound { game, .. } => Some(game),
        Settlement::Over(_) => None,
        Settlement::Open => panic!("{closed:?}"),
    }
}

proptest! {
    #[test]
    fn the_result_is_antisymmetric(first in prop::option::of(play()), second in prop::option::of(play())) {
        let forth = final_messages(&Game {
            rules: Rules::new(5, 1).expect("in range"),
            ..with_plays([first, second], CloseReason::ByClock)
        });
        let back = final_messages(&Game {
            rules: Rules::new(5, 1).expect("in range"),
            ..with_plays([second, first], CloseReason::ByClock)
        });
        prop_assert_eq!(&forth[0], &back[1], "the seat does not matter");
        let outcome = |message: &Option<ServerMessage>| match message {
            Some(ServerMessage::GameOver { outcome, .. }) => *outcome,
            other => panic!("{other:?}"),
        };
        let mirrored = match outcome(&forth[0]) {
            Outcome::Won => Outcome::Lost,
            Outcome::Lost => Outcome::Won,
            same => same,
        };
        prop_assert_eq!(outcome(&forth[1]), mirrored);
    }

    #[test]
    fn an_accepted_play_stays_unchanged(events in prop::collection::vec(event(), 1..60)) {
        let mut now = game(Rules::new(5, 12).expect("in range"));
        for event in &events {
            let Some(next) = apply(&now, event) else { break };
            if next.round == now.round {
                for seat in Seat::BOTH {
                    if let Some(play) = now.played(seat) {
                        prop_assert_eq!(next.played(seat), Some(play));
                    }
                }
            }
            now = next;
        }
    }

    #[test]
    fn every_game_ends_within_its_rounds(
        events in prop::collection::vec(event(), 0..40),
        plays in prop::collection::vec((play(), play()), 12),
        max_rounds in 1..=12u8,
    ) {
        let mut now = Some(game(Rules::new(5, max_rounds).expect("in range")));
        let mut rounds = 1;
        let round_timers = plays.iter().flat_map(|(a, b)| [
            Event::Play { seat: Seat::First, play: *a, round: None, late_ms: 0 },
            Event::Play { seat: Seat::Second, play: *b, round: None, late_ms: 0 },
            Event::Clock,
        ]);
        for event in events.iter().cloned().chain(round_timers) {
            let Some(game) = now else { break };
            prop_assert!(game.round >= rounds && game.round <= u32::from(max_rounds));
            rounds = game.round;
            now = apply(&game, &event);
        }
        prop_assert_eq!(now, None, "one round timer per round ends every game");
    }

    #[test]
    fn settling_again_returns_the_same_messages(
        first in prop::option::of(play()), second in prop::option::of(play()), later in 0..100_000u64,
    ) {
        let closed = with_plays([first, second], CloseReason::ByClock);
        let messages = |now_ms| match closed.settle(now_ms) {
            Settlement::NextRound { drawn, .. } => [Some(drawn.clone()), Some(drawn)],
            Settlement::Over(messages) => messages,
            Settlement::Open => panic!("closed"),
        };
        prop_assert_eq!(messages(NOW), messages(NOW + later));
    }

    #[test]
    fn an_open_round_reveals_nothing(plays in prop::collection::vec((seat(), play()), 0..6)) {
        let mut now = game(Rules::default());
        for (seat, play) in plays {
            let from: ConnectionId = now.player(seat).clone();
            if let Ok((next, _)) = now.play(&from, play, None, NOW) {
                now = next;
            }
            prop_assert_eq!(now.settle(NOW), Settlement::Open);
        }
    }
}

#[test]
fn the_second_play_ends_a_round_early_if_a_second_is_left() {
    let rock = Some(Play::Rock);
    let deadline = NOW + 5000;
    for (decide_early, plays, closed, now_ms, sends) in [
        (true, [rock, rock], None, deadline - 1000, true),
        (true, [rock, rock], None, deadline - 999, false),
        (false, [rock, rock], None, NOW, false),
        (true, [rock, None], None, NOW, false),
        (true, [None, rock], None, NOW, false),
        (
            true,
            [rock, rock],
            Some(CloseReason::ByOperator),
            NOW,
            false,
        ),
    ] {
        let game = Game {
            plays,
            closed,
            ..game(Rules::default().deciding_early(decide_early))
        };
        let started = game.started(Seat::First);
        let told = |it: &ServerMessage| matches!(it, ServerMessage::GameStarted { decide_early, .. } if *decide_early);
        assert_eq!(told(&started), decide_early);
        let early = game.early_timer(now_ms);
        assert_eq!(early.is_some(), sends, "{game:?}");
        let Some(early) = early else { continue };
        assert_eq!(game.clock(&early), game.clock(&game.round_timer()));
        let waits = Game {
            plays: [rock, None],
            ..game
        };
        assert_eq!(waits.clock(&early), Err(TimerRefusal::Obsolete));
        assert!(!early.is_needed(true, None, NOW));
    }
}
