use std::time::Duration;

use rps_handlers::time::now_ms;
use serde::Serialize;
use tokio::time::sleep;

use crate::aws::{Deployment, MoveTask, Queue};
use crate::cli::{Global, RedriveArgs};
use crate::commands::warn_if_paused;
use crate::exit::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::operate::{Plan, Step, refuse_if_read_only};
use crate::output::{self, Progress};
use crate::words::{count, time_span};

const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// How a move ended. docs/rpsctl.md describes the fields.
#[derive(Debug, Serialize)]
struct End<'a> {
    kind: &'static str,
    status: &'a str,
    moved: u64,
    of: Option<u64>,
    why: Option<&'a str>,
}

pub(super) async fn run(args: RedriveArgs, global: &Global) -> anyhow::Result<Exit> {
    refuse_if_read_only(args.confirm, global)?;
    let deployment = Deployment::reach(global.target.required()?).await?;
    let from = deployment.dead_letter_queue().await?;
    let to = deployment.queue().await?;
    let counts = from.counts().await?;
    let before = from.latest_move().await?;
    if let Some(running) = before.as_ref().filter(|task| task.is_running()) {
        return Err(already(running).into());
    }
    if counts.in_flight > 0 {
        output::note(format_args!(
            "in flight, because somebody looks at it, and not moved: {}; run it again in some minutes",
            count(counts.in_flight, "dead letter")
        ));
    }
    if counts.visible == 0 {
        output::note("nothing to redrive");
        warn_if_paused(&deployment).await;
        return Ok(Exit::Ok);
    }
    let plan = Plan {
        steps: vec![Step::Redrive {
            from: &from,
            to: &to,
            messages: counts.visible,
        }],
        reason: args.reason,
    };
    warn_if_paused(&deployment).await;
    let confirmed = plan.confirm(&deployment, global, args.confirm, None);
    let Some(mut run) = confirmed.await? else {
        return Ok(Exit::Ok);
    };
    let mut interrupt = Interrupt::listen()?;
    for step in &plan.steps {
        run.carry_out_one(step).await?;
    }
    finish(&from, before.as_ref(), &mut interrupt, global).await
}

fn already(task: &MoveTask) -> Failure {
    let age = time_span(now_ms().saturating_sub(task.started_ms));
    let progress = task.progress();
    let message = format!(
        "nothing was done: a move that was started {age} ago is still running, {progress} moved; SQS has one at a time"
    );
    Failure::new(Exit::Refused, message)
}

/// Waits for the end of the move that was started after `before`, and shows it.
async fn finish(
    from: &Queue<'_>,
    before: Option<&MoveTask>,
    interrupt: &mut Interrupt,
    global: &Global,
) -> anyhow::Result<Exit> {
    let bar = Progress::new();
    let task = loop {
        let latest = from.latest_move().await?;
        let started = |task: &MoveTask| Some(task.started_ms) != before.map(|it| it.started_ms);
        let task = latest.filter(started);
        if let Some(task) = &task {
            bar.set_length(task.of.unwrap_or_default());
            bar.set_position(task.moved);
        }
        if let Some(task) = task.clone().filter(|task| !task.is_running()) {
            break task;
        }
        tokio::select! {
            () = sleep(LOOK_AGAIN) => {}
            () = interrupt.wait() => {
                bar.clear();
                note_it_goes_on(task.as_ref());
                return Ok(Exit::Unexpected);
            }
        }
    };
    bar.clear();
    show(&task, global)
}

fn note_it_goes_on(task: Option<&MoveTask>) {
    let progress = task.map_or("0".to_owned(), MoveTask::progress);
    let handle = task.and_then(|task| task.handle.as_deref());
    let handle = handle.unwrap_or("HANDLE");
    output::note(format_args!(
        "interrupted: SQS goes on by itself, {progress} moved until now; to stop it run \
         `aws sqs cancel-message-move-task --task-handle {handle}`"
    ));
}

fn show(task: &MoveTask, global: &Global) -> anyhow::Result<Exit> {
    let why = task.why.as_deref();
    let end = End {
        kind: "moved",
        status: &task.status,
        moved: task.moved,
        of: task.of,
        why,
    };
    output::show(global.output, end, || format!("{} moved", task.progress()))?;
    match task.status.as_str() {
        "COMPLETED" => Ok(Exit::Ok),
        status => {
            let why = why.map_or(String::new(), |why| format!(" ({why})"));
            let message = format!(
                "SQS ended the move as {status}{why}: what was not moved is still a dead letter; run it again"
            );
            Err(Failure::new(Exit::Unexpected, message).into())
        }
    }
}
