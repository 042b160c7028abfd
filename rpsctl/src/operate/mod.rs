//! Changing what runs: never without a plan that was shown, and somebody who wants it.
//!
//! A destructive command makes a [`Plan`] of [`Step`]s, shows that very value, has it confirmed, and carries out that
//! very value. AWS refuses each step if things are no longer as planned. Each step that was tried is logged as one
//! line of JSON on stderr.

mod batch;
mod confirm;
mod drain;
mod games;
mod message;
mod plan;
mod record;
mod step;
mod tally;

pub(crate) use self::batch::{Batch, HOLD};
pub(crate) use self::confirm::{interrupted, refuse_if_read_only};
pub(crate) use self::drain::{drain_all, drain_stuck, resume};
pub(crate) use self::games::{Games, find_games};
pub(crate) use self::message::{ClassifiedMessage, Content, Need};
pub(crate) use self::plan::{Plan, Run};
pub(crate) use self::step::{Outcome, Rounds, Step};
