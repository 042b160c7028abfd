//! A player of the game, as a library: `play`, `bots` and `local --bots` share it.
//!
//! `session` is pure: frames in, news out. [`Player`] puts a socket around it.

mod player;
mod session;
mod socket;
mod truth;

pub(crate) use self::player::{Event, Happening, Player};
pub(crate) use self::socket::ConnectError;
pub(crate) use self::truth::{Contradiction, game_of};
