use std::time::Duration;

use rps_game::words::{LOCKED_EARLY, NO_FRIEND, NO_REMATCH, OFFER_BOT};
use rps_game::{Play, ServerMessage};
use tokio::time::Instant;

use super::{Action, Scene};
use crate::players::play::input::PlayerInput;
use crate::players::play::{Invitation, Partner};

const WAITING: &str = r#"{"type":"waiting"}"#;
const STARTED: &str = r#"{"type":"game-started","game":"g","round":1,"play_within_ms":5000,"max_rounds":5,"decide_early":true,"opponent":"player","seat":null}"#;
const RECEIVED: &str = r#"{"type":"play-received","game":"g","round":1,"play":"rock"}"#;
const DRAWN: &str = r#"{"type":"round-drawn","game":"g","round":1,"you":"rock","opponent":"rock","next_round":2,"play_within_ms":60000}"#;
const OVER: &str = r#"{"type":"game-over","game":"g","rounds":2,"outcome":"abandoned","reason":"nobody-played","you":null,"opponent":null}"#;
const WON: &str = r#"{"type":"game-over","game":"g","rounds":1,"outcome":"won","reason":"plays","you":"rock","opponent":"scissors"}"#;
const TOO_LATE: &str = r#"{"type":"error","code":"too-late","message":"Late."}"#;

fn message(frame: &str) -> ServerMessage {
    serde_json::from_str(frame).unwrap()
}

fn resumed(round: u32, you: &str) -> String {
    format!(
        r#"{{"type":"game-resumed","game":"g","round":{round},"play_within_ms":90,"you":{you},"max_rounds":5,"decide_early":true,"opponent":"player"}}"#
    )
}

fn after<'a>(frames: impl IntoIterator<Item = &'a str>) -> Scene {
    let mut scene = Scene::Joining;
    for frame in frames {
        match frame {
            "lost" => scene.lose(),
            "sends rock" => scene.send(Play::Rock),
            frame => scene.follow(&message(frame), Instant::now()),
        }
    }
    scene
}

fn friend() -> Partner {
    let invitation = Invitation::Command("rpsctl".to_owned());
    Partner::Friend("r".parse().unwrap(), invitation)
}

fn rematch() -> Partner {
    Partner::Rematch("g".parse().unwrap())
}

#[test]
fn the_countdown_runs_from_5_to_0() {
    let start = Instant::now();
    let mut scene = Scene::Joining;
    scene.follow(&message(STARTED), start);
    let table = [
        (0, " 5"),
        (1, " 5"),
        (1000, " 4"),
        (4001, " 1"),
        (5000, " 0"),
        (7000, " 0"),
    ];
    for (ms, count) in table {
        let now = start + Duration::from_millis(ms);
        let status = scene.status(&Partner::Anyone, now, 40);
        assert!(status.starts_with(count), "{ms} ms: {status}");
    }
}

/// A scene, the partner, an input, its meaning in a pipe, and its meaning on a terminal. After a play, the next lines of
/// a script are for the next question.
const INPUTS: &str = "
waiting anyone  b    bot   bot
waiting anyone  n    -     -
waiting anyone  rock -     -
waiting anyone  END  -     -
waiting friend  b    bot   bot
waiting friend  QUIT leave leave
waiting rematch b    bot   bot
waiting rematch n    new   new
open    anyone  r    rock  rock
open    anyone  y    wrong -
open    anyone  QUIT leave leave
open    anyone  END  close close
sent    anyone  r    -     -
sent    anyone  QUIT -     leave
sent    anyone  END  -     -
lost    anyone  r    -     -
lost    anyone  QUIT -     leave
joining bot     QUIT -     leave";

fn action(name: &str) -> Option<Action> {
    match name {
        "bot" => Some(Action::Ask(Partner::Bot)),
        "new" => Some(Action::Ask(Partner::Anyone)),
        "rock" => Some(Action::Play(Play::Rock)),
        "wrong" => Some(Action::Refuse),
        "leave" => Some(Action::Leave),
        "close" => Some(Action::Close),
        _ => None,
    }
}

#[test]
fn an_input_means_something_in_its_scene() {
    for row in INPUTS.lines().skip(1) {
        let cells: Vec<_> = row.split_whitespace().collect();
        let scene = match cells[0] {
            "waiting" => after([WAITING]),
            "open" => after([STARTED]),
            "sent" => after([STARTED, "sends rock"]),
            "lost" => after([STARTED, "lost"]),
            _ => Scene::Joining,
        };
        let partner = match cells[1] {
            "friend" => friend(),
            "rematch" => rematch(),
            "bot" => Partner::Bot,
            _ => Partner::Anyone,
        };
        let input = match cells[2] {
            "QUIT" => PlayerInput::Quit,
            "END" => PlayerInput::EndOfInput,
            word => PlayerInput::Word(word.to_owned()),
        };
        let actions = [false, true].map(|live| scene.action(&input, &partner, live));
        assert_eq!(actions, [action(cells[3]), action(cells[4])], "{row}");
    }
}

#[test]
fn only_an_unconfirmed_play_of_the_same_round_is_sent_again() {
    let rock = Some(Play::Rock);
    let [nothing, confirmed] = ["null", r#""rock""#].map(|you| resumed(1, you));
    let next_round = resumed(2, "null");
    for (frames, sent, wants_play) in [
        (vec!["sends rock", "lost", &nothing], rock, false),
        (vec!["sends rock", RECEIVED, "lost", &nothing], rock, false),
        (vec!["sends rock", "lost", &confirmed], None, false),
        (vec!["sends rock", "lost", &next_round], None, true),
        (vec!["lost", &nothing], None, true),
        (vec!["lost"], None, false),
    ] {
        let scene = after([STARTED].into_iter().chain(frames.clone()));
        let state = (scene.sent(), scene.wants_play());
        assert_eq!(state, (sent, wants_play), "{frames:?}");
    }
}

#[test]
fn a_play_that_does_not_count_is_missed() {
    let rock = Some(Play::Rock);
    for (frames, frame, missed) in [
        (vec![STARTED, "sends rock"], OVER, rock),
        (vec![STARTED, "sends rock", "lost"], OVER, rock),
        (vec![STARTED, "sends rock"], TOO_LATE, rock),
        (vec![STARTED, "sends rock", TOO_LATE], OVER, None),
        (vec![STARTED, "sends rock"], WON, None),
        (vec![STARTED, "sends rock", RECEIVED], TOO_LATE, None),
        (vec![STARTED], OVER, None),
    ] {
        let found = after(frames.clone()).missed_play(&message(frame));
        assert_eq!(found, missed, "{frames:?} {frame}");
    }
}

#[test]
fn a_player_who_waits_gets_one_offer() {
    let start = Instant::now();
    for (partner, seconds, text) in [
        (Partner::Anyone, 5, OFFER_BOT),
        (friend(), 30, NO_FRIEND),
        (rematch(), 15, NO_REMATCH),
    ] {
        let mut scene = Scene::Joining;
        scene.follow(&message(WAITING), start);
        let when = start + Duration::from_secs(seconds);
        assert_eq!(scene.offer(&partner, when - Duration::from_millis(1)), None);
        assert!(!scene.status(&partner, when, 40).contains("[b]ot"));
        assert_eq!(scene.offer(&partner, when), Some(text));
        assert_eq!(scene.offer(&partner, when), None, "only once");
        assert!(scene.status(&partner, when, 40).contains("[b]ot"));
    }
    let mut playing = after([STARTED]);
    let late = start + Duration::from_mins(1);
    assert_eq!(playing.offer(&Partner::Anyone, late), None);
}

#[test]
fn the_rules_decide_what_a_confirmed_play_waits_for() {
    let early = "rock. Locked in. Both hands show once both have played.  q leaves";
    let normal = "rock. Locked in. Both hands show when the time is up.  q leaves";
    let late = STARTED.replace("true", "false");
    for (started, text) in [(STARTED, early), (&late, normal)] {
        let scene = after([started, RECEIVED]);
        let status = |width| scene.status(&Partner::Anyone, Instant::now(), width);
        assert!(status(80).ends_with(text), "{}", status(80));
        assert!(status(40).ends_with("  rock. Locked in.  q leaves"));
    }
    let second = RECEIVED.replace(r#""round":1"#, r#""round":2"#);
    let scene = after([STARTED, RECEIVED, DRAWN, &second]);
    assert_eq!(scene.locked_text(), Some(LOCKED_EARLY));
}

#[test]
fn the_status_shows_how_to_leave_and_fits_its_width() {
    let scissors = |frame: &str| frame.replace("rock", "scissors");
    let received = scissors(RECEIVED).replace(r#""round":1"#, r#""round":2"#);
    let mut offered = after([WAITING]);
    offered.offer(&rematch(), Instant::now() + Duration::from_mins(1));
    let mut sent = after([STARTED, DRAWN]);
    sent.send(Play::Scissors);
    let scenes = [
        Scene::Joining,
        after([WAITING]),
        offered,
        after([STARTED, DRAWN]),
        sent,
        after([STARTED, DRAWN, &received]),
        after([STARTED, "sends rock", TOO_LATE]),
        after([WAITING, "lost"]),
        after([STARTED, "lost"]),
    ];
    for scene in scenes {
        for (width, after_s) in [(40, 0), (40, 7200), (79, 0), (80, 0)] {
            let now = Instant::now() + Duration::from_secs(after_s);
            let status = scene.status(&rematch(), now, width);
            assert!(status.ends_with("  q leaves"), "{status}");
            assert!(status.chars().count() <= width, "{status}");
        }
    }
    assert_eq!(Scene::Over.status(&rematch(), Instant::now(), 40), "");
}
