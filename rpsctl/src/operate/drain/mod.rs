//! `rpsctl queue drain`: drains stuck games, or everything.

mod all;
mod sort;
mod stuck;

pub(crate) use self::all::drain_all;
pub(crate) use self::stuck::drain_stuck;
