//! What a player knows from its frames.

use rps_game::{ErrorCode, ServerMessage};

use crate::state::{Belief, Frame};

/// What a player's next actions depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct View {
    pub(super) belief: Belief,
    /// The player's game has started.
    pub(super) may_play: bool,
    /// The last answer asks the player to join again.
    pub(super) is_refused: bool,
}

impl View {
    pub(super) fn new(frames: &[(u64, Frame)]) -> Self {
        let frames = || frames.iter().map(|(_, frame)| frame);
        let is_start =
            |frame: &Frame| matches!(frame, Frame::Message(ServerMessage::GameStarted { .. }));
        Self {
            belief: frames().fold(Belief::Joining, next),
            may_play: frames().any(is_start),
            is_refused: frames().next_back().is_some_and(asks_to_join_again),
        }
    }

    pub(super) fn is_settled(self) -> bool {
        matches!(self.belief, Belief::Waiting | Belief::Over)
    }
}

fn asks_to_join_again(frame: &Frame) -> bool {
    match frame {
        Frame::Message(ServerMessage::Error { code, .. }) => *code == ErrorCode::TryAgain,
        Frame::Failure => true,
        _ => false,
    }
}

/// What the player believes after one more frame.
fn next(belief: Belief, frame: &Frame) -> Belief {
    match frame {
        Frame::Message(ServerMessage::GameOver { .. }) => Belief::Over,
        _ if belief == Belief::Over => belief,
        Frame::Message(ServerMessage::GameStarted { .. } | ServerMessage::RoundDrawn { .. }) => {
            Belief::Playing
        }
        _ if belief == Belief::Playing => belief,
        Frame::Message(ServerMessage::Waiting {}) => Belief::Waiting,
        Frame::Message(ServerMessage::Error { code, .. }) => match code {
            ErrorCode::AlreadyWaiting => Belief::Waiting,
            ErrorCode::AlreadyInAGame => Belief::InSomeGame,
            _ => belief,
        },
        _ => belief,
    }
}
