//! Absent and resumed seats.

use rps_game::{
    CloseReason, Game, House, Outcome, Play, Presence, Reason, Rules, SEATS_SINCE, Seat,
    SeatSecret, ServerMessage, Settlement,
};

const NOW: u64 = 1_000_000;

fn secrets() -> [SeatSecret; 2] {
    [SeatSecret::new(0, 1), SeatSecret::new(0, 2)]
}

fn game() -> Game {
    let game = Game::start("g".into(), ["x".into(), "y".into()], Rules::default(), NOW);
    game.with_secrets(secrets())
}

fn endings(game: &Game) -> [(Outcome, Reason); 2] {
    let Settlement::Over(messages) = game.settle(NOW) else {
        panic!("{game:?}");
    };
    messages.map(|message| match message {
        Some(ServerMessage::GameOver {
            outcome, reason, ..
        }) => (outcome, reason),
        other => panic!("{other:?}"),
    })
}

#[test]
fn an_absent_player_loses_the_first_round_without_its_play() {
    let (rock, paper) = (Some(Play::Rock), Some(Play::Paper));
    let (absent, resumed) = (Some(Presence::Absent), Some(Presence::Resumed));
    let left = (Outcome::Won, Reason::OpponentLeft);
    let idle = (Outcome::Won, Reason::OpponentDidNotPlay);
    let lost = (Outcome::Lost, Reason::YouDidNotPlay);
    let beaten = [Outcome::Lost, Outcome::Won].map(|outcome| (outcome, Reason::Plays));
    let nobody = [(Outcome::Abandoned, Reason::NobodyPlayed); 2];
    for (presence, plays, expected) in [
        ([absent, None], [None, None], [lost, left]),
        ([absent, None], [None, rock], [lost, left]),
        ([None, absent], [rock, None], [left, lost]),
        ([absent, None], [rock, None], [idle, lost]),
        ([absent, None], [rock, paper], beaten),
        ([absent, absent], [rock, None], [left, lost]),
        ([absent, absent], [None, None], nobody),
        ([resumed, None], [None, rock], [lost, idle]),
        ([resumed, absent], [None, None], [left, lost]),
        ([resumed, resumed], [None, None], nobody),
    ] {
        let closed = Some(CloseReason::ByClock);
        let game = Game {
            presence,
            plays,
            closed,
            ..game()
        };
        assert_eq!(endings(&game), expected, "{presence:?} {plays:?}");
    }
}

#[test]
fn players_stay_absent_in_the_next_round() {
    let absent = [Some(Presence::Absent); 2];
    let drawn = Game {
        presence: absent,
        plays: [Some(Play::Rock); 2],
        closed: Some(CloseReason::ByClock),
        ..game()
    };
    let Settlement::NextRound { game: next, .. } = drawn.settle(NOW) else {
        panic!("a draw");
    };
    assert_eq!((next.presence, next.plays), (absent, [None; 2]));
}

#[test]
fn a_seat_is_absent_only_if_its_player_may_resume() {
    let absent = game().with_absent(Seat::Second).expect("absent");
    assert_eq!(absent.presence, [None, Some(Presence::Absent)]);
    assert_eq!(
        (absent.v, absent.with_absent(Seat::Second).as_ref()),
        (SEATS_SINCE, Some(&absent))
    );
    let rock = Some(Play::Rock);
    let of_earlier_release = Game {
        secrets: [None, None],
        ..game()
    };
    let played = Game {
        plays: [rock; 2],
        ..game()
    };
    let closed = Game {
        closed: Some(CloseReason::ByOperator),
        ..game()
    };
    for game in [of_earlier_release, played, closed] {
        assert_eq!(game.with_absent(Seat::Second), None, "{game:?}");
    }
}

#[test]
fn a_seat_moves_only_with_its_secret_while_its_round_is_not_closed() {
    let [_, secret] = &secrets();
    let rock = Some(Play::Rock);
    let played = Game {
        plays: [rock; 2],
        ..game()
    };
    for game in [
        game(),
        game().with_absent(Seat::Second).expect("absent"),
        played.clone(),
    ] {
        let moved = game.with_resumed(secret, &"z".into()).expect("a seat");
        assert_eq!(
            (moved.players, moved.plays),
            (["x".into(), "z".into()], game.plays)
        );
        assert_eq!(moved.presence, [None, Some(Presence::Resumed)]);
        assert_eq!((moved.v, moved.secrets), (SEATS_SINCE, game.secrets));
    }
    let wrong = SeatSecret::new(0, 3);
    assert_eq!(game().with_resumed(&wrong, &"z".into()), None);
    assert_eq!(game().with_resumed(secret, &"x".into()), None);
    let closed = Game {
        closed: Some(CloseReason::ByClock),
        ..played
    };
    assert_eq!(closed.with_resumed(secret, &"z".into()), None);
}

#[test]
fn the_house_has_no_secret() {
    let house = House::new(1);
    let game = Game::against_house("g".into(), "x".into(), house, Rules::default(), NOW);
    let game = game.with_secrets(secrets());
    let [first, second] = &secrets();
    assert_eq!(game.seat_with(first), Some(Seat::First));
    assert_eq!(game.seat_with(second), None);
}

#[test]
fn each_player_learns_its_own_secret_and_its_own_play() {
    let game = Game {
        plays: [Some(Play::Rock), None],
        ..game()
    };
    for (seat, secret) in Seat::BOTH.into_iter().zip(secrets()) {
        let ServerMessage::GameStarted { seat: told, .. } = game.started(seat) else {
            panic!("a start");
        };
        assert_eq!(told, Some(secret));
        for (now_ms, left_ms) in [(NOW, 5000), (NOW + 4999, 1), (NOW + 6000, 0)] {
            let ServerMessage::GameResumed {
                you,
                play_within_ms,
                ..
            } = game.resumed(seat, now_ms)
            else {
                panic!("a resume");
            };
            assert_eq!((you, play_within_ms), (game.played(seat), left_ms));
        }
    }
}
