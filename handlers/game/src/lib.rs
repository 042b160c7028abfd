//! The pure game of rock paper scissors.
//!
//! Functions take the state, an event and the time, and return the new state and its effects. There
//! is no AWS, no async runtime, no clock and no randomness. Layout:
//!
//! - [`play`]: the three plays and their order
//! - [`rules`]: a game's settings, and constants that all releases share
//! - [`game`]: a game of two players: plays, rounds, endings
//! - [`seat`]: the two seats of a game and their secrets
//! - [`resume`]: a player whose connection broke takes its seat again
//! - [`house`]: a bot for players who wait alone
//! - [`lobby`]: waiting players, claims, and where a connection is
//! - [`room`]: codes of rooms, in which only players with the same code meet
//! - [`rebalance`]: pairs a player who waits beside others
//! - [`round_timer`]: the message that closes a round
//! - [`message`]: the queue's messages
//! - [`protocol`]: the frames that players send and receive
//! - [`ids`]: the ids of games, joins and connections
//! - [`words`]: the game in plain English, for players

pub mod game;
pub mod house;
pub mod ids;
pub mod lobby;
pub mod message;
pub mod play;
pub mod protocol;
pub mod rebalance;
pub mod resume;
pub mod room;
pub mod round_timer;
pub mod rules;
pub mod seat;
pub mod words;

pub use self::game::{CloseReason, Game, PlayRefusal, Settlement};
pub use self::house::House;
pub use self::ids::{ConnectionId, GameId, JoinId};
pub use self::lobby::{Claim, Connection, Lobby, Position, Waiting};
pub use self::message::Message;
pub use self::play::Play;
pub use self::protocol::{ClientMessage, ErrorCode, Opponent, Outcome, Reason, ServerMessage};
pub use self::rebalance::Rebalance;
pub use self::room::Room;
pub use self::round_timer::{RoundTimer, TimerRefusal};
pub use self::rules::{
    GAME_VERSION, LATE_MS, LEASE_MS, MESSAGE_VERSION, PLAYS_CLOSE_SINCE, ROOMS_SINCE, Rules,
    SEATS_SINCE, VERSION,
};
pub use self::seat::{Presence, Seat, SeatSecret};
