//! Frames of a scripted game.

use rps_game::{ErrorCode, GameId, Opponent, Outcome, Play, Reason, SeatSecret, ServerMessage};
use serde_json::{Value, json};

/// The window of a round, in milliseconds.
pub(crate) const WINDOW_MS: u64 = 5_000;

fn game() -> GameId {
    "game".into()
}

fn frame(message: &ServerMessage) -> Value {
    serde_json::to_value(message).expect("plain data")
}

pub(crate) fn waiting() -> Value {
    frame(&ServerMessage::Waiting {})
}

pub(crate) fn started() -> Value {
    frame(&ServerMessage::GameStarted {
        game: game(),
        round: 1,
        play_within_ms: WINDOW_MS,
        max_rounds: 5,
        decide_early: false,
        opponent: Opponent::Player,
        seat: Some(SeatSecret::new(0, 1)),
    })
}

/// The frame that a page sends to join a room.
pub(crate) fn join_room(room: &str) -> Value {
    json!({ "action": "join-game", "room": room })
}

/// The frame that a page sends to take its seat again.
pub(crate) fn resume() -> Value {
    json!({ "action": "resume-game", "game": game(), "seat": started()["seat"] })
}

/// The player is back in round 1.
pub(crate) fn resumed(you: Option<Play>) -> Value {
    frame(&ServerMessage::GameResumed {
        game: game(),
        round: 1,
        play_within_ms: WINDOW_MS,
        you,
        max_rounds: 5,
        decide_early: false,
        opponent: Opponent::Player,
    })
}

pub(crate) fn received(play: Play, round: u32) -> Value {
    let game = game();
    frame(&ServerMessage::PlayReceived { game, round, play })
}

/// A draw: both played `play`.
pub(crate) fn drawn(play: Play, round: u32) -> Value {
    frame(&ServerMessage::RoundDrawn {
        game: game(),
        round,
        you: play,
        opponent: play,
        next_round: round + 1,
        play_within_ms: WINDOW_MS,
    })
}

pub(crate) fn over(outcome: Outcome, reason: Reason, hands: [Option<Play>; 2]) -> Value {
    let [you, opponent] = hands;
    frame(&ServerMessage::GameOver {
        game: game(),
        rounds: 1,
        outcome,
        reason,
        you,
        opponent,
    })
}

pub(crate) fn refused(code: ErrorCode) -> Value {
    frame(&code.into())
}

/// The frame that a page sends for a play.
pub(crate) fn play(play: Play, round: u32) -> Value {
    json!({ "action": "receive-play", "play": play, "round": round })
}
