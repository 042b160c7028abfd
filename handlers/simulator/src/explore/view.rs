//! What a player knows from its frames.

use rps_game::{ErrorCode, ServerMessage};

use crate::state::{Belief, Frame};

/// What a player's next actions depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct View {
    pub(super) belief: Belief,
    /// The player's game has started or resumed, without a play of its own.
    pub(super) may_play: bool,
    pub(super) refusal: Option<Refusal>,
    /// The player was told a result, but not that its game started or resumed.
    pub(super) has_only_result: bool,
}

/// The last answer refuses a join or a resume.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Refusal {
    /// The player joins or resumes again.
    TryAgain,
    /// The player cannot resume.
    NoGame,
}

impl View {
    pub(super) fn new(frames: &[(u64, Frame)]) -> Self {
        let frames = || frames.iter().map(|(_, frame)| frame);
        let belief = frames().fold(Belief::Joining, next);
        Self {
            belief,
            may_play: frames().any(may_play),
            refusal: frames().next_back().and_then(|it| refusal(it, belief)),
            has_only_result: belief == Belief::Over && !frames().any(is_start),
        }
    }

    pub(super) fn is_settled(self) -> bool {
        matches!(self.belief, Belief::Waiting | Belief::Over)
    }
}

fn is_start(frame: &Frame) -> bool {
    matches!(
        frame,
        Frame::Message(ServerMessage::GameStarted { .. } | ServerMessage::GameResumed { .. })
    )
}

fn may_play(frame: &Frame) -> bool {
    match frame {
        Frame::Message(ServerMessage::GameResumed { you, .. }) => you.is_none(),
        _ => is_start(frame),
    }
}

fn refusal(last: &Frame, belief: Belief) -> Option<Refusal> {
    match last {
        Frame::Failure => Some(Refusal::TryAgain),
        Frame::Message(ServerMessage::Error { code, .. }) => match code {
            ErrorCode::TryAgain => Some(Refusal::TryAgain),
            ErrorCode::NotInAGame if belief == Belief::Joining => Some(Refusal::NoGame),
            _ => None,
        },
        _ => None,
    }
}

/// What the player believes after one more frame.
fn next(belief: Belief, frame: &Frame) -> Belief {
    match frame {
        Frame::Message(ServerMessage::GameOver { .. }) => Belief::Over,
        _ if belief == Belief::Over => belief,
        Frame::Message(
            ServerMessage::GameStarted { .. }
            | ServerMessage::GameResumed { .. }
            | ServerMessage::RoundDrawn { .. },
        ) => Belief::Playing,
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
