//! Doing what is planned.

use std::ops::AddAssign;
use std::time::SystemTime;

use futures_util::{FutureExt, StreamExt, stream};
use serde::Serialize;

use super::{ConfirmArgs, Confirmed, Plan, Step};
use crate::cli::Global;
use crate::exit::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::output::{self, Format, Versioned};

/// Steps under way at a time.
const AT_A_TIME: usize = 32;

/// What came of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is done.
    Done,
    /// There is nothing left to do: somebody else, or an earlier run, has done it.
    Gone,
    /// It is not as planned any more, for this reason, and was left alone.
    Refused(String),
}

/// How many steps ended how.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Tally {
    done: usize,
    gone: usize,
    refused: usize,
    failed: usize,
    /// Not begun, because somebody interrupted.
    left: usize,
}

/// Does what is planned, and logs each step that was tried. After an interruption what is begun is finished and
/// no more is begun.
pub(crate) async fn execute<S: Step>(
    plan: &Plan<S>,
    name: &str,
    interrupt: &mut Interrupt,
    confirmed: &Confirmed,
    act: impl AsyncFn(&S, &Confirmed) -> Result<Outcome, Failure>,
) -> Tally {
    let act = &act;
    let mut under_way = std::pin::pin!(
        stream::iter(&plan.steps)
            .take_until(interrupt.wait())
            .map(|step| act(step, confirmed).map(move |outcome| (step, outcome)))
            .buffer_unordered(AT_A_TIME)
    );
    let mut tally = Tally::left(plan.steps.len());
    while let Some((step, outcome)) = under_way.next().await {
        tally.count(&outcome);
        log(name, plan.reason.as_deref(), step, &outcome);
    }
    tally
}

/// Shows what is planned, has it confirmed, does it, and shows what came of it. Interruptions are listened for
/// already, because something is in hand: one at the question is a no.
pub(crate) async fn carry_out<S: Step>(
    plan: &Plan<S>,
    name: &str,
    global: &Global,
    confirm: ConfirmArgs,
    interrupt: &mut Interrupt,
    act: impl AsyncFn(&S, &Confirmed) -> Result<Outcome, Failure>,
) -> anyhow::Result<Exit> {
    plan.show(name, global)?;
    let confirmed = confirm.confirm_or_interrupt(name, interrupt).await?;
    let Some(confirmed) = confirmed else {
        return Ok(Exit::Ok);
    };
    let tally = execute(plan, name, interrupt, &confirmed, act);
    tally.await.show(global)
}

/// Does one step whatever happens meanwhile, and logs it.
pub(crate) async fn execute_one<S: Step>(
    step: &S,
    name: &str,
    reason: Option<&str>,
    act: impl Future<Output = Result<Outcome, Failure>>,
) -> Result<Tally, Failure> {
    let outcome = act.await;
    log(name, reason, step, &outcome);
    let mut tally = Tally::left(1);
    tally.count(&outcome);
    outcome.map(|_| tally)
}

impl Tally {
    /// Counts steps that were not begun.
    pub(crate) fn left(left: usize) -> Self {
        Self {
            left,
            ..Self::default()
        }
    }

    fn count(&mut self, outcome: &Result<Outcome, Failure>) {
        self.left -= 1;
        *match outcome {
            Ok(Outcome::Done) => &mut self.done,
            Ok(Outcome::Gone) => &mut self.gone,
            Ok(Outcome::Refused(_)) => &mut self.refused,
            Err(_) => &mut self.failed,
        } += 1;
    }

    /// Shows it on stdout, and gives the code to end with.
    pub(crate) fn show(&self, global: &Global) -> anyhow::Result<Exit> {
        match global.output {
            Format::Json => output::json(&Versioned::new(self))?,
            Format::Table => output::data(self.words())?,
        }
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
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        parts.join("; ")
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.done += other.done;
        self.gone += other.gone;
        self.refused += other.refused;
        self.failed += other.failed;
        self.left += other.left;
    }
}

#[derive(Serialize)]
struct Logged<'a, S> {
    kind: &'static str,
    at: String,
    stack: &'a str,
    #[serde(flatten)]
    step: &'a S,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    result: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

fn log<S: Step>(stack: &str, reason: Option<&str>, step: &S, outcome: &Result<Outcome, Failure>) {
    let (result, why) = match outcome {
        Ok(Outcome::Done) => ("done", None),
        Ok(Outcome::Gone) => ("gone", None),
        Ok(Outcome::Refused(why)) => ("refused", Some(why.clone())),
        Err(failure) => ("failed", Some(failure.to_string())),
    };
    output::log(&Versioned::new(Logged {
        kind: "action",
        at: humantime::format_rfc3339_millis(SystemTime::now()).to_string(),
        stack,
        step,
        reason,
        result,
        why,
    }));
}
