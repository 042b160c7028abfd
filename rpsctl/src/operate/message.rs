use rps_game::{MESSAGE_VERSION, Message};
use rps_handlers::service::operate::is_needed;
use rps_handlers::time::System;
use serde::{Deserialize, Serialize};

use crate::aws::{Deployment, ReceivedMessage};
use crate::exit::{Exit, Failure};
use crate::words::escaped;

/// Maximum length of a printed foreign body, in characters.
const BODY_CHARS: usize = 60;
/// Maximum length of a printed id, in characters. Valid ids are shorter.
const ID_CHARS: usize = 40;

/// A received message, its content, and whether the game still needs it.
#[derive(Debug)]
pub(crate) struct ClassifiedMessage<'a> {
    pub(crate) message: &'a ReceivedMessage,
    pub(crate) content: MessageContent,
    pub(crate) relevance: Relevance,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "what", rename_all = "kebab-case")]
pub(crate) enum MessageContent {
    /// A message that ends a round.
    #[serde(rename = "tick")]
    RoundTimer {
        /// Game id, escaped.
        game: String,
        /// Round that the timer ends.
        round: u32,
    },
    /// A message that pairs a player who waits beside others.
    #[serde(rename = "gather")]
    Rebalance {
        /// Connection id, escaped.
        connection: String,
    },
    /// A message of a later release, which this rpsctl cannot read. It is never deleted.
    Newer {
        /// Version of the message.
        version: u64,
    },
    /// A message that does not belong to the game.
    Foreign {
        /// The beginning of the body, escaped.
        body: String,
    },
}

/// The field that every message of every release has.
#[derive(Deserialize)]
struct Header {
    v: u64,
}

/// What happens when `decide` receives the message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Relevance {
    /// `decide` ends a round, or pairs a player.
    Needed,
    /// `decide` does nothing: the game or the round no longer exists, or the player no longer waits.
    Obsolete,
    /// `decide` drops the message, because it does not belong to the game.
    Foreign,
    /// The message or the table could not be read, for this reason.
    Unknown(Failure),
}

impl MessageContent {
    fn new(message: Option<&Message>, body: &str) -> Self {
        let header: Option<Header> = serde_json::from_str(body).ok();
        if let Some(Header { v }) = header.filter(|header| header.v > u64::from(MESSAGE_VERSION)) {
            return Self::Newer { version: v };
        }
        match message {
            Some(Message::RoundTimer(round_timer)) => Self::RoundTimer {
                game: escaped(&round_timer.game.to_string(), ID_CHARS),
                round: round_timer.round,
            },
            Some(Message::Rebalance(wait)) => Self::Rebalance {
                connection: escaped(wait.connection.as_str(), ID_CHARS),
            },
            None => Self::Foreign {
                body: escaped(body, BODY_CHARS),
            },
        }
    }

    pub(crate) fn is_newer(&self) -> bool {
        matches!(self, Self::Newer { .. })
    }

    pub(crate) fn words(&self) -> String {
        match self {
            Self::RoundTimer { game, round } => format!("round timer of game {game} round {round}"),
            Self::Rebalance { connection } => format!("rebalance of connection {connection}"),
            Self::Newer { version } => format!("of the newer version {version}"),
            Self::Foreign { body } => format!("foreign: {body}"),
        }
    }
}

impl<'a> ClassifiedMessage<'a> {
    pub(crate) async fn new(deployment: &Deployment, message: &'a ReceivedMessage) -> Self {
        let store = deployment.store();
        let parsed = Message::parse(&message.body).ok();
        let content = MessageContent::new(parsed.as_ref(), &message.body);
        let relevance = match &parsed {
            _ if content.is_newer() => Relevance::Unknown(Failure::new(
                Exit::Unexpected,
                format!("this rpsctl reads versions up to {MESSAGE_VERSION}; update rpsctl"),
            )),
            None => Relevance::Foreign,
            Some(parsed) => match is_needed(store, &System, parsed).await {
                Ok(true) => Relevance::Needed,
                Ok(false) => Relevance::Obsolete,
                Err(error) => Relevance::Unknown(deployment.explain_port(&error)),
            },
        };
        Self {
            message,
            content,
            relevance,
        }
    }

    /// Why AWS refused to read the table, if it did.
    pub(crate) fn refusal(&self) -> Option<&Failure> {
        match &self.relevance {
            Relevance::Unknown(why) if why.exit() == Exit::Refused => Some(why),
            _ => None,
        }
    }

    /// Whether the game loses nothing if the message is deleted.
    pub(crate) fn is_obsolete(&self) -> bool {
        matches!(self.relevance, Relevance::Obsolete | Relevance::Foreign)
    }

    /// The effect of the deletion on the game.
    pub(crate) fn deletion_effect(&self) -> &'static str {
        match (&self.relevance, &self.content) {
            (Relevance::Foreign, _) => "no game needs it",
            (Relevance::Obsolete, MessageContent::Rebalance { .. }) => {
                "obsolete: its player no longer waits"
            }
            (Relevance::Obsolete, _) => "obsolete: its game or round no longer exists",
            (Relevance::Needed, MessageContent::Rebalance { .. }) => {
                "still needed: its player then keeps waiting beside others"
            }
            (Relevance::Needed, _) => "still needed: its game then has no round timer",
            (Relevance::Unknown(_), _) => "may still be needed: its game then has no round timer",
        }
    }
}
