use std::time::Duration;

use rps_handlers::time::now_ms;
use serde::Serialize;
use tokio::time::sleep;

use crate::aws::{MoveTask, Queue};
use crate::cli::{Global, RedriveArgs};
use crate::commands::dlq::note_in_flight;
use crate::commands::warn_if_paused;
use crate::exit::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::operate::{Plan, Step, reach_to_change, show_results};
use crate::output::{self, Progress};
use crate::words::time_span;

const POLL_INTERVAL: Duration = Duration::from_millis(500);

/// The result of a move. docs/rpsctl.md has the fields.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(in crate::commands) struct MoveResult<'a> {
    /// `moved`.
    kind: &'static str,
    /// Status that SQS reports: `COMPLETED`, `CANCELLED` or `FAILED`.
    status: &'a str,
    /// Number of moved messages.
    moved: u64,
    /// Number of messages at the start of the move.
    of: Option<u64>,
    /// Cause of a failure, as SQS reports it.
    why: Option<&'a str>,
}

pub(super) async fn run(args: RedriveArgs, global: &Global) -> anyhow::Result<Exit> {
    let deployment = reach_to_change(args.confirm, global).await?;
    let from = deployment.dead_letter_queue().await?;
    let to = deployment.queue().await?;
    let counts = from.counts().await?;
    let before = from.latest_move().await?;
    if let Some(running) = before.as_ref().filter(|task| task.is_running()) {
        return Err(already_running(running).into());
    }
    note_in_flight(counts.in_flight);
    if counts.visible == 0 {
        output::note("nothing to redrive");
        warn_if_paused(&deployment).await;
        return Ok(Exit::Ok);
    }
    let step = Step::Redrive {
        from: &from,
        to: &to,
        messages: counts.visible,
    };
    let plan = Plan {
        steps: vec![step],
        reason: args.reason,
    };
    warn_if_paused(&deployment).await;
    let confirmation = plan.confirm(&deployment, global, args.confirm, None);
    let Some(mut run) = confirmation.await? else {
        return Ok(Exit::Ok);
    };
    let mut interrupt = Interrupt::listen()?;
    for step in &plan.steps {
        run.carry_out_one(step).await?;
    }
    finish(&from, before.as_ref(), &mut interrupt, global).await
}

fn already_running(task: &MoveTask) -> Failure {
    let age = time_span(now_ms().saturating_sub(task.started_ms));
    let progress = task.progress();
    let message = format!(
        "nothing was changed: a move that started {age} ago is still running ({progress} moved), and SQS allows \
         one at a time; run the command again when it has ended"
    );
    Failure::new(Exit::Refused, message)
}

/// Waits until the move that started after `before` ends, and prints its result.
async fn finish(
    from: &Queue<'_>,
    before: Option<&MoveTask>,
    interrupt: &mut Interrupt,
    global: &Global,
) -> anyhow::Result<Exit> {
    let bar = Progress::new();
    let task = loop {
        let latest = from.latest_move().await?;
        let is_new = |task: &MoveTask| Some(task.started_ms) != before.map(|it| it.started_ms);
        let task = latest.filter(is_new);
        if let Some(task) = &task {
            bar.set_length(task.of.unwrap_or_default());
            bar.set_position(task.moved);
        }
        if let Some(task) = task.clone().filter(|task| !task.is_running()) {
            break task;
        }
        tokio::select! {
            () = sleep(POLL_INTERVAL) => {}
            () = interrupt.wait() => {
                bar.clear();
                note_background_move(task.as_ref());
                return Ok(Exit::Unexpected);
            }
        }
    };
    bar.clear();
    show(&task, global)
}

fn note_background_move(task: Option<&MoveTask>) {
    let progress = task.map_or("0".to_owned(), MoveTask::progress);
    let handle = task.and_then(|task| task.handle.as_deref());
    let handle = handle.unwrap_or("HANDLE");
    output::note(format_args!(
        "interrupted: SQS continues the move in the background ({progress} moved so far); to stop it, run \
         `aws sqs cancel-message-move-task --task-handle {handle}`"
    ));
}

fn show(task: &MoveTask, global: &Global) -> anyhow::Result<Exit> {
    let why = task.why.as_deref();
    let result = MoveResult {
        kind: "moved",
        status: &task.status,
        moved: task.moved,
        of: task.of,
        why,
    };
    show_results(global, result, &format!("{} moved", task.progress()))?;
    match task.status.as_str() {
        "COMPLETED" => Ok(Exit::Ok),
        status => {
            let why = why.map_or(String::new(), |why| format!(" ({why})"));
            let message = format!(
                "the move ended as {status}{why}: the messages that were not moved are still dead letters; run the \
                 command again"
            );
            Err(Failure::new(Exit::Unexpected, message).into())
        }
    }
}
