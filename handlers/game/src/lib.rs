//! The game of rock paper scissors, and nothing else.
//!
//! Everything here is pure: state, event and time go in, state and effects come out. No AWS, no
//! async runtime, no clock, no randomness. Layout:
//!
//! - [`play`]: the three plays and which beats which
//! - [`rules`]: the settings of a game, and what all releases agree on
//! - [`game`]: one game of two players: plays, rounds, how it ends
//! - [`lobby`]: who waits, and what joining means for a connection
//! - [`gather`]: how a player who waits alone in its shard of the lobby is brought to the others
//! - [`message`]: what the queue carries
//! - [`protocol`]: the frames players send and receive
//! - [`ids`]: the ids of games and connections
//! - [`words`]: the game in plain English, for players

pub mod game;
pub mod gather;
pub mod ids;
pub mod lobby;
pub mod message;
pub mod play;
pub mod protocol;
pub mod rules;
pub mod words;

pub use self::game::{Closed, Game, Refusal, Seat, Settlement, Tick, TickRefusal};
pub use self::gather::Gather;
pub use self::ids::{ConnectionId, GameId, JoinId};
pub use self::lobby::{Claim, Connection, Join, Position, Taken, Waiting};
pub use self::message::Message;
pub use self::play::Play;
pub use self::protocol::{ClientMessage, ErrorCode, Outcome, Reason, ServerMessage};
pub use self::rules::{LEASE_MS, Rules, VERSION};
