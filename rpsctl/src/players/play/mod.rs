//! A person plays in a terminal or through a pipe.
//!
//! - `input`: keys of a terminal, or lines of a pipe
//! - `round`: the state of the game, and the countdown of its round
//! - `conversation`: the output, for people or programs
//! - `game`: one game

mod conversation;
mod game;
mod input;
mod round;

pub(crate) use self::conversation::Conversation;
pub(crate) use self::game::{PlayEnd, play_one};
pub(crate) use self::input::Input;
