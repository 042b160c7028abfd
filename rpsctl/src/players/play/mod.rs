//! A person plays in a terminal: keys or lines in, a conversation out.
//!
//! - `input`: keys of a terminal, or lines of a pipe
//! - `round`: the round that is open, and its countdown
//! - `conversation`: what is said, as people or programs read it
//! - `game`: one game

mod conversation;
mod game;
mod input;
mod round;

pub(crate) use self::conversation::Conversation;
pub(crate) use self::game::{End, play_one};
pub(crate) use self::input::Input;
