//! What cannot be true together on one connection.

use rps_game::{GameId, Play, ServerMessage};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Contradiction {
    pub(crate) before: ServerMessage,
    pub(crate) now: ServerMessage,
}

pub(crate) fn game_of(message: &ServerMessage) -> Option<&GameId> {
    match message {
        ServerMessage::GameStarted { game, .. }
        | ServerMessage::PlayReceived { game, .. }
        | ServerMessage::RoundDrawn { game, .. }
        | ServerMessage::GameOver { game, .. } => Some(game),
        ServerMessage::Waiting {} | ServerMessage::Error { .. } => None,
    }
}

/// Whether two different messages about a game contradict each other: a connection plays one game,
/// a game starts once and ends once, a round ends once, and a play that was received is final.
pub(super) fn contradict(one: &ServerMessage, other: &ServerMessage) -> bool {
    if game_of(one) != game_of(other) {
        return true;
    }
    match (RoundTold::of(one), RoundTold::of(other)) {
        (Some(one), Some(other)) if one.round == other.round => {
            one.you != other.you || (one.ended && other.ended)
        }
        (Some(one), Some(other)) if one.round < other.round => one.game_over,
        (Some(_), Some(other)) => other.game_over,
        (None, None) => true,
        _ => false,
    }
}

struct RoundTold {
    round: u32,
    you: Option<Play>,
    ended: bool,
    game_over: bool,
}

impl RoundTold {
    fn of(message: &ServerMessage) -> Option<Self> {
        let (round, you, ended, game_over) = match *message {
            ServerMessage::PlayReceived { round, play, .. } => (round, Some(play), false, false),
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
