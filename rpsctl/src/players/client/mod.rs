//! A client of the game, which `play`, `bots` and `local --bots` share.
//!
//! `session` is pure: it turns frames into events. [`Player`] puts a socket around it.

mod contradiction;
mod player;
mod session;
mod socket;

pub(crate) use self::contradiction::{Contradiction, game_of};
pub(crate) use self::player::{Player, PlayerEnd, PlayerEvent, TimedEvent};
pub(crate) use self::session::JoinKind;
pub(crate) use self::socket::ConnectError;
