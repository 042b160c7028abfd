use std::pin::pin;
use std::time::SystemTime;

use futures_util::future::select;
use futures_util::{FutureExt, StreamExt, stream};
use serde::Serialize;

use crate::aws::Deployment;
use crate::cli::{ConfirmArgs, Global};
use crate::confirmed::Confirmed;
use crate::exit::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::operate::confirm::confirm;
use crate::operate::record::{StepRecord, TargetRecord};
use crate::operate::tally::{KEEP_OPEN, Tally};
use crate::operate::totals::totals;
use crate::operate::{Step, StepOutcome};
use crate::output::{self, Format, Progress, Reader};

/// Maximum number of steps in the text; JSON has all steps.
const MAX_PRINTED: usize = 20;

const AT_A_TIME: usize = 32;

pub(crate) struct Plan<'a> {
    /// Independent steps, in any order.
    pub(crate) steps: Vec<Step<'a>>,
    /// The operator's reason, logged with each step.
    pub(crate) reason: Option<String>,
}

/// A step of a plan. docs/rpsctl.md has the fields.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct PlanLine<'a> {
    /// `plan`.
    kind: &'static str,
    #[serde(flatten)]
    target: TargetRecord<'a>,
    #[serde(flatten)]
    step: StepRecord<'a>,
}

impl Plan<'_> {
    fn show(&self, target: TargetRecord<'_>, global: &Global) -> anyhow::Result<()> {
        let count = self.steps.len();
        if global.output == Format::Json {
            return self.steps.iter().map(StepRecord::new).try_for_each(|step| {
                let kind = "plan";
                output::row(PlanLine { kind, target, step })
            });
        }
        let (name, location) = (target.stack, target.location());
        output::line(format_args!("The plan for {name} ({location}):"))?;
        for step in self.steps.iter().take(MAX_PRINTED) {
            output::line(format_args!("  {}", step.words()))?;
        }
        if let Some(more @ 1..) = count.checked_sub(MAX_PRINTED) {
            output::line(format_args!(
                "  and {more} more of {count} steps; --output json shows all of them"
            ))?;
        }
        Ok(())
    }

    /// Prints the plan and asks for confirmation. Returns none after `--dry-run`.
    pub(crate) async fn confirm<'r>(
        &'r self,
        deployment: &'r Deployment,
        global: &Global,
        args: ConfirmArgs,
        interrupt: Option<&mut Interrupt>,
    ) -> anyhow::Result<Option<PlanRun<'r>>> {
        let target = TargetRecord::of(deployment).await?;
        if let Err(why) = self.show(target, global) {
            return Err(if args.dry_run { why } else { unseen(&why) });
        }
        let confirmation = confirm(args, &target, &totals(&self.steps), interrupt).await?;
        Ok(confirmation.map(|confirmed| PlanRun {
            deployment,
            target,
            reason: self.reason.as_deref(),
            confirmed,
            reader: Reader::new(),
            tally: Tally::default(),
        }))
    }

    /// Prints the plan, asks for confirmation, carries out the plan, and prints the results.
    pub(crate) async fn carry_out(
        &self,
        deployment: &Deployment,
        global: &Global,
        args: ConfirmArgs,
    ) -> anyhow::Result<Exit> {
        let Some(mut run) = self.confirm(deployment, global, args, None).await? else {
            return Ok(Exit::Ok);
        };
        // A problem with the players' socket ends the command once, before the first step.
        deployment.gateway().await?;
        run.carry_out(&self.steps, &mut Interrupt::listen()?).await;
        run.show(global)
    }

    /// Like `carry_out`, for a caller that holds received messages and already listens for interruptions.
    pub(crate) async fn carry_out_or_interrupt(
        &self,
        deployment: &Deployment,
        global: &Global,
        args: ConfirmArgs,
        interrupt: &mut Interrupt,
    ) -> anyhow::Result<Exit> {
        let confirmation = self.confirm(deployment, global, args, Some(&mut *interrupt));
        let Some(mut run) = confirmation.await? else {
            return Ok(Exit::Ok);
        };
        run.carry_out(&self.steps, interrupt).await;
        run.show(global)
    }
}

/// A confirmed plan while its steps are carried out.
pub(crate) struct PlanRun<'a> {
    deployment: &'a Deployment,
    target: TargetRecord<'a>,
    reason: Option<&'a str>,
    confirmed: Confirmed,
    reader: Reader,
    tally: Tally,
}

/// The log of an attempted step. docs/rpsctl.md has the fields.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ActionLine<'a> {
    /// `action`.
    kind: &'static str,
    /// Time of the action.
    at: String,
    #[serde(flatten)]
    target: TargetRecord<'a>,
    #[serde(flatten)]
    step: StepRecord<'a>,
    /// Text of `--reason`; missing without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    /// `done`, `gone`, `refused` or `failed`.
    result: &'static str,
    /// Cause of a refused or failed step; missing otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

impl PlanRun<'_> {
    /// Carries out steps concurrently and logs each. After an interruption, or if the reader of stdout goes away, the
    /// running steps finish and no other step starts.
    pub(crate) async fn carry_out(&mut self, steps: &[Step<'_>], interrupt: &mut Interrupt) {
        let (deployment, confirmed) = (self.deployment, &self.confirmed);
        let (interrupted, unread) = (pin!(interrupt.wait()), pin!(self.reader.gone()));
        let mut running = pin!(
            stream::iter(steps)
                .take_until(select(interrupted, unread))
                .map(|step| {
                    let outcome = Box::pin(step.carry_out(deployment, confirmed));
                    outcome.map(move |outcome| (step, outcome))
                })
                .buffer_unordered(AT_A_TIME)
        );
        let mut left = steps.len();
        let bar = progress(left);
        while let Some((step, outcome)) = running.next().await {
            left -= 1;
            self.tally.count(&outcome);
            self.log(step, &outcome, &bar);
        }
        bar.clear();
        self.tally.left += left;
    }

    /// Carries out and logs one step. An interruption does not stop it.
    pub(crate) async fn carry_out_one(&mut self, step: &Step<'_>) -> Result<(), Failure> {
        let bar = progress(1);
        let outcome = step.carry_out(self.deployment, &self.confirmed).await;
        self.log(step, &outcome, &bar);
        bar.clear();
        self.tally.count(&outcome);
        outcome.map(drop)
    }

    /// Counts a step that did not start because of an interruption.
    pub(crate) fn skip_one(&mut self) {
        self.tally.left += 1;
    }

    /// Prints the results and returns the exit code.
    pub(crate) fn show(&self, global: &Global) -> anyhow::Result<Exit> {
        self.tally.show(global)
    }

    /// Logs a step as JSON. For a person at a terminal, it advances the bar instead, and notes a step that is not done.
    fn log(&self, step: &Step<'_>, outcome: &Result<StepOutcome, Failure>, bar: &Progress) {
        let (result, why) = match outcome {
            Ok(StepOutcome::Done) => ("done", None),
            Ok(StepOutcome::Gone) => ("gone", None),
            Ok(StepOutcome::Refused(why)) => ("refused", Some(why.clone())),
            Err(failure) if failure.exit() == Exit::Refused => {
                ("refused", Some(failure.to_string()))
            }
            Err(failure) => ("failed", Some(failure.to_string())),
        };
        if output::is_stderr_terminal() {
            bar.advance();
            if let Some(why) = why {
                bar.note(&format!("{result}: {}: {why}", step.words()));
            }
            return;
        }
        output::log(ActionLine {
            kind: "action",
            at: humantime::format_rfc3339_millis(SystemTime::now()).to_string(),
            target: self.target,
            step: StepRecord::new(step),
            reason: self.reason,
            result,
            why,
        });
    }
}

fn progress(steps: usize) -> Progress {
    Progress::of(steps.try_into().unwrap_or(u64::MAX), "steps")
}

/// Refuses a plan that nobody could read.
fn unseen(why: &anyhow::Error) -> anyhow::Error {
    let message = format!("nothing was changed: cannot print the plan: {why:#}; {KEEP_OPEN}");
    Failure::new(Exit::Unexpected, message).into()
}
