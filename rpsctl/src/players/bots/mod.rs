//! Many bots play, and what they were told is checked and measured.
//!
//! - `bot`: one bot plays one game
//! - `floor`: who may join, so that the last bots are not left without an opponent
//! - `fleet`: the bots together, game after game
//! - `ledger`: what each player was told, kept by game, and the times it took
//! - `verdict`: whether the two players of a game were told the same truth
//! - `report`: what comes of it, for people and for programs

mod bot;
mod fleet;
mod floor;
mod ledger;
mod report;
mod verdict;

pub(crate) use self::bot::Moment;
pub(crate) use self::fleet::{Fleet, Watcher};
pub(crate) use self::ledger::Ledger;
pub(crate) use self::report::{Report, Run};
