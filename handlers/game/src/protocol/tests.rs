//! Frames, and what they are read as.

use super::asyncapi::validator;
use super::*;
use proptest::prelude::*;

#[test]
fn frames_from_players() {
    let play = |play, round| Ok(ClientMessage::ReceivePlay { play, round });
    let bad = Err(ErrorCode::BadRequest);
    let table = [
        (r#"{"action":"join-game"}"#, Ok(ClientMessage::JoinGame {})),
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
        (r#"{"action":"dance"}"#, Err(ErrorCode::UnknownAction)),
        (r#"{"action":""}"#, Err(ErrorCode::UnknownAction)),
        (r#"{"action":"JOIN-GAME"}"#, Err(ErrorCode::UnknownAction)),
        (r#"{"action":"join-game","x":1}"#, bad),
        (r#"{"action":"receive-play","play":"rock","game":"g"}"#, bad),
        (r#"{"action":"receive-play"}"#, bad),
        (r#"{"action":"receive-play","play":"well"}"#, bad),
        (r#"{"action":"receive-play","play":"Rock"}"#, bad),
        (r#"{"action":"receive-play","play":1}"#, bad),
        (r#"{"action":"receive-play","play":{"rock":null}}"#, bad),
        (r#"{"action":"receive-play","play":"rock","round":-1}"#, bad),
        (
            r#"{"action":"receive-play","play":"rock","round":1.5}"#,
            bad,
        ),
        (
            r#"{"action":"receive-play","play":"rock","round":"1"}"#,
            bad,
        ),
        (
            r#"{"action":"receive-play","play":"rock","round":4294967296}"#,
            bad,
        ),
        (r#"{"action":7}"#, bad),
        (r#"{"action":null}"#, bad),
        (r#"{"play":"rock"}"#, bad),
        (r#"["join-game"]"#, bad),
        (r#""join-game""#, bad),
        ("{}", bad),
        ("null", bad),
        ("", bad),
        ("rock", bad),
        (r#"{"action":"join-game"} x"#, bad),
    ];
    let published = validator("ClientMessage");
    for (frame, expected) in table {
        assert_eq!(ClientMessage::parse(frame), expected, "{frame}");
        let is_published = serde_json::from_str(frame).is_ok_and(|it| published.is_valid(&it));
        assert_eq!(is_published, expected.is_ok(), "{frame}");
    }
}

#[test]
fn frames_to_players_are_as_published() {
    let table = [
        (ServerMessage::Waiting {}, r#"{"type":"waiting"}"#),
        (
            ServerMessage::GameStarted {
                game: "g".into(),
                round: 1,
                play_within_ms: 5000,
            },
            r#"{"type":"game-started","game":"g","round":1,"play_within_ms":5000}"#,
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
    ];
    for (message, frame) in table {
        assert_eq!(message.to_frame(), frame);
        assert_eq!(
            serde_json::from_str::<ServerMessage>(frame).ok(),
            Some(message)
        );
    }
}

#[test]
fn every_error_says_what_to_do() {
    for &code in ErrorCode::VARIANTS {
        let frame = ServerMessage::from(code).to_frame();
        assert!(frame.starts_with(r#"{"type":"error","code":""#), "{frame}");
        assert!(code.text().ends_with('.'), "{code:?}");
    }
}

#[test]
fn a_client_ignores_fields_it_does_not_know() {
    let frame = r#"{"type":"waiting","since":"yesterday"}"#;
    assert_eq!(
        serde_json::from_str::<ServerMessage>(frame).ok(),
        Some(ServerMessage::Waiting {})
    );
}

proptest! {
    #[test]
    fn garbage_is_refused_and_never_a_panic(frame in ".*") {
        prop_assert!(ClientMessage::parse(&frame).is_err());
    }

    #[test]
    fn what_a_client_writes_is_what_the_server_reads(play in 0..3usize, round: Option<u32>) {
        let message = ClientMessage::ReceivePlay { play: Play::ALL[play], round };
        let frame = serde_json::to_string(&message).expect("serializes");
        prop_assert_eq!(ClientMessage::parse(&frame), Ok(message));
    }
}
