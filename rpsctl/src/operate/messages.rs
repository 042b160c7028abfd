//! What messages of the queue have to do, and the step that deletes one.

use futures_util::stream::{self, StreamExt};
use rps_game::Message;
use rps_handlers::outbound::dynamo::DynamoStore;
use rps_handlers::service::operate::is_needed;
use rps_handlers::time::now_ms;
use serde::Serialize;

use super::{Confirmed, Outcome, Step};
use crate::aws::{Held, Queue};
use crate::exit::Failure;
use crate::words::{escaped, rfc_3339, time_span};

/// Messages that are judged at a time.
const AT_A_TIME: usize = 32;

/// Characters shown of what is no message of ours.
const BODY_CHARS: usize = 60;
/// Characters shown of an id: longer ones are not ours either.
const ID_CHARS: usize = 40;

/// What a message is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub(crate) enum What {
    /// A round's time is over.
    Tick {
        /// The game.
        game: String,
        /// The round.
        round: u32,
    },
    /// A player who waits alone is brought to the others.
    Gather {
        /// The player's connection.
        connection: String,
    },
    /// Not a message of the game.
    Foreign {
        /// What it begins with, with control characters escaped.
        body: String,
    },
}

impl What {
    fn of(message: Option<&Message>, body: &str) -> Self {
        match message {
            Some(Message::Tick(tick)) => Self::Tick {
                game: escaped(tick.game.as_str(), ID_CHARS),
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

    /// It in words.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Tick { game, round } => format!("tick of game {game} round {round}"),
            Self::Gather { connection } => format!("gather of connection {connection}"),
            Self::Foreign { body } => format!("not ours: {body}"),
        }
    }
}

/// What comes of a message when it is delivered to `decide`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It does its work: a round is decided, or a player gathered.
    Works,
    /// Nothing: its game or round, or the wait it was sent for, is gone.
    Nothing,
    /// It is dropped, because it is not ours.
    Dropped,
    /// Not known, for this reason.
    Unknown(String),
}

/// A message, and what comes of it.
#[derive(Debug)]
pub(crate) struct Judged<'h> {
    /// The message.
    pub(crate) held: &'h Held,
    /// What it is.
    pub(crate) what: What,
    /// What comes of it.
    pub(crate) fate: Fate,
}

impl Judged<'_> {
    /// Nothing is lost with it.
    pub(crate) fn is_idle(&self) -> bool {
        matches!(self.fate, Fate::Nothing | Fate::Dropped)
    }
}

/// Finds out what each message has to do, in their order.
pub(crate) async fn judge<'h>(store: &DynamoStore, messages: &'h [Held]) -> Vec<Judged<'h>> {
    let judged = stream::iter(messages).map(|held| judge_one(store, held));
    judged.buffered(AT_A_TIME).collect().await
}

async fn judge_one<'h>(store: &DynamoStore, held: &'h Held) -> Judged<'h> {
    let message: Option<Message> = serde_json::from_str(&held.body).ok();
    let fate = match &message {
        None => Fate::Dropped,
        Some(message) => match is_needed(store, message, held.age_ms()).await {
            Ok(true) => Fate::Works,
            Ok(false) => Fate::Nothing,
            Err(failure) => Fate::Unknown(Failure::from(failure).to_string()),
        },
    };
    Judged {
        held,
        what: What::of(message.as_ref(), &held.body),
        fate,
    }
}

/// Deleting a message, by the receive that it is held by.
#[derive(Debug, Serialize)]
#[serde(tag = "do", rename = "delete-message")]
pub(crate) struct DeleteMessage<'h> {
    queue: String,
    message: &'h str,
    sent_at: Option<String>,
    #[serde(flatten)]
    what: What,
    #[serde(skip)]
    fate: Fate,
    #[serde(skip)]
    held: &'h Held,
}

impl<'h> DeleteMessage<'h> {
    /// Of that queue's message.
    pub(crate) fn new(queue: &Queue<'_>, judged: Judged<'h>) -> Self {
        let held = judged.held;
        Self {
            queue: queue.name().to_owned(),
            message: &held.id,
            sent_at: rfc_3339(held.sent_ms),
            what: judged.what,
            fate: judged.fate,
            held,
        }
    }

    /// Does it.
    pub(crate) async fn act(
        &self,
        queue: &Queue<'_>,
        confirmed: &Confirmed,
    ) -> Result<Outcome, Failure> {
        queue.delete(self.held, confirmed).await
    }
}

impl Step for DeleteMessage<'_> {
    fn words(&self) -> String {
        let what = self.what.words();
        let age = time_span(now_ms().saturating_sub(self.held.sent_ms));
        let lost = match (&self.fate, &self.what) {
            (Fate::Dropped, _) => "nothing is lost",
            (Fate::Nothing, What::Gather { .. }) => "its player waits there no more",
            (Fate::Nothing, _) => "its game or round is gone",
            (Fate::Works, What::Gather { .. }) => "its player then waits alone",
            (Fate::Works, _) => "its game then has no clock",
            (Fate::Unknown(_), _) => "it may be needed: its game then has no clock",
        };
        format!("delete a message of {age} ago, {what}: {lost}")
    }
}
