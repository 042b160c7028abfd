//! One connection of a player: classify the server's messages.
//!
//! Answers and pushes are unordered, and after a crash a push may be missing or come twice. So each message is new, or
//! old, or contradicts an earlier one.

use rps_game::{ClientMessage, ErrorCode, GameId, Opponent, Play, Room, SeatSecret, ServerMessage};
use serde_json::Value;

use super::contradiction::{Contradiction, contradict, game_of};

/// How a player gets an opponent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum JoinKind {
    #[default]
    Anyone,
    Room(Room),
    House,
}

impl JoinKind {
    pub(crate) fn opponent(&self) -> Opponent {
        match self {
            Self::Anyone | Self::Room(_) => Opponent::Player,
            Self::House => Opponent::Bot,
        }
    }
}

impl From<JoinKind> for ClientMessage {
    fn from(kind: JoinKind) -> Self {
        let (room, opponent) = match kind {
            JoinKind::Anyone => (None, None),
            JoinKind::Room(room) => (Some(room), None),
            JoinKind::House => (None, Some(Opponent::Bot)),
        };
        Self::JoinGame { room, opponent }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Session {
    kind: JoinKind,
    stage: Stage,
    /// The player's message without an answer yet.
    unanswered: Option<ClientMessage>,
    /// The messages about the game so far, each once.
    history: Vec<ServerMessage>,
    has_missed_the_end: bool,
    /// Whether the answer to [`Session::join_again`] is missing.
    joins_again: bool,
    is_replaced: bool,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Joining,
    /// Like joining, but the player has waited before.
    Rejoining,
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
pub(crate) enum FrameKind {
    New(ServerMessage),
    /// A repeat, an outdated message, or one of an unknown type.
    Old,
    /// It contradicts an earlier message.
    Contradiction(Contradiction),
}

impl Session {
    pub(crate) fn new(kind: JoinKind) -> Self {
        Self {
            kind,
            ..Self::default()
        }
    }

    /// A session on a new connection, for a player who already got `waiting`.
    pub(crate) fn still_waiting(&self) -> Self {
        Self {
            stage: Stage::Waiting,
            ..Self::new(self.kind.clone())
        }
    }

    /// A session of a player who has waited, and joins again on this or another connection.
    pub(crate) fn rejoining(kind: JoinKind) -> Self {
        Self {
            stage: Stage::Rejoining,
            ..Self::new(kind)
        }
    }

    pub(crate) fn kind(&self) -> &JoinKind {
        &self.kind
    }

    pub(crate) fn join(&mut self) -> ClientMessage {
        self.send(self.kind.clone().into())
    }

    /// The player's join, whose answer does not matter.
    pub(crate) fn join_again(&mut self) -> ClientMessage {
        self.joins_again = true;
        self.kind.clone().into()
    }

    /// Creates the message for a play in the current round; none if no round is open.
    pub(crate) fn play(&mut self, play: Play) -> Option<ClientMessage> {
        let Stage::Playing { round, .. } = self.stage else {
            return None;
        };
        Some(self.send(ClientMessage::ReceivePlay {
            play,
            round: Some(round),
        }))
    }

    /// Creates the message that takes the player's seat again, on another connection; none if no game runs.
    pub(crate) fn resume(&mut self) -> Option<ClientMessage> {
        let Stage::Playing { game, .. } = &self.stage else {
            return None;
        };
        let (game, seat) = (game.clone(), self.seat()?.clone());
        Some(self.send(ClientMessage::ResumeGame { game, seat }))
    }

    /// Whether the player can go on with another connection, after its own ended. If the server finished the connection
    /// of a game, the game is over or another connection has the seat.
    pub(crate) fn can_continue(&self, is_finished: bool) -> bool {
        match self.stage {
            Stage::Joining | Stage::Over { .. } => false,
            Stage::Rejoining | Stage::Waiting => true,
            Stage::Playing { .. } => !is_finished && self.seat().is_some(),
        }
    }

    /// Whether another connection has taken the player's seat.
    pub(crate) fn is_replaced(&self) -> bool {
        self.is_replaced
    }

    fn seat(&self) -> Option<&SeatSecret> {
        self.history.iter().find_map(|message| match message {
            ServerMessage::GameStarted { seat, .. } => seat.as_ref(),
            _ => None,
        })
    }

    /// The game ended while the player had no connection.
    pub(crate) fn has_missed_the_end(&self) -> bool {
        self.has_missed_the_end
    }

    /// The message without an answer, to send again after a `try-again`.
    pub(crate) fn unanswered(&self) -> Option<ClientMessage> {
        self.unanswered.clone()
    }

    pub(crate) fn is_waiting(&self) -> bool {
        self.stage == Stage::Waiting
    }

    pub(crate) fn is_playing(&self) -> bool {
        matches!(self.stage, Stage::Playing { .. })
    }

    pub(crate) fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Over { .. })
    }

    pub(crate) fn receive(&mut self, frame: &str) -> FrameKind {
        match read(frame) {
            None => FrameKind::Old,
            Some(ServerMessage::Waiting {}) => self.waiting(),
            Some(ServerMessage::Error { code, message }) => self.refused(code, message),
            Some(message) => self.game_message(message),
        }
    }

    fn send(&mut self, message: ClientMessage) -> ClientMessage {
        self.unanswered = Some(message.clone());
        message
    }

    fn waiting(&mut self) -> FrameKind {
        if self.is_joining() {
            self.unanswered = None;
        }
        if !matches!(self.stage, Stage::Joining | Stage::Rejoining) {
            return FrameKind::Old;
        }
        self.stage = Stage::Waiting;
        FrameKind::New(ServerMessage::Waiting {})
    }

    fn refused(&mut self, code: ErrorCode, message: String) -> FrameKind {
        if code == ErrorCode::AlreadyWaiting
            && matches!(self.stage, Stage::Joining | Stage::Rejoining)
        {
            // The server got the first join, but its answer was lost.
            self.stage = Stage::Waiting;
        }
        if code == ErrorCode::AlreadyInAGame {
            self.is_replaced = !self.is_joining() && !std::mem::take(&mut self.joins_again);
        }
        let resumes = matches!(self.unanswered, Some(ClientMessage::ResumeGame { .. }));
        self.has_missed_the_end |= resumes && code == ErrorCode::NotInAGame;
        if code != ErrorCode::TryAgain {
            self.unanswered = None;
        }
        FrameKind::New(ServerMessage::Error { code, message })
    }

    fn is_joining(&self) -> bool {
        matches!(self.unanswered, Some(ClientMessage::JoinGame { .. }))
    }

    fn game_message(&mut self, now: ServerMessage) -> FrameKind {
        if self.history.contains(&now) {
            return FrameKind::Old;
        }
        let mut history = self.history.iter();
        if let Some(before) = history.find(|before| contradict(before, &now)) {
            let before = before.clone();
            return FrameKind::Contradiction(Contradiction { before, now });
        }
        self.history.push(now.clone());
        if self.advance(&now) {
            FrameKind::New(now)
        } else {
            FrameKind::Old
        }
    }

    /// Follows the game. Returns false for an outdated message.
    fn advance(&mut self, message: &ServerMessage) -> bool {
        let Some(game) = game_of(message).cloned() else {
            return false;
        };
        let current = match self.stage {
            Stage::Joining | Stage::Rejoining | Stage::Waiting => 0,
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
            ServerMessage::GameResumed { round, .. } if round >= current => {
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

/// Parses a frame; none if its type is unknown.
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
