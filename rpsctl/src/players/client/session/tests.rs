//! Sessions as tables: a frame, and what it means after the frames before it.

use super::{Heard, Session};
use rps_game::{ClientMessage, Play};

const WAITING: &str = r#"{"type":"waiting"}"#;
const STARTED: &str = r#"{"type":"game-started","game":"g","round":1,"play_within_ms":5000}"#;
const ROCK_1: &str = r#"{"type":"play-received","game":"g","round":1,"play":"rock"}"#;
const ROCK_2: &str = r#"{"type":"play-received","game":"g","round":2,"play":"rock"}"#;
const DRAWN_1: &str = r#"{"type":"round-drawn","game":"g","round":1,"you":"rock","opponent":"rock","next_round":2,"play_within_ms":5000}"#;
const DRAWN_2: &str = r#"{"type":"round-drawn","game":"g","round":2,"you":"rock","opponent":"rock","next_round":3,"play_within_ms":5000}"#;
const WON_1: &str = r#"{"type":"game-over","game":"g","rounds":1,"outcome":"won","reason":"plays","you":"rock","opponent":"scissors"}"#;
const WON_2: &str = r#"{"type":"game-over","game":"g","rounds":2,"outcome":"won","reason":"plays","you":"rock","opponent":"scissors"}"#;
const LOST_1: &str = r#"{"type":"game-over","game":"g","rounds":1,"outcome":"lost","reason":"plays","you":"rock","opponent":"paper"}"#;
const LEFT_1: &str = r#"{"type":"game-over","game":"g","rounds":1,"outcome":"won","reason":"opponent-left","you":null,"opponent":null}"#;
const OTHER: &str = r#"{"type":"game-started","game":"h","round":1,"play_within_ms":5000}"#;
const GATEWAY: &str = r#"{"message":"Internal server error","connectionId":"c","requestId":"r"}"#;
const TRY_AGAIN: &str = r#"{"type":"error","code":"try-again","message":"Again."}"#;
const WAITS: &str = r#"{"type":"error","code":"already-waiting","message":"You wait."}"#;

/// What a frame was, in a word.
fn hear(session: &mut Session, frame: &str) -> &'static str {
    match session.receive(frame) {
        Heard::News(_) => "news",
        Heard::Old => "old",
        Heard::Contradiction(_) => "contradiction",
    }
}

/// A case, and its frames with what each means.
type Case = (&'static str, &'static [(&'static str, &'static str)]);

const IN_ANY_ORDER: &[Case] = &[
    (
        "a game with a draw, as it should be",
        &[
            (WAITING, "news"),
            (STARTED, "news"),
            (ROCK_1, "news"),
            (DRAWN_1, "news"),
            (ROCK_2, "news"),
            (WON_2, "news"),
        ],
    ),
    (
        "everything twice",
        &[
            (WAITING, "news"),
            (WAITING, "old"),
            (STARTED, "news"),
            (STARTED, "old"),
            (ROCK_1, "news"),
            (ROCK_1, "old"),
            (DRAWN_1, "news"),
            (DRAWN_1, "old"),
            (WON_2, "news"),
            (WON_2, "old"),
        ],
    ),
    (
        "the push before the answer",
        &[(STARTED, "news"), (WAITING, "old"), (WON_1, "news")],
    ),
    (
        "rounds overtaken",
        &[
            (DRAWN_2, "news"),
            (DRAWN_1, "old"),
            (STARTED, "old"),
            (ROCK_1, "old"),
        ],
    ),
    (
        "a late answer and a late start after the end",
        &[(WON_1, "news"), (STARTED, "old"), (ROCK_1, "old")],
    ),
    (
        "start and draw lost in a crash",
        &[(WAITING, "news"), (WON_2, "news")],
    ),
    (
        "two ends",
        &[
            (STARTED, "news"),
            (WON_1, "news"),
            (LOST_1, "contradiction"),
        ],
    ),
    (
        "drawn, and decided after all",
        &[
            (STARTED, "news"),
            (DRAWN_1, "news"),
            (WON_1, "contradiction"),
        ],
    ),
    (
        "a round after the end",
        &[(WON_1, "news"), (DRAWN_2, "contradiction")],
    ),
    (
        "an accepted play is lost",
        &[
            (STARTED, "news"),
            (ROCK_1, "news"),
            (LEFT_1, "contradiction"),
        ],
    ),
    (
        "an accepted play is lost, and the answer comes last",
        &[
            (STARTED, "news"),
            (LEFT_1, "news"),
            (ROCK_1, "contradiction"),
        ],
    ),
    (
        "two games on one connection",
        &[(STARTED, "news"), (OTHER, "contradiction")],
    ),
    (
        "what this client does not know",
        &[
            (r#"{"type":"chat","text":"hi"}"#, "old"),
            (r#"{"type":"waiting","since":"noon"}"#, "news"),
            (r#"{"type":7}"#, "old"),
            ("not JSON", "old"),
            ("", "old"),
            (GATEWAY, "news"),
        ],
    ),
];

#[test]
fn a_frame_after_the_frames_before_it() {
    for (case, frames) in IN_ANY_ORDER {
        let mut session = Session::default();
        session.join();
        for (frame, expected) in *frames {
            assert_eq!(hear(&mut session, frame), *expected, "{case}: {frame}");
        }
    }
}

#[test]
fn a_play_names_the_round_that_is_open() {
    let mut session = Session::default();
    session.join();
    let play = |round| {
        Some(ClientMessage::ReceivePlay {
            play: Play::Rock,
            round,
        })
    };
    let table = [
        (WAITING, None),
        (STARTED, play(Some(1))),
        (DRAWN_1, play(Some(2))),
        (DRAWN_1, play(Some(2))),
        (WON_2, None),
    ];
    for (frame, expected) in table {
        session.receive(frame);
        assert_eq!(session.play(Play::Rock), expected, "{frame}");
    }
}

#[test]
fn only_what_is_unanswered_is_sent_again() {
    let mut session = Session::default();
    let join = session.join();
    for frame in [TRY_AGAIN, GATEWAY] {
        session.receive(frame);
        assert_eq!(session.unanswered(), Some(join), "{frame}");
    }
    // The join had arrived; only its answer was lost.
    session.receive(WAITS);
    assert_eq!(session.unanswered(), None);
    assert!(session.is_waiting());

    session.receive(STARTED);
    let first = session.play(Play::Rock);
    session.receive(TRY_AGAIN);
    assert_eq!(session.unanswered(), first);
    session.receive(WAITING);
    assert_eq!(session.unanswered(), first, "a late answer to the join");
    session.receive(DRAWN_1);
    assert_eq!(session.unanswered(), None, "its round is over");

    let second = session.play(Play::Rock);
    session.receive(ROCK_1);
    assert_eq!(session.unanswered(), second, "a late answer");
    session.receive(ROCK_2);
    assert_eq!(session.unanswered(), None);
    session.receive(WON_2);
    assert!(session.is_over());
}

#[test]
fn a_player_who_connects_again_is_not_told_to_wait_again() {
    let mut session = Session::still_waiting();
    session.join();
    assert_eq!(hear(&mut session, WAITING), "old");
    assert_eq!(session.unanswered(), None);
    assert_eq!(hear(&mut session, STARTED), "news");
}
