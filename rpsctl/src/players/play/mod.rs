//! A person plays in a terminal or through a pipe.
//!
//! - `input`: keys of a terminal, or lines of a pipe
//! - `partner`: whom the person wants to play
//! - `scene`: the state of the game, its status line, and the meaning of an input
//! - `conversation`: the output, for people or programs
//! - `game`: one game

mod conversation;
mod game;
mod input;
mod partner;
mod scene;

pub(crate) use self::conversation::Conversation;
pub(crate) use self::game::{PlayEnd, play_one};
pub(crate) use self::input::Input;
pub(crate) use self::partner::{Invitation, Partner};
