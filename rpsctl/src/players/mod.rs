//! Players of the game.
//!
//! - `client`: a client of the game: a pure session, and a socket around it
//! - `play`: a person who plays in a terminal
//! - `bots`: many bots that play, check the server's messages and measure times

pub(crate) mod bots;
pub(crate) mod client;
pub(crate) mod play;
