//! The frames that players send and receive: JSON text, one message per frame.
//!
//! Clients distinguish messages by `type` and ignore unknown types and fields. The server refuses
//! unknown actions and fields.

use serde::de::IntoDeserializer;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use strum::{IntoStaticStr, VariantArray};

use crate::{GameId, Play, Room, SeatSecret};

/// A message from a player, routed by its `action`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "action", rename_all = "kebab-case", deny_unknown_fields)]
pub enum ClientMessage {
    /// Join a game.
    #[cfg_attr(test, schemars(extend("not" = asyncapi::room_and_opponent())))]
    JoinGame {
        /// A room, in which only players with the same code meet. Default: meet anybody without a room.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        room: Option<Room>,
        /// The opponent. Not together with `room`. Default: a player.
        #[serde(
            default,
            deserialize_with = "optional_word",
            skip_serializing_if = "Option::is_none"
        )]
        opponent: Option<Opponent>,
    },
    /// Take the player's own seat in a running game again, on this connection.
    ResumeGame {
        /// The game's id.
        #[serde(deserialize_with = "game_id")]
        #[cfg_attr(test, schemars(with = "Room"))]
        game: GameId,
        /// The seat's secret, from `game-started`.
        seat: SeatSecret,
    },
    /// Play in the current round.
    ReceivePlay {
        /// The player's choice.
        #[serde(deserialize_with = "word")]
        play: Play,
        /// The round of the play. Default: the current round.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        round: Option<u32>,
    },
}

impl ClientMessage {
    /// # Errors
    /// [`ErrorCode::BadRequest`] or [`ErrorCode::UnknownAction`].
    pub fn parse(frame: &str) -> Result<Self, ErrorCode> {
        // Parse an object first: serde would also read a tagged enum from an array.
        let fields: Map<String, Value> =
            serde_json::from_str(frame).map_err(|_| ErrorCode::BadRequest)?;
        match fields.get("action").and_then(Value::as_str) {
            None => Err(ErrorCode::BadRequest),
            Some("join-game" | "resume-game" | "receive-play") => {
                let message = serde_json::from_value(Value::Object(fields));
                let is_valid = |message: &Self| !message.has_room_and_opponent();
                message.ok().filter(is_valid).ok_or(ErrorCode::BadRequest)
            }
            Some(_) => Err(ErrorCode::UnknownAction),
        }
    }

    fn has_room_and_opponent(&self) -> bool {
        matches!(
            self,
            Self::JoinGame {
                room: Some(_),
                opponent: Some(_)
            }
        )
    }
}

/// The other player of a game.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Opponent {
    /// A person or a program, on a connection of its own.
    #[default]
    Player,
    /// The house.
    Bot,
}

/// Reads a play from a string. serde alone would also accept `{"rock":null}`.
fn word<'de, D: Deserializer<'de>>(play: D) -> Result<Play, D::Error> {
    Play::deserialize(String::deserialize(play)?.into_deserializer())
}

fn optional_word<'de, D: Deserializer<'de>>(opponent: D) -> Result<Option<Opponent>, D::Error> {
    let word: Option<String> = Option::deserialize(opponent)?;
    word.map(|word| Opponent::deserialize(word.into_deserializer()))
        .transpose()
}

/// A game's id is short, and a room's code: its players may meet again in the room with its name.
fn game_id<'de, D: Deserializer<'de>>(id: D) -> Result<GameId, D::Error> {
    Room::deserialize(id).map(|id| id.as_str().into())
}

/// Reads a field that may be null, but not absent.
fn required<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    field: D,
) -> Result<Option<T>, D::Error> {
    Option::deserialize(field)
}

/// A message to a player, distinguished by its `type`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum ServerMessage {
    /// The player waits for an opponent.
    Waiting {},
    /// A game starts, and its first round is open.
    GameStarted {
        /// The game's id.
        game: GameId,
        /// Always 1.
        round: u32,
        /// Milliseconds to play.
        play_within_ms: u64,
        /// The round in which a draw ends the game.
        max_rounds: u32,
        /// Whether the second play ends a round early.
        decide_early: bool,
        /// The opponent.
        opponent: Opponent,
        /// The secret with which this player may resume the game on another connection. Null in a game that an earlier
        /// release started.
        #[serde(deserialize_with = "required")]
        seat: Option<SeatSecret>,
    },
    /// The player has its seat again, on this connection.
    GameResumed {
        /// The game's id.
        game: GameId,
        /// The current round.
        round: u32,
        /// Milliseconds left to play.
        play_within_ms: u64,
        /// The player's own play of this round, if it has played.
        #[serde(deserialize_with = "required")]
        you: Option<Play>,
        /// The round in which a draw ends the game.
        max_rounds: u32,
        /// Whether the second play ends a round early.
        decide_early: bool,
        /// The opponent.
        opponent: Opponent,
    },
    /// The play is stored and final.
    PlayReceived {
        /// The game's id.
        game: GameId,
        /// The round of the play.
        round: u32,
        /// The player's choice.
        play: Play,
    },
    /// Both players played the same, and the next round is open.
    RoundDrawn {
        /// The game's id.
        game: GameId,
        /// The drawn round.
        round: u32,
        /// The player's own play.
        you: Play,
        /// The opponent's play.
        opponent: Play,
        /// The next round.
        next_round: u32,
        /// Milliseconds to play in the next round.
        play_within_ms: u64,
    },
    /// The game is over, and the server closes the connection next.
    GameOver {
        /// The game's id.
        game: GameId,
        /// The last round.
        rounds: u32,
        /// The result for this player.
        outcome: Outcome,
        /// The reason for the result.
        reason: Reason,
        /// The player's own play of the last round.
        you: Option<Play>,
        /// The opponent's play of the last round. Null also if the opponent left or an operator ended the game.
        opponent: Option<Play>,
    },
    /// The server refused a message. The refusal changes nothing.
    Error {
        /// The error code, for clients.
        code: ErrorCode,
        /// The explanation, for people.
        message: String,
    },
}

impl ServerMessage {
    pub fn to_frame(&self) -> String {
        // These types always serialize.
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
    /// Both players played, and nobody won.
    Drawn,
    /// Nobody played, or an operator ended the game.
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
    /// The last allowed round was a draw.
    DrawLimit,
    /// An operator ended the game.
    EndedByOperator,
}

/// Why the server refused a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, VariantArray)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ErrorCode {
    /// The frame is not a valid JSON object of the protocol.
    BadRequest,
    /// The action does not exist.
    UnknownAction,
    /// The player sent a play without a game, or asks for a seat that does not exist or is not its own.
    NotInAGame,
    /// The player sent a second join while waiting.
    AlreadyWaiting,
    /// The player sent a join while playing, or another connection has taken its seat.
    AlreadyInAGame,
    /// The player sent a different second play in one round.
    AlreadyPlayed,
    /// The round is over, or is not the current round.
    TooLate,
    /// A temporary failure. Nothing is lost. Send the same message again, after a pause that grows each time.
    TryAgain,
}

impl ErrorCode {
    /// The message sent with the code. It tells a developer what to do.
    pub fn text(self) -> &'static str {
        match self {
            Self::BadRequest => {
                "Send a JSON object such as {\"action\":\"join-game\"} or \
                 {\"action\":\"receive-play\",\"play\":\"rock\",\"round\":1}, with no unknown fields."
            }
            Self::UnknownAction => "The actions are join-game, resume-game and receive-play.",
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
mod page;
#[cfg(test)]
mod tests;
