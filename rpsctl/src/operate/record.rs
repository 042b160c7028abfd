use rps_game::{ConnectionId, GameId};
use serde::Serialize;

use crate::aws::Switch;
use crate::operate::{Content, Step};
use crate::words::{place_game, place_name, rfc_3339};

/// A step in a plan and in the log. docs/rpsctl.md describes the fields.
#[derive(Debug, Serialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub(super) enum Record<'a> {
    EndGame {
        game: &'a GameId,
        round: u32,
        players: &'a [ConnectionId; 2],
    },
    Disconnect {
        connection: &'a ConnectionId,
        place: &'static str,
        game: Option<&'a GameId>,
        stale: bool,
    },
    CloseSocket {
        connection: &'a ConnectionId,
    },
    DeleteMessage {
        queue: &'a str,
        message: &'a str,
        sent_at: Option<String>,
        #[serde(flatten)]
        content: &'a Content,
    },
    DeleteIdleMessages {
        queue: &'a str,
        visible: u64,
        delayed: u64,
        in_flight: u64,
    },
    PauseMapping {
        mapping: &'a str,
        state: &'a str,
    },
    ResumeMapping {
        mapping: &'a str,
        state: &'a str,
    },
    Redrive {
        queue: &'a str,
        to: &'a str,
        messages: u64,
    },
}

impl<'a> Record<'a> {
    pub(super) fn new(step: &'a Step<'_>) -> Self {
        match step {
            Step::EndGame { game, .. } => Self::EndGame {
                game: &game.id,
                round: game.round,
                players: &game.players,
            },
            Step::Disconnect { seen, stale } => Self::Disconnect {
                connection: &seen.connection.id,
                place: place_name(&seen.place),
                game: place_game(&seen.place),
                stale: *stale,
            },
            Step::CloseSocket { connection } => Self::CloseSocket { connection },
            Step::DeleteMessage { queue, message } => Self::DeleteMessage {
                queue: queue.name(),
                message: &message.message.id,
                sent_at: rfc_3339(message.message.sent_ms),
                content: &message.content,
            },
            Step::DeleteObsoleteMessages { queue, counts } => Self::DeleteIdleMessages {
                queue: queue.name(),
                visible: counts.visible,
                delayed: counts.delayed,
                in_flight: counts.in_flight,
            },
            Step::SwitchMapping { uuid, state, to } => {
                let (mapping, state) = (*uuid, state.as_str());
                match to {
                    Switch::Off => Self::PauseMapping { mapping, state },
                    Switch::On => Self::ResumeMapping { mapping, state },
                }
            }
            Step::Redrive { from, to, messages } => Self::Redrive {
                queue: from.name(),
                to: to.name(),
                messages: *messages,
            },
        }
    }
}
