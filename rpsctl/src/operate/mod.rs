//! Changing what runs: never without a plan that was shown, and somebody who wants it.
//!
//! A destructive command computes its plan, a value; shows that very value; is [`Confirmed`]; and executes that
//! very value, step by step. Each step is one that AWS refuses if things are no longer as planned. Each
//! that was tried is logged as one line of JSON on stderr.
//!
//! - `confirm`: who wants it; the only maker of the token that everything destructive asks for
//! - `plan`: what is to be done, and how it is shown
//! - `execute`: doing it, many steps at a time, until it is done or interrupted
//! - `steps`: the steps that more than one command takes
//! - `messages`: what messages of the queue have to do, and the step that deletes one

mod confirm;
mod execute;
mod messages;
mod plan;
mod steps;

pub(crate) use confirm::{ConfirmArgs, Confirmed, interrupted};
pub(crate) use execute::{Outcome, Tally, carry_out, execute, execute_one};
pub(crate) use messages::{DeleteMessage, Fate, Judged, What, judge};
pub(crate) use plan::{Plan, Step};
pub(crate) use steps::EndGame;
