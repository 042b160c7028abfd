//! Detect contradictory messages on one connection.

use rps_game::{GameId, Play, ServerMessage};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Contradiction {
    pub(crate) before: ServerMessage,
    pub(crate) now: ServerMessage,
}

pub(crate) fn game_of(message: &ServerMessage) -> Option<&GameId> {
    match message {
        ServerMessage::GameStarted { game, .. }
        | ServerMessage::GameResumed { game, .. }
        | ServerMessage::PlayReceived { game, .. }
        | ServerMessage::RoundDrawn { game, .. }
        | ServerMessage::GameOver { game, .. } => Some(game),
        ServerMessage::Waiting {} | ServerMessage::Error { .. } => None,
    }
}

/// Whether two different messages about a game contradict each other. A connection plays one game, a game starts and
/// ends once, a round ends once, and a received play is final.
pub(super) fn contradict(one: &ServerMessage, other: &ServerMessage) -> bool {
    if game_of(one) != game_of(other) {
        return true;
    }
    match (RoundInfo::of(one), RoundInfo::of(other)) {
        (Some(one), Some(other)) if one.round == other.round => {
            one.you != other.you || (one.ended && other.ended)
        }
        (Some(one), Some(other)) if one.round < other.round => one.game_over,
        (Some(_), Some(other)) => other.game_over,
        (None, None) => !(is_resumed(one) || is_resumed(other)),
        _ => false,
    }
}

/// A player may resume at any time in its game.
fn is_resumed(message: &ServerMessage) -> bool {
    matches!(message, ServerMessage::GameResumed { .. })
}

/// What a message says about a round.
struct RoundInfo {
    round: u32,
    you: Option<Play>,
    ended: bool,
    game_over: bool,
}

impl RoundInfo {
    fn of(message: &ServerMessage) -> Option<Self> {
        let (round, you, ended, game_over) = match *message {
            ServerMessage::PlayReceived { round, play, .. } => (round, Some(play), false, false),
            ServerMessage::GameResumed {
                round,
                you: Some(you),
                ..
            } => (round, Some(you), false, false),
            ServerMessage::RoundDrawn { round, you, .. } => (round, Some(you), true, false),
            ServerMessage::GameOver { rounds, you, .. } => (rounds, you, true, true),
            _ => return None,
        };
        Some(Self {
            round,
            you,
            ended,
            game_over,
        })
    }
}
