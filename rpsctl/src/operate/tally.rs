use serde::Serialize;

use crate::cli::Global;
use crate::exit::{Exit, Failure};
use crate::operate::Outcome;
use crate::output;

#[derive(Debug, Default, Serialize)]
pub(super) struct Tally {
    done: usize,
    gone: usize,
    refused: usize,
    failed: usize,
    /// Not begun, because somebody interrupted.
    pub(super) left: usize,
}

impl Tally {
    pub(super) fn count(&mut self, outcome: &Result<Outcome, Failure>) {
        *match outcome {
            Ok(Outcome::Done) => &mut self.done,
            Ok(Outcome::Gone) => &mut self.gone,
            Ok(Outcome::Refused(_)) => &mut self.refused,
            Err(_) => &mut self.failed,
        } += 1;
    }

    /// Shows it on stdout, and gives the code to end with.
    pub(super) fn show(&self, global: &Global) -> anyhow::Result<Exit> {
        output::show(global.output, self, || self.words())?;
        Ok(match self {
            Self { left: 1.., .. } | Self { failed: 1.., .. } => Exit::Unexpected,
            Self { refused: 1.., .. } => Exit::Refused,
            _ => Exit::Ok,
        })
    }

    fn words(&self) -> String {
        let parts = [
            (self.done, "done"),
            (self.gone, "not there any more"),
            (self.refused, "not as planned any more and left alone"),
            (self.failed, "failed: run it again"),
            (
                self.left,
                "not begun, because of the interruption: run it again",
            ),
        ];
        let parts = parts.into_iter().filter(|(count, _)| *count > 0);
        let parts: Vec<_> = parts
            .map(|(count, ending)| format!("{count} {ending}"))
            .collect();
        parts.join("; ")
    }
}
