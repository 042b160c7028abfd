//! Sessions as tables: frames and their kinds.

use rps_game::{ClientMessage, Play};

use super::{FrameKind, JoinKind, Session};

/// A case and the names of its frames, in order. A frame without `=KIND` is new.
const CASES: &str = "
a game with a draw: waiting started rock-1 drawn-1 rock-2 won-2
every frame twice: waiting waiting=old started started=old rock-1 rock-1=old drawn-1 drawn-1=old won-2 won-2=old
a push before the answer: started waiting=old won-1
outdated rounds: drawn-2 drawn-1=old started=old rock-1=old
a late answer and a late start after the end: won-1 started=old rock-1=old
a crash lost start and draw: waiting won-2
two ends: started won-1 lost-1=contradiction
a drawn round is decided: started drawn-1 won-1=contradiction
a round after the end: won-1 drawn-2=contradiction
an accepted play is lost: started rock-1 left-1=contradiction
an accepted play is lost, and the answer comes last: started left-1 rock-1=contradiction
two games on one connection: started other=contradiction
a resume: started back-1 rock-1 back-1-rock won-1
a resume after a draw that was missed: started back-2 rock-2 won-2
a late answer to a resume: started drawn-1 back-1-rock=old won-2
a resume that forgets a play: started rock-1 back-1-paper=contradiction
unknown frames: chat=old since number=old text=old nothing=old gateway";

fn frame(name: &str) -> &'static str {
    match name {
        "waiting" => r#"{"type":"waiting"}"#,
        "started" => {
            r#"{"type":"game-started","game":"g","round":1,"play_within_ms":5000,"max_rounds":5,"decide_early":false,"opponent":"player","seat":null}"#
        }
        "rock-1" => r#"{"type":"play-received","game":"g","round":1,"play":"rock"}"#,
        "rock-2" => r#"{"type":"play-received","game":"g","round":2,"play":"rock"}"#,
        "drawn-1" => {
            r#"{"type":"round-drawn","game":"g","round":1,"you":"rock","opponent":"rock","next_round":2,"play_within_ms":5000}"#
        }
        "drawn-2" => {
            r#"{"type":"round-drawn","game":"g","round":2,"you":"rock","opponent":"rock","next_round":3,"play_within_ms":5000}"#
        }
        "won-1" => {
            r#"{"type":"game-over","game":"g","rounds":1,"outcome":"won","reason":"plays","you":"rock","opponent":"scissors"}"#
        }
        "won-2" => {
            r#"{"type":"game-over","game":"g","rounds":2,"outcome":"won","reason":"plays","you":"rock","opponent":"scissors"}"#
        }
        "lost-1" => {
            r#"{"type":"game-over","game":"g","rounds":1,"outcome":"lost","reason":"plays","you":"rock","opponent":"paper"}"#
        }
        "left-1" => {
            r#"{"type":"game-over","game":"g","rounds":1,"outcome":"won","reason":"opponent-left","you":null,"opponent":null}"#
        }
        "other" => {
            r#"{"type":"game-started","game":"h","round":1,"play_within_ms":5000,"max_rounds":5,"decide_early":false,"opponent":"player","seat":null}"#
        }
        "gateway" => r#"{"message":"Internal server error","connectionId":"c","requestId":"r"}"#,
        "try-again" => r#"{"type":"error","code":"try-again","message":"Again."}"#,
        "waits" => r#"{"type":"error","code":"already-waiting","message":"You wait."}"#,
        "chat" => r#"{"type":"chat","text":"hi"}"#,
        "since" => r#"{"type":"waiting","since":"noon"}"#,
        "number" => r#"{"type":7}"#,
        "text" => "not JSON",
        "nothing" => "",
        _ => frame_of_a_seat(name),
    }
}

fn frame_of_a_seat(name: &str) -> &'static str {
    match name {
        "back-1" => {
            r#"{"type":"game-resumed","game":"g","round":1,"play_within_ms":90,"you":null,"max_rounds":5,"decide_early":false,"opponent":"player"}"#
        }
        "back-1-rock" => {
            r#"{"type":"game-resumed","game":"g","round":1,"play_within_ms":80,"you":"rock","max_rounds":5,"decide_early":false,"opponent":"player"}"#
        }
        "back-1-paper" => {
            r#"{"type":"game-resumed","game":"g","round":1,"play_within_ms":80,"you":"paper","max_rounds":5,"decide_early":false,"opponent":"player"}"#
        }
        "back-2" => {
            r#"{"type":"game-resumed","game":"g","round":2,"play_within_ms":90,"you":null,"max_rounds":5,"decide_early":false,"opponent":"player"}"#
        }
        "seated" => {
            r#"{"type":"game-started","game":"g","round":1,"play_within_ms":5000,"max_rounds":5,"decide_early":false,"opponent":"player","seat":"00112233445566778899aabbccddeeff"}"#
        }
        "plays" => r#"{"type":"error","code":"already-in-a-game","message":"You play."}"#,
        _ => panic!("no frame {name}"),
    }
}

fn receive(session: &mut Session, name: &str) -> &'static str {
    match session.receive(frame(name)) {
        FrameKind::New(_) => "new",
        FrameKind::Old => "old",
        FrameKind::Contradiction(_) => "contradiction",
    }
}

#[test]
fn frames_are_classified() {
    for row in CASES.lines().skip(1) {
        let (case, steps) = row.split_once(": ").unwrap();
        let mut session = Session::default();
        session.join();
        for step in steps.split(' ') {
            let (name, expected) = step.split_once('=').unwrap_or((step, "new"));
            assert_eq!(receive(&mut session, name), expected, "{case}: {name}");
        }
    }
}

#[test]
fn a_play_names_the_open_round() {
    let mut session = Session::default();
    session.join();
    let play = |round| {
        Some(ClientMessage::ReceivePlay {
            play: Play::Rock,
            round,
        })
    };
    let table = [
        ("waiting", None),
        ("started", play(Some(1))),
        ("drawn-1", play(Some(2))),
        ("drawn-1", play(Some(2))),
        ("won-2", None),
    ];
    for (frame, expected) in table {
        receive(&mut session, frame);
        assert_eq!(session.play(Play::Rock), expected, "{frame}");
    }
}

#[test]
fn every_join_asks_for_the_same_opponent() {
    let room = JoinKind::Room("r".parse().unwrap());
    for (kind, frame) in [
        (JoinKind::Anyone, r#"{"action":"join-game"}"#),
        (room, r#"{"action":"join-game","room":"r"}"#),
        (
            JoinKind::House,
            r#"{"action":"join-game","opponent":"bot"}"#,
        ),
    ] {
        let mut session = Session::new(kind);
        let joins = [
            session.join(),
            session.join_again(),
            session.still_waiting().join(),
        ];
        for join in joins {
            assert_eq!(serde_json::to_string(&join).unwrap(), frame);
        }
    }
}

#[test]
fn only_an_unanswered_message_is_sent_again() {
    let mut session = Session::default();
    let join = session.join();
    for frame in ["try-again", "gateway"] {
        receive(&mut session, frame);
        assert_eq!(session.unanswered().as_ref(), Some(&join), "{frame}");
    }
    // The server got the join; only its answer was lost.
    receive(&mut session, "waits");
    assert_eq!(session.unanswered(), None);
    assert!(session.is_waiting());

    receive(&mut session, "started");
    let first = session.play(Play::Rock);
    receive(&mut session, "try-again");
    assert_eq!(session.unanswered(), first);
    receive(&mut session, "waiting");
    assert_eq!(session.unanswered(), first, "a late answer to the join");
    receive(&mut session, "drawn-1");
    assert_eq!(session.unanswered(), None, "its round is over");

    let second = session.play(Play::Rock);
    receive(&mut session, "rock-1");
    assert_eq!(session.unanswered(), second, "a late answer");
    receive(&mut session, "rock-2");
    assert_eq!(session.unanswered(), None);
    receive(&mut session, "won-2");
    assert!(session.is_over());
}

#[test]
fn after_a_reconnect_waiting_is_old() {
    let mut session = Session::default().still_waiting();
    session.join();
    assert_eq!(receive(&mut session, "waiting"), "old");
    assert_eq!(session.unanswered(), None);
    assert_eq!(receive(&mut session, "started"), "new");
}

/// After these frames: whether the player continues on another connection if its own breaks, and if the server finishes
/// it.
#[test]
fn a_lost_connection_is_replaced_while_the_player_waits_or_has_a_seat() {
    for (frames, broken, finished) in [
        ("", false, false),
        ("waiting", true, true),
        ("started", false, false),
        ("seated", true, false),
        ("waiting seated drawn-1", true, false),
        ("seated won-1", false, false),
    ] {
        let mut session = Session::default();
        session.join();
        for name in frames.split_whitespace() {
            receive(&mut session, name);
        }
        let found = [false, true].map(|is_finished| session.can_continue(is_finished));
        assert_eq!(found, [broken, finished], "{frames}");
    }
    let joining = Session::rejoining(JoinKind::House);
    assert!(joining.can_continue(true), "it has waited");
}

/// The server also answers a join in a game with `already-in-a-game`.
#[test]
fn an_unexpected_already_in_a_game_means_another_connection() {
    let mut session = Session::rejoining(JoinKind::House);
    session.join();
    assert_eq!(receive(&mut session, "plays"), "new");
    assert!(!session.is_replaced(), "an answer to the join");
    receive(&mut session, "seated");
    session.join_again();
    receive(&mut session, "plays");
    assert!(!session.is_replaced(), "an answer to the second join");
    receive(&mut session, "plays");
    assert!(session.is_replaced());
}

#[test]
fn waiting_is_new_for_a_player_who_joins_again() {
    for frame in ["waiting", "waits"] {
        let mut session = Session::rejoining(JoinKind::Anyone);
        session.join();
        assert_eq!(receive(&mut session, frame), "new");
        assert!(session.is_waiting() && session.unanswered().is_none());
    }
}
