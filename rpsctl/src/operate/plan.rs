use std::pin::pin;
use std::time::SystemTime;

use futures_util::{FutureExt, StreamExt, stream};
use serde::Serialize;

use crate::aws::Deployment;
use crate::cli::{ConfirmArgs, Global};
use crate::confirmed::Confirmed;
use crate::exit::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::operate::confirm::confirm;
use crate::operate::record::Record;
use crate::operate::tally::Tally;
use crate::operate::{Outcome, Step};
use crate::output::{self, Format};

/// Steps shown to people; programs get all.
const SHOWN: usize = 20;

const AT_A_TIME: usize = 32;

pub(crate) struct Plan<'a> {
    /// Each by itself, in any order.
    pub(crate) steps: Vec<Step<'a>>,
    /// Logged with each step.
    pub(crate) reason: Option<String>,
}

#[derive(Serialize)]
struct Planned<'a> {
    kind: &'static str,
    #[serde(flatten)]
    step: Record<'a>,
}

impl Plan<'_> {
    fn show(&self, name: &str, global: &Global) -> anyhow::Result<()> {
        let count = self.steps.len();
        if global.output == Format::Json {
            return self.steps.iter().map(Record::new).try_for_each(|step| {
                let kind = "plan";
                output::row(Planned { kind, step })
            });
        }
        output::data(format_args!("The plan for {name}:"))?;
        for step in self.steps.iter().take(SHOWN) {
            output::data(format_args!("  {}", step.words()))?;
        }
        if let Some(more @ 1..) = count.checked_sub(SHOWN) {
            output::data(format_args!(
                "  and {more} more of {count}; --output json shows all"
            ))?;
        }
        Ok(())
    }

    /// Shows the plan and asks for confirmation. Returns none after `--dry-run`.
    pub(crate) async fn confirm<'r>(
        &'r self,
        deployment: &'r Deployment,
        global: &Global,
        args: ConfirmArgs,
        interrupt: Option<&mut Interrupt>,
    ) -> anyhow::Result<Option<Run<'r>>> {
        let name = deployment.target().name();
        self.show(name, global)?;
        let confirmed = confirm(args, name, interrupt).await?;
        Ok(confirmed.map(|confirmed| Run {
            deployment,
            reason: self.reason.as_deref(),
            confirmed,
            tally: Tally::default(),
        }))
    }

    /// Shows it, has it confirmed, carries it out, and shows what came of it.
    pub(crate) async fn carry_out(
        &self,
        deployment: &Deployment,
        global: &Global,
        args: ConfirmArgs,
    ) -> anyhow::Result<Exit> {
        let Some(mut run) = self.confirm(deployment, global, args, None).await? else {
            return Ok(Exit::Ok);
        };
        // What is wrong with the players' socket is said once, before anything is done.
        deployment.gateway().await?;
        run.carry_out(&self.steps, &mut Interrupt::listen()?).await;
        run.show(global)
    }

    /// The same with messages in hand, so that interruptions are listened for already.
    pub(crate) async fn carry_out_or_interrupt(
        &self,
        deployment: &Deployment,
        global: &Global,
        args: ConfirmArgs,
        interrupt: &mut Interrupt,
    ) -> anyhow::Result<Exit> {
        let confirmed = self.confirm(deployment, global, args, Some(&mut *interrupt));
        let Some(mut run) = confirmed.await? else {
            return Ok(Exit::Ok);
        };
        run.carry_out(&self.steps, interrupt).await;
        run.show(global)
    }
}

pub(crate) struct Run<'a> {
    deployment: &'a Deployment,
    reason: Option<&'a str>,
    confirmed: Confirmed,
    tally: Tally,
}

#[derive(Serialize)]
struct Logged<'a> {
    kind: &'static str,
    at: String,
    stack: &'a str,
    #[serde(flatten)]
    step: Record<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    result: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

impl Run<'_> {
    /// Carries out steps, many at a time, and logs each that was tried. After an interruption what is begun is
    /// finished and no more is begun.
    pub(crate) async fn carry_out(&mut self, steps: &[Step<'_>], interrupt: &mut Interrupt) {
        let (deployment, confirmed) = (self.deployment, &self.confirmed);
        let mut under_way = pin!(
            stream::iter(steps)
                .take_until(interrupt.wait())
                .map(|step| {
                    let outcome = Box::pin(step.carry_out(deployment, confirmed));
                    outcome.map(move |outcome| (step, outcome))
                })
                .buffer_unordered(AT_A_TIME)
        );
        let mut left = steps.len();
        while let Some((step, outcome)) = under_way.next().await {
            left -= 1;
            self.tally.count(&outcome);
            self.log(step, &outcome);
        }
        self.tally.left += left;
    }

    /// Carries out one step whatever happens meanwhile, and logs it.
    pub(crate) async fn carry_out_one(&mut self, step: &Step<'_>) -> Result<(), Failure> {
        let outcome = step.carry_out(self.deployment, &self.confirmed).await;
        self.log(step, &outcome);
        if outcome.is_ok() {
            self.tally.count(&outcome);
        }
        outcome.map(drop)
    }

    /// Counts a step that is not begun, because somebody interrupted.
    pub(crate) fn skip_one(&mut self) {
        self.tally.left += 1;
    }

    /// Shows what came of the steps, and gives the code to end with.
    pub(crate) fn show(&self, global: &Global) -> anyhow::Result<Exit> {
        self.tally.show(global)
    }

    fn log(&self, step: &Step<'_>, outcome: &Result<Outcome, Failure>) {
        let (result, why) = match outcome {
            Ok(Outcome::Done) => ("done", None),
            Ok(Outcome::Gone) => ("gone", None),
            Ok(Outcome::Refused(why)) => ("refused", Some(why.clone())),
            Err(failure) => ("failed", Some(failure.to_string())),
        };
        output::log(Logged {
            kind: "action",
            at: humantime::format_rfc3339_millis(SystemTime::now()).to_string(),
            stack: self.deployment.target().name(),
            step: Record::new(step),
            reason: self.reason,
            result,
            why,
        });
    }
}
