//! What is to be done.

use std::io;

use serde::Serialize;

use crate::cli::Global;
use crate::output::{self, Format, Versioned};

/// Steps shown to people; programs get all.
const SHOWN: usize = 20;

/// One thing that is to be done to one thing. As JSON it has what names it: `do`, and of what.
pub(crate) trait Step: Serialize {
    /// What will be done, as the end of "this would".
    fn words(&self) -> String;
}

/// All that is to be done.
#[derive(Debug)]
pub(crate) struct Plan<S> {
    /// Each by itself, in any order.
    pub(crate) steps: Vec<S>,
    /// Why, if somebody said so. Logged with each step.
    pub(crate) reason: Option<String>,
}

impl<S: Step> Plan<S> {
    /// Shows it on stdout.
    pub(crate) fn show(&self, name: &str, global: &Global) -> anyhow::Result<()> {
        match global.output {
            Format::Json => self.steps.iter().try_for_each(|step| {
                let kind = "plan";
                output::json(&Versioned::new(Planned { kind, step }))
            }),
            Format::Table => Ok(self.show_in_words(name)?),
        }
    }

    fn show_in_words(&self, name: &str) -> io::Result<()> {
        let count = self.steps.len();
        output::data(format_args!("The plan for {name}:"))?;
        for step in self.steps.iter().take(SHOWN) {
            output::data(format_args!("  {}", step.words()))?;
        }
        if count > SHOWN {
            let more = count - SHOWN;
            output::data(format_args!(
                "  and {more} more of {count}; --output json shows all"
            ))?;
        }
        Ok(())
    }
}

#[derive(Serialize)]
struct Planned<'a, S> {
    kind: &'static str,
    #[serde(flatten)]
    step: &'a S,
}
