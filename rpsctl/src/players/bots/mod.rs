//! Many bots play, check the server's messages and measure times.
//!
//! - `bot`: one bot that plays one game
//! - `admission`: limits joins, so that each bot finds an opponent
//! - `fleet`: all bots, game after game
//! - `ledger`: the messages and times of each game
//! - `verdict`: checks that both players of a game got consistent messages
//! - `report`: the result, as tables and as JSON

mod admission;
mod bot;
mod fleet;
mod ledger;
mod report;
mod verdict;

pub(crate) use self::admission::Rates;
pub(crate) use self::bot::BotEvent;
pub(crate) use self::fleet::{Fleet, Watcher};
pub(crate) use self::ledger::Ledger;
pub(crate) use self::report::{BotsReport, BotsRun};
