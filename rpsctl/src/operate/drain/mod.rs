//! `rpsctl queue drain`: drains stuck games, or everything.

mod all;
mod sort;
mod stuck;

pub(crate) use self::all::drain_all;
pub(crate) use self::stuck::drain_stuck;
use crate::exit::Exit;

/// The exit code of a drain that could not classify `unknown` games and messages.
fn unless_unknown(unknown: usize, exit: Exit) -> Exit {
    match exit {
        Exit::Ok if unknown > 0 => Exit::Unhealthy,
        exit => exit,
    }
}
