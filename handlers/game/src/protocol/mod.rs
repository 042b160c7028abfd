//! The frames players send and receive: JSON text, one message a frame.
//!
//! Players tell messages apart by `type` and ignore what they do not know; the server refuses what it
//! does not know.

use serde::de::IntoDeserializer;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use strum::{IntoStaticStr, VariantArray};

use crate::{GameId, Play};

/// A message from a player, routed by its `action`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "action", rename_all = "kebab-case", deny_unknown_fields)]
pub enum ClientMessage {
    /// Join the waiting list.
    // Braces, because serde accepts unknown fields for a unit variant.
    JoinGame {},
    /// Play in the current round.
    ReceivePlay {
        /// The play.
        #[serde(deserialize_with = "word")]
        play: Play,
        /// The round it is meant for; without it, the current one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        round: Option<u32>,
    },
}

impl ClientMessage {
    /// Reads a frame.
    ///
    /// # Errors
    /// [`ErrorCode::BadRequest`] or [`ErrorCode::UnknownAction`].
    pub fn parse(frame: &str) -> Result<Self, ErrorCode> {
        // An object first: serde would also take a tagged enum from an array.
        let fields: Map<String, Value> =
            serde_json::from_str(frame).map_err(|_| ErrorCode::BadRequest)?;
        match fields.get("action").and_then(Value::as_str) {
            None => Err(ErrorCode::BadRequest),
            Some("join-game" | "receive-play") => {
                serde_json::from_value(Value::Object(fields)).map_err(|_| ErrorCode::BadRequest)
            }
            Some(_) => Err(ErrorCode::UnknownAction),
        }
    }
}

/// A play by its word. serde by itself would take `{"rock":null}` for one, too.
fn word<'de, D: Deserializer<'de>>(play: D) -> Result<Play, D::Error> {
    Play::deserialize(String::deserialize(play)?.into_deserializer())
}

/// A message to a player, told apart by its `type`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum ServerMessage {
    /// The player waits for an opponent.
    Waiting {},
    /// A game starts; plays are welcome.
    GameStarted {
        /// The game.
        game: GameId,
        /// Always 1.
        round: u32,
        /// Milliseconds to play.
        play_within_ms: u64,
    },
    /// The play is stored and final.
    PlayReceived {
        /// The game.
        game: GameId,
        /// The round it counts for.
        round: u32,
        /// The play.
        play: Play,
    },
    /// Both played the same; the next round has begun.
    RoundDrawn {
        /// The game.
        game: GameId,
        /// The round that was drawn.
        round: u32,
        /// The player's own play.
        you: Play,
        /// The opponent's play.
        opponent: Play,
        /// The round that has begun.
        next_round: u32,
        /// Milliseconds to play in it.
        play_within_ms: u64,
    },
    /// The game has ended; the connection closes next.
    GameOver {
        /// The game.
        game: GameId,
        /// The round it ended in.
        rounds: u32,
        /// How it ended for this player.
        outcome: Outcome,
        /// Why.
        reason: Reason,
        /// The player's own play of that round.
        you: Option<Play>,
        /// The opponent's; null also when the opponent left or an operator ended the game.
        opponent: Option<Play>,
    },
    /// The message was refused; nothing is lost by it.
    Error {
        /// What clients branch on.
        code: ErrorCode,
        /// What people read.
        message: String,
    },
}

impl ServerMessage {
    /// The frame for this message.
    pub fn to_frame(&self) -> String {
        // Strings, numbers and enums as plain as these always have a JSON form.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl From<ErrorCode> for ServerMessage {
    fn from(code: ErrorCode) -> Self {
        Self::Error {
            code,
            message: code.text().to_owned(),
        }
    }
}

/// How a game ended for one player.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, VariantArray)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// This player won.
    Won,
    /// The other player won.
    Lost,
    /// Nobody won, though both played.
    Drawn,
    /// Nobody won, because nobody played or an operator ended it.
    Abandoned,
}

/// Why a game ended.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, IntoStaticStr, VariantArray,
)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Reason {
    /// One play beat the other.
    Plays,
    /// Only this player played.
    OpponentDidNotPlay,
    /// Only the other player played.
    YouDidNotPlay,
    /// Neither played.
    NobodyPlayed,
    /// The other player's connection closed.
    OpponentLeft,
    /// The last round allowed was drawn.
    DrawLimit,
    /// An operator ended the game.
    EndedByOperator,
}

/// Why a message was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, VariantArray)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ErrorCode {
    /// Not a JSON object of the protocol.
    BadRequest,
    /// No such action.
    UnknownAction,
    /// A play without a game.
    NotInAGame,
    /// A second join while waiting.
    AlreadyWaiting,
    /// A join while playing.
    AlreadyInAGame,
    /// A second, different play in one round.
    AlreadyPlayed,
    /// The round is over, or not the current one.
    TooLate,
    /// Something passing went wrong; nothing is lost.
    TryAgain,
}

impl ErrorCode {
    /// The sentence sent with the code: what to do.
    pub fn text(self) -> &'static str {
        match self {
            Self::BadRequest => {
                "Send a JSON object such as {\"action\":\"join-game\"} or \
                 {\"action\":\"receive-play\",\"play\":\"rock\",\"round\":1}, with no other fields."
            }
            Self::UnknownAction => "The actions are join-game and receive-play.",
            Self::NotInAGame => "You are not in a game. Send join-game first.",
            Self::AlreadyWaiting => "You are waiting already. The game starts when somebody joins.",
            Self::AlreadyInAGame => "You are in a game already. To play another, connect again.",
            Self::AlreadyPlayed => "Your play for this round is final.",
            Self::TooLate => "That round is not open for plays.",
            Self::TryAgain => "That did not work this time. Nothing is lost: try again.",
        }
    }
}

#[cfg(test)]
mod asyncapi;
#[cfg(test)]
mod published;
#[cfg(test)]
mod tests;
