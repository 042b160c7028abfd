//! Players: a client of the game, a person in a terminal, bots.
//!
//! - `client`: a player of the game: the session is pure, the socket is around it
//! - `play`: a person plays in a terminal
//! - `bots`: many bots play, and what they were told is checked and measured

pub(crate) mod bots;
pub(crate) mod client;
pub(crate) mod play;
