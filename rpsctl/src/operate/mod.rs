//! Changes to a target: every change follows a plan that the operator has seen and confirmed.
//!
//! A destructive command makes a [`Plan`] of [`Step`]s, prints it, asks for confirmation, and carries out the same
//! plan. AWS refuses a step if the state has changed since the plan was made. Each attempted step is logged as one line
//! of JSON on stderr; on a terminal, a progress bar replaces this log.

mod batch;
mod confirm;
mod drain;
mod games;
mod mapping;
mod message;
mod plan;
mod record;
mod step;
mod tally;
mod totals;

pub(crate) use self::batch::{Batch, HOLD};
pub(crate) use self::confirm::{check_account, interrupted, reach_to_change, refuse_prefix};
pub(crate) use self::drain::{drain_all, drain_stuck};
pub(crate) use self::games::{GameScan, scan_games};
pub(crate) use self::mapping::change_mapping;
pub(crate) use self::message::{ClassifiedMessage, MessageContent, Relevance};
#[cfg(test)]
pub(crate) use self::plan::{ActionLine, PlanLine};
pub(crate) use self::plan::{Plan, PlanRun};
pub(crate) use self::step::{Rounds, Step, StepOutcome};
#[cfg(test)]
pub(crate) use self::tally::Tally;
pub(crate) use self::tally::show_results;
