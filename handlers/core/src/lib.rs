//! The game of rock paper scissors, and nothing else.
//!
//! Everything here is pure: state, event and time go in, state and effects come out. No AWS, no
//! async runtime, no clock, no randomness. Layout:
//!
//! - [`play`]: the three plays and which beats which
//! - [`game`]: one game of two players: plays, rounds, how it ends
//! - [`lobby`]: who waits, and what joining means for a connection
//! - [`gather`]: how a player who waits alone in its shard of the lobby is brought to the others
//! - [`log_metrics`]: the numbers that CloudWatch takes out of the functions' log lines
//! - [`message`]: what the queue carries
//! - [`protocol`]: the frames players send and receive
//! - [`ids`]: the ids of games and connections
//! - [`origins`]: who may connect from a browser
//! - [`words`]: the game in plain English, for players
//! - [`names`]: names and numbers that the functions, the infrastructure and rpsctl share
//! - [`page`]: the players' page, for those who serve it
//! - [`stuck`]: what does not go on by itself any more
//! - [`stack`]: one deployment of the game, and how its parts are found by its name

pub mod game;
pub mod gather;
pub mod ids;
pub mod lobby;
pub mod log_metrics;
pub mod message;
pub mod names;
pub mod origins;
pub mod page;
pub mod play;
pub mod protocol;
pub mod stack;
pub mod stuck;
pub mod words;

pub use game::{Closed, Effect, Game, Refusal, Rules, Seat, Settled, Tick, TickRefusal};
pub use gather::Gather;
pub use ids::{ConnectionId, GameId, JoinId};
pub use lobby::{Claim, Connection, Join, Standing, Taken, Waiting};
pub use message::Message;
pub use origins::AllowedOrigins;
pub use play::Play;
pub use protocol::{ClientMessage, ErrorCode, Outcome, Reason, ServerMessage};
pub use stuck::Stuck;
