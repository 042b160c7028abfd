//! A player of the game, as a library: `play`, `bots` and `local --bots` share it.
//!
//! `session` is pure: frames in, news out. [`Player`] puts a socket around it. [`Address`] is where
//! the socket is.

mod address;
mod player;
mod session;
mod socket;
mod truth;

pub(crate) use address::{Address, is_loopback};
pub(crate) use player::{Event, Happening, Player};
pub(crate) use socket::ConnectError;
pub(crate) use truth::{Contradiction, game_of};
