//! Parses and writes frames.

use std::sync::LazyLock;

use jsonschema::Validator;
use proptest::prelude::*;

use super::asyncapi::validator;
use super::*;
use crate::{Game, Rules, Seat};

/// Parses a player's frame, and checks that the published schema agrees.
fn assert_parsed(frame: &str, expected: &Result<ClientMessage, ErrorCode>) {
    static PUBLISHED: LazyLock<Validator> = LazyLock::new(|| validator("ClientMessage"));
    assert_eq!(ClientMessage::parse(frame), *expected, "{frame}");
    let is_published = serde_json::from_str(frame).is_ok_and(|it| PUBLISHED.is_valid(&it));
    assert_eq!(is_published, expected.is_ok(), "{frame}");
}

#[test]
fn valid_frames_from_players_parse() {
    let play = |play, round| ClientMessage::ReceivePlay { play, round };
    let join = |room: Option<&str>| ClientMessage::JoinGame {
        room: room.map(|code| code.parse().expect("a code")),
        opponent: None,
    };
    let join_bot = ClientMessage::JoinGame {
        room: None,
        opponent: Some(Opponent::Bot),
    };
    for (frame, expected) in [
        (r#"{"action":"join-game"}"#, join(None)),
        (r#"{"action":"join-game","room":null}"#, join(None)),
        (
            r#"{"action":"join-game","room":"Az-09_"}"#,
            join(Some("Az-09_")),
        ),
        (
            r#"{"action":"join-game","opponent":"bot"}"#,
            join_bot.clone(),
        ),
        (
            r#"{"action":"join-game","opponent":"bot","room":null}"#,
            join_bot,
        ),
        (
            r#" {"action":"receive-play","play":"rock"} "#,
            play(Play::Rock, None),
        ),
        (
            r#"{"round":3,"play":"paper","action":"receive-play"}"#,
            play(Play::Paper, Some(3)),
        ),
        (
            r#"{"action":"receive-play","play":"scissors","round":null}"#,
            play(Play::Scissors, None),
        ),
    ] {
        assert_parsed(frame, &Ok(expected));
    }
}

#[test]
fn a_resume_names_a_game_and_a_seat() {
    let game_and_seat = r#""game":"g","seat":"00000000000000010000000000000002""#;
    let resume = ClientMessage::ResumeGame {
        game: "g".into(),
        seat: SeatSecret::new(1, 2),
    };
    let frame = |fields| format!(r#"{{"action":"resume-game",{fields}}}"#);
    assert_parsed(&frame(game_and_seat), &Ok(resume));
    for fields in [
        r#""game":"g""#,
        r#""seat":"00000000000000010000000000000002""#,
        r#""game":"","seat":"00000000000000010000000000000002""#,
        r#""game":null,"seat":"00000000000000010000000000000002""#,
        r#""game":"g","seat":"0000000000000001000000000000000""#,
        r#""game":"g","seat":"0000000000000001000000000000000G""#,
        r#""game":"g","seat":1"#,
        r#""game":"g","seat":"00000000000000010000000000000002","room":"r""#,
    ] {
        assert_parsed(&frame(fields), &Err(ErrorCode::BadRequest));
    }
}

#[test]
fn invalid_frames_are_refused() {
    for action in ["dance", "", "JOIN-GAME"] {
        let frame = format!(r#"{{"action":"{action}"}}"#);
        assert_parsed(&frame, &Err(ErrorCode::UnknownAction));
    }
    for frame in [
        r#"{"action":"join-game","x":1}"#,
        r#"{"action":"join-game","room":""}"#,
        r#"{"action":"join-game","room":"a b"}"#,
        r#"{"action":"join-game","room":"0123456789012345678901234567890123456789x"}"#,
        r#"{"action":"join-game","room":7}"#,
        r#"{"action":"join-game","opponent":"cat"}"#,
        r#"{"action":"join-game","opponent":{"bot":null}}"#,
        r#"{"action":"join-game","opponent":"bot","room":"r"}"#,
        r#"{"action":"join-game","opponent":"player","room":"r"}"#,
        r#"{"action":"receive-play","play":"rock","room":"r"}"#,
        r#"{"action":"receive-play","play":"rock","game":"g"}"#,
        r#"{"action":"receive-play"}"#,
        r#"{"action":"receive-play","play":"well"}"#,
        r#"{"action":"receive-play","play":"Rock"}"#,
        r#"{"action":"receive-play","play":1}"#,
        r#"{"action":"receive-play","play":{"rock":null}}"#,
        r#"{"action":"receive-play","play":"rock","round":-1}"#,
        r#"{"action":"receive-play","play":"rock","round":1.5}"#,
        r#"{"action":"receive-play","play":"rock","round":"1"}"#,
        r#"{"action":"receive-play","play":"rock","round":4294967296}"#,
        r#"{"action":7}"#,
        r#"{"action":null}"#,
        r#"{"play":"rock"}"#,
        r#"["join-game"]"#,
        r#""join-game""#,
        "{}",
        "null",
        "",
        "rock",
        r#"{"action":"join-game"} x"#,
    ] {
        assert_parsed(frame, &Err(ErrorCode::BadRequest));
    }
}

fn game() -> Game {
    let game = Game::start("g".into(), ["x", "y"].map(Into::into), Rules::default(), 0);
    game.with_secrets([SeatSecret::new(1, 2), SeatSecret::new(3, 4)])
}

/// A message of each type with fields, except `error`, and its frame.
fn messages_with_fields() -> [(ServerMessage, &'static str); 5] {
    [
        (
            game().started(Seat::First),
            r#"{"type":"game-started","game":"g","round":1,"play_within_ms":5000,"max_rounds":5,"decide_early":false,"opponent":"player","seat":"00000000000000010000000000000002"}"#,
        ),
        (
            game().resumed(Seat::First, 4000),
            r#"{"type":"game-resumed","game":"g","round":1,"play_within_ms":1000,"you":null,"max_rounds":5,"decide_early":false,"opponent":"player"}"#,
        ),
        (
            ServerMessage::PlayReceived {
                game: "g".into(),
                round: 2,
                play: Play::Paper,
            },
            r#"{"type":"play-received","game":"g","round":2,"play":"paper"}"#,
        ),
        (
            ServerMessage::RoundDrawn {
                game: "g".into(),
                round: 1,
                you: Play::Rock,
                opponent: Play::Rock,
                next_round: 2,
                play_within_ms: 5000,
            },
            r#"{"type":"round-drawn","game":"g","round":1,"you":"rock","opponent":"rock","next_round":2,"play_within_ms":5000}"#,
        ),
        (
            ServerMessage::GameOver {
                game: "g".into(),
                rounds: 1,
                outcome: Outcome::Won,
                reason: Reason::OpponentDidNotPlay,
                you: Some(Play::Scissors),
                opponent: None,
            },
            r#"{"type":"game-over","game":"g","rounds":1,"outcome":"won","reason":"opponent-did-not-play","you":"scissors","opponent":null}"#,
        ),
    ]
}

#[test]
fn frames_to_players_have_the_published_form() {
    let waiting = (ServerMessage::Waiting {}, r#"{"type":"waiting"}"#);
    for (message, frame) in messages_with_fields().into_iter().chain([waiting]) {
        assert_eq!(message.to_frame(), frame);
        let parsed = serde_json::from_str::<ServerMessage>(frame);
        assert_eq!(parsed.ok(), Some(message));
    }
}

#[test]
fn every_error_has_a_message_sentence() {
    for &code in ErrorCode::VARIANTS {
        let frame = ServerMessage::from(code).to_frame();
        assert!(frame.starts_with(r#"{"type":"error","code":""#), "{frame}");
        assert!(code.text().ends_with('.'), "{code:?}");
    }
}

#[test]
fn a_client_ignores_unknown_fields() {
    let frame = r#"{"type":"waiting","since":"yesterday"}"#;
    assert_eq!(
        serde_json::from_str::<ServerMessage>(frame).ok(),
        Some(ServerMessage::Waiting {})
    );
}

proptest! {
    #[test]
    fn garbage_is_refused_without_a_panic(frame in ".*") {
        prop_assert!(ClientMessage::parse(&frame).is_err());
    }

    #[test]
    fn the_server_parses_every_client_message(play in 0..3usize, round: Option<u32>) {
        let message = ClientMessage::ReceivePlay { play: Play::ALL[play], round };
        let frame = serde_json::to_string(&message).expect("serializes");
        prop_assert_eq!(ClientMessage::parse(&frame), Ok(message));
    }
}
