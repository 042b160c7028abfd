//! What one connection of a player is told, in whatever order and however often: frames in, news out.
//!
//! The answer to a message and the pushes are unordered, and after a crash a push may be missing or
//! come twice. So a message is news, or it is old, or it contradicts what was said before.

use rps_game::{ClientMessage, ErrorCode, GameId, Play, ServerMessage};
use serde_json::Value;

use super::truth::{Contradiction, contradict, game_of};

#[derive(Debug, Default)]
pub(crate) struct Session {
    stage: Stage,
    /// What the player sent and has no answer to yet.
    unanswered: Option<ClientMessage>,
    /// What was said about the game, each thing once.
    told: Vec<ServerMessage>,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Joining,
    Waiting,
    Playing {
        game: GameId,
        round: u32,
    },
    Over {
        game: GameId,
    },
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// The player did not know this.
    News(ServerMessage),
    /// A repeat, something overtaken, or nothing this client knows.
    Old,
    /// It cannot be true together with what was said before.
    Contradiction(Contradiction),
}

impl Session {
    /// A session on a new connection of a player who has been told already to wait.
    pub(crate) fn still_waiting() -> Self {
        Self {
            stage: Stage::Waiting,
            ..Self::default()
        }
    }

    pub(crate) fn join(&mut self) -> ClientMessage {
        self.send(ClientMessage::JoinGame {})
    }

    /// The message for a play in the current round; none if no round is open.
    pub(crate) fn play(&mut self, play: Play) -> Option<ClientMessage> {
        let Stage::Playing { round, .. } = self.stage else {
            return None;
        };
        Some(self.send(ClientMessage::ReceivePlay {
            play,
            round: Some(round),
        }))
    }

    /// What was sent and not answered: after a `try-again`, the message to send again.
    pub(crate) fn unanswered(&self) -> Option<ClientMessage> {
        self.unanswered
    }

    pub(crate) fn is_waiting(&self) -> bool {
        self.stage == Stage::Waiting
    }

    pub(crate) fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Over { .. })
    }

    pub(crate) fn receive(&mut self, frame: &str) -> Heard {
        match read(frame) {
            None => Heard::Old,
            Some(ServerMessage::Waiting {}) => self.waiting(),
            Some(ServerMessage::Error { code, message }) => self.refused(code, message),
            Some(message) => self.about_the_game(message),
        }
    }

    fn send(&mut self, message: ClientMessage) -> ClientMessage {
        self.unanswered = Some(message);
        message
    }

    fn waiting(&mut self) -> Heard {
        if self.unanswered == Some(ClientMessage::JoinGame {}) {
            self.unanswered = None;
        }
        if self.stage != Stage::Joining {
            return Heard::Old;
        }
        self.stage = Stage::Waiting;
        Heard::News(ServerMessage::Waiting {})
    }

    fn refused(&mut self, code: ErrorCode, message: String) -> Heard {
        if code == ErrorCode::AlreadyWaiting && self.stage == Stage::Joining {
            // The first join did arrive; its answer did not.
            self.stage = Stage::Waiting;
        }
        if code != ErrorCode::TryAgain {
            self.unanswered = None;
        }
        Heard::News(ServerMessage::Error { code, message })
    }

    fn about_the_game(&mut self, now: ServerMessage) -> Heard {
        if self.told.contains(&now) {
            return Heard::Old;
        }
        if let Some(before) = self.told.iter().find(|before| contradict(before, &now)) {
            let before = before.clone();
            return Heard::Contradiction(Contradiction { before, now });
        }
        self.told.push(now.clone());
        if self.advance(&now) {
            Heard::News(now)
        } else {
            Heard::Old
        }
    }

    /// Follows the game. False if it has gone past this already.
    fn advance(&mut self, message: &ServerMessage) -> bool {
        let Some(game) = game_of(message).cloned() else {
            return false;
        };
        let current = match self.stage {
            Stage::Joining | Stage::Waiting => 0,
            Stage::Playing { round, .. } => round,
            Stage::Over { .. } => return false,
        };
        match *message {
            ServerMessage::GameStarted { round, .. }
            | ServerMessage::RoundDrawn {
                next_round: round, ..
            } if round > current => {
                self.unanswered = None;
                self.stage = Stage::Playing { game, round };
                true
            }
            ServerMessage::PlayReceived { round, .. } if round == current => {
                self.unanswered = None;
                true
            }
            ServerMessage::GameOver { .. } => {
                self.unanswered = None;
                self.stage = Stage::Over { game };
                true
            }
            _ => false,
        }
    }
}

/// The message in a frame; none if this client does not know its type.
fn read(frame: &str) -> Option<ServerMessage> {
    let value: Value = serde_json::from_str(frame).ok()?;
    if value.get("type").is_none() {
        // API Gateway's own error, such as {"message":"Internal server error",…}.
        return Some(ErrorCode::TryAgain.into());
    }
    serde_json::from_value(value).ok()
}

#[cfg(test)]
mod tests;
