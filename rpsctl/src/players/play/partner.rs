//! Whom a person wants to play, and the texts until they meet.

use std::time::Duration;

use rps_game::words;
use rps_game::{GameId, Opponent, Room};

use crate::players::client::JoinKind;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Partner {
    Anyone,
    Friend(Room, Invitation),
    /// The opponent of the last game. Both join the room named after it.
    Rematch(Room),
    Bot,
}

/// How a friend joins the same room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Invitation {
    /// The URL of the players' page.
    Link(String),
    /// The stack has no page, or rpsctl does not know it. In backquotes, so that it stays in one line.
    Command(String),
}

impl Invitation {
    pub(super) fn lines(&self) -> [&str; 2] {
        match self {
            Self::Link(url) => [words::SEND_LINK, url],
            Self::Command(command) => ["Your friend joins with this command:", command],
        }
    }
}

impl Partner {
    /// The partner of another game like this one.
    pub(super) fn after(game: &GameId, opponent: Opponent) -> Self {
        match opponent {
            Opponent::Bot => Self::Bot,
            Opponent::Player => game.as_str().parse().map_or(Self::Anyone, Self::Rematch),
        }
    }

    pub(crate) fn join(&self) -> JoinKind {
        match self {
            Self::Anyone => JoinKind::Anyone,
            Self::Friend(room, _) | Self::Rematch(room) => JoinKind::Room(room.clone()),
            Self::Bot => JoinKind::House,
        }
    }

    pub(super) fn waiting_text(&self) -> &'static str {
        match self {
            Self::Anyone | Self::Bot => words::WAITING,
            Self::Friend(..) => words::WAITING_FRIEND,
            Self::Rematch(_) => words::WAITING_REMATCH,
        }
    }

    /// The text that offers another opponent, and when to show it.
    pub(super) fn offer(&self) -> (Duration, &'static str) {
        let (seconds, text) = match self {
            Self::Anyone | Self::Bot => (5, words::OFFER_BOT),
            Self::Friend(..) => (30, words::NO_FRIEND),
            Self::Rematch(_) => (15, words::NO_REMATCH),
        };
        (Duration::from_secs(seconds), text)
    }

    /// The keys for another opponent, for the status line.
    pub(super) fn offered_keys(&self) -> &'static str {
        match self {
            Self::Rematch(_) => "[n]ew  [b]ot",
            _ => "[b]ot",
        }
    }

    /// The question after the offer, for a pipe.
    pub(super) fn offered_words(&self) -> &'static str {
        match self {
            Self::Rematch(_) => "[n]ew opponent, [b]ot or [q]uit?",
            _ => "[b]ot or [q]uit?",
        }
    }
}
