use serde::Serialize;

use crate::cli::Global;
use crate::exit::{Exit, Failure};
use crate::operate::StepOutcome;
use crate::output;

pub(super) const KEEP_OPEN: &str = "keep stdout open until the command ends";

/// Prints the results of a change. Unlike the output of a command that only reads, they must have a reader.
pub(crate) fn show_results(
    global: &Global,
    results: impl Serialize,
    words: &str,
) -> Result<(), Failure> {
    output::show(global.output, results, || words).map_err(|why| {
        let message = format!("cannot print the results ({words}): {why:#}; {KEEP_OPEN}");
        Failure::new(Exit::Unexpected, message)
    })
}

/// The results of a plan: the number of steps by outcome. docs/rpsctl.md has the fields.
#[derive(Debug, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Tally {
    /// Number of completed steps.
    done: usize,
    /// Number of steps with nothing left to do, because someone else or an earlier run did it.
    gone: usize,
    /// Number of steps that AWS refused, or that were skipped because the state had changed since the plan.
    refused: usize,
    /// Number of failed steps; run the command again.
    failed: usize,
    /// Number of refused and failed steps that are half done, as their `why` describes; run the command again.
    half_done: usize,
    /// Number of steps that did not start because of an interruption; run the command again.
    pub(super) left: usize,
}

impl Tally {
    pub(super) fn count(&mut self, outcome: &Result<StepOutcome, Failure>) {
        *match outcome {
            Ok(StepOutcome::Done) => &mut self.done,
            Ok(StepOutcome::Gone) => &mut self.gone,
            Ok(StepOutcome::Refused(_)) => &mut self.refused,
            Err(failure) if failure.exit() == Exit::Refused => &mut self.refused,
            Err(_) => &mut self.failed,
        } += 1;
        let is_half_done = outcome.as_ref().is_err_and(Failure::is_half_done);
        self.half_done += usize::from(is_half_done);
    }

    /// Prints the results on stdout and returns the exit code.
    pub(super) fn show(&self, global: &Global) -> anyhow::Result<Exit> {
        show_results(global, self, &self.words())?;
        Ok(match self {
            Self { left: 1.., .. } | Self { failed: 1.., .. } => Exit::Unexpected,
            Self { refused: 1.., .. } => Exit::Refused,
            _ => Exit::Ok,
        })
    }

    fn words(&self) -> String {
        let parts = [
            (self.done, "done"),
            (self.gone, "already gone"),
            (
                self.refused,
                "refused by AWS, or skipped because the state changed after the plan was made",
            ),
            (self.failed, "failed; run the command again"),
            (self.half_done, "of these half done; run the command again"),
            (
                self.left,
                "not started because of the interruption; run the command again",
            ),
        ];
        let parts = parts.into_iter().filter(|(count, _)| *count > 0);
        let parts: Vec<_> = parts
            .map(|(count, ending)| format!("{count} {ending}"))
            .collect();
        parts.join("; ")
    }
}
