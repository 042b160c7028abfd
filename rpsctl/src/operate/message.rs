use rps_game::Message;
use rps_handlers::outbound::dynamo::DynamoStore;
use rps_handlers::service::operate::is_needed;
use rps_handlers::time::System;
use serde::Serialize;

use crate::aws::ReceivedMessage;
use crate::exit::Failure;
use crate::words::escaped;

/// Characters shown of what is no message of ours.
const BODY_CHARS: usize = 60;
/// Characters shown of an id: longer ones are not ours either.
const ID_CHARS: usize = 40;

/// A message of the queue, and what it is for.
#[derive(Debug)]
pub(crate) struct ClassifiedMessage<'a> {
    pub(crate) message: &'a ReceivedMessage,
    pub(crate) content: Content,
    pub(crate) need: Need,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub(crate) enum Content {
    /// The timer of a round.
    Tick { game: String, round: u32 },
    /// Moves a player who waits alone to the others.
    Gather { connection: String },
    /// Not a message of the game: how it begins, with control characters escaped.
    Foreign { body: String },
}

/// What `decide` does with a message when it is delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Need {
    /// It decides a round, or gathers a player.
    Needed,
    /// Nothing: its game or round, or the wait it was sent for, no longer exists.
    Obsolete,
    /// It drops the message, because it is not one of the game's.
    Foreign,
    Unknown(String),
}

impl Content {
    fn new(message: Option<&Message>, body: &str) -> Self {
        match message {
            Some(Message::Tick(tick)) => Self::Tick {
                game: escaped(&tick.game.to_string(), ID_CHARS),
                round: tick.round,
            },
            Some(Message::Gather(wait)) => Self::Gather {
                connection: escaped(wait.connection.as_str(), ID_CHARS),
            },
            None => Self::Foreign {
                body: escaped(body, BODY_CHARS),
            },
        }
    }

    pub(crate) fn words(&self) -> String {
        match self {
            Self::Tick { game, round } => format!("tick of game {game} round {round}"),
            Self::Gather { connection } => format!("gather of connection {connection}"),
            Self::Foreign { body } => format!("not ours: {body}"),
        }
    }
}

impl<'a> ClassifiedMessage<'a> {
    pub(crate) async fn new(store: &DynamoStore, message: &'a ReceivedMessage) -> Self {
        let read: Option<Message> = serde_json::from_str(&message.body).ok();
        let need = match &read {
            None => Need::Foreign,
            Some(read) => match is_needed(store, &System, read, message.age_ms()).await {
                Ok(true) => Need::Needed,
                Ok(false) => Need::Obsolete,
                Err(failure) => Need::Unknown(Failure::from(failure).to_string()),
            },
        };
        Self {
            message,
            content: Content::new(read.as_ref(), &message.body),
            need,
        }
    }

    /// Nothing is lost with it.
    pub(crate) fn is_useless(&self) -> bool {
        matches!(self.need, Need::Obsolete | Need::Foreign)
    }

    /// What its deletion means for the game.
    pub(crate) fn loss(&self) -> &'static str {
        match (&self.need, &self.content) {
            (Need::Foreign, _) => "nothing is lost",
            (Need::Obsolete, Content::Gather { .. }) => "its player waits there no more",
            (Need::Obsolete, _) => "its game or round is gone",
            (Need::Needed, Content::Gather { .. }) => "its player then waits alone",
            (Need::Needed, _) => "its game then has no clock",
            (Need::Unknown(_), _) => "it may be needed: its game then has no clock",
        }
    }
}
