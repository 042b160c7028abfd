use rps_game::{ConnectionId, GameId};
use serde::Serialize;

use crate::aws::{Deployment, MappingChange};
use crate::exit::Failure;
use crate::operate::{MessageContent, Step};
use crate::words::{position_game, position_name, rfc_3339};

/// The target of a plan as JSON. docs/rpsctl.md has the fields.
#[derive(Debug, Clone, Copy, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct TargetRecord<'a> {
    /// Name of the stack, or `local`.
    pub(super) stack: &'a str,
    /// Id of the AWS account.
    account: &'a str,
    /// AWS region.
    region: &'a str,
    /// URL that gets the AWS requests. Null for AWS itself.
    endpoint: Option<&'a str>,
}

impl<'a> TargetRecord<'a> {
    pub(super) async fn of(deployment: &'a Deployment) -> Result<Self, Failure> {
        Ok(Self {
            stack: deployment.target().name(),
            account: deployment.account_id().await?,
            region: deployment.region(),
            // A profile may have an endpoint too.
            endpoint: deployment.config().endpoint_url(),
        })
    }

    pub(super) fn location(&self) -> String {
        let endpoint = self
            .endpoint
            .map_or(String::new(), |url| format!(", {url}"));
        format!("account {}, {}{endpoint}", self.account, self.region)
    }
}

/// A step as JSON. docs/rpsctl.md has the fields.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "do", rename_all = "kebab-case")]
pub(crate) enum StepRecord<'a> {
    /// End a game. `games end`, `queue drain`, and `connections disconnect` for both players of a game.
    EndGame {
        /// Game id.
        #[cfg_attr(test, schemars(with = "String"))]
        game: &'a GameId,
        /// Round of the game when the plan was made.
        round: u32,
        /// Connection ids of both players.
        #[cfg_attr(test, schemars(with = "[String; 2]"))]
        players: &'a [ConnectionId; 2],
    },
    /// Disconnect a player. `connections disconnect`.
    Disconnect {
        /// Connection id.
        #[cfg_attr(test, schemars(with = "String"))]
        connection: &'a ConnectionId,
        /// State of the connection: `idle`, `joining`, `waiting` or `playing`.
        place: &'static str,
        /// Game that the player plays or waits for.
        #[cfg_attr(test, schemars(with = "Option<String>"))]
        game: Option<&'a GameId>,
        /// Whether the connection is closed but still in the table.
        stale: bool,
    },
    /// Close an open connection that is not in the table. `connections disconnect`.
    CloseSocket {
        /// Connection id.
        #[cfg_attr(test, schemars(with = "String"))]
        connection: &'a ConnectionId,
    },
    /// Remove a player who no longer waits from the lobby. `connections disconnect --stale`.
    ClearLobby {
        /// Connection id of the player.
        #[cfg_attr(test, schemars(with = "String"))]
        connection: &'a ConnectionId,
        /// Game that the player waited for.
        #[cfg_attr(test, schemars(with = "String"))]
        game: &'a GameId,
    },
    /// Delete a message; the fields of its content follow. `queue drain` and `dlq purge`.
    DeleteMessage {
        /// Queue name.
        queue: &'a str,
        /// Message id.
        message: &'a str,
        /// Time at which the message was sent.
        sent_at: Option<String>,
        #[serde(flatten)]
        content: &'a MessageContent,
    },
    /// Delete all obsolete messages; each is logged as `delete-message`. `queue drain --all`, and a `queue drain` that
    /// receives no messages while the mapping is paused.
    DeleteIdleMessages {
        /// Queue name.
        queue: &'a str,
        /// Number of visible messages when the plan was made.
        visible: u64,
        /// Number of delayed messages when the plan was made.
        delayed: u64,
        /// Number of in-flight messages when the plan was made.
        in_flight: u64,
    },
    /// Pause the event source mapping. `queue drain --all` and `queue pause`.
    PauseMapping {
        /// UUID of the mapping.
        mapping: &'a str,
        /// State of the mapping when the plan was made.
        state: &'a str,
    },
    /// Resume the event source mapping. `queue drain --all` and `queue resume`.
    ResumeMapping {
        /// UUID of the mapping.
        mapping: &'a str,
        /// State of the mapping when the plan was made.
        state: &'a str,
    },
    /// Move dead letters back to the queue. `dlq redrive`.
    Redrive {
        /// Name of the dead-letter queue.
        queue: &'a str,
        /// Name of the queue that receives the messages.
        to: &'a str,
        /// Number of dead letters when the plan was made.
        messages: u64,
    },
}

impl<'a> StepRecord<'a> {
    pub(super) fn new(step: &'a Step<'_>) -> Self {
        match step {
            Step::EndGame { game, .. } => Self::EndGame {
                game: &game.id,
                round: game.round,
                players: &game.players,
            },
            Step::Disconnect { snapshot, stale } => Self::Disconnect {
                connection: &snapshot.connection.id,
                place: position_name(&snapshot.place),
                game: position_game(&snapshot.place),
                stale: *stale,
            },
            Step::CloseSocket { connection } => Self::CloseSocket { connection },
            Step::ClearLobby { waiting } => Self::ClearLobby {
                connection: &waiting.connection,
                game: &waiting.game,
            },
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
            Step::SwitchMapping { uuid, state, to } => Self::switch(uuid, state.as_str(), *to),
            Step::Redrive { from, to, messages } => Self::Redrive {
                queue: from.name(),
                to: to.name(),
                messages: *messages,
            },
        }
    }

    fn switch(mapping: &'a str, state: &'a str, to: MappingChange) -> Self {
        match to {
            MappingChange::Pause => Self::PauseMapping { mapping, state },
            MappingChange::Resume => Self::ResumeMapping { mapping, state },
        }
    }
}
