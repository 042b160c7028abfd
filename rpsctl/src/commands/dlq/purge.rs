//! `rpsctl dlq purge`.

use clap::Args;

use crate::aws::{Deployment, HOLD, Held, Intake, MOST_MESSAGES, Queue};
use crate::cli::Global;
use crate::exit::Exit;
use crate::interrupt::Interrupt;
use crate::operate::{
    ConfirmArgs, DeleteMessage, Fate, Judged, Plan, carry_out, interrupted, judge,
};
use crate::output;

/// Dead letters that are named at most, of those that are kept.
const NAMED: usize = 20;

#[derive(Debug, Args)]
pub(super) struct PurgeArgs {
    /// Delete those too that are still needed: their games have no clock then, and end only by `queue drain`
    #[arg(long)]
    all: bool,
    /// Why, for the log
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    confirm: ConfirmArgs,
}

/// Runs the command.
pub(super) async fn run(args: PurgeArgs, global: &Global) -> anyhow::Result<Exit> {
    args.confirm.allowed(global)?;
    let deployment = Deployment::reach(global.target.required()?).await?;
    let queue = deployment.dead_letter_queue().await?;
    // Before the first message is in hand: from here on nothing ends rpsctl before they are given back.
    let mut interrupt = Interrupt::listen()?;
    let (limit, hold) = (MOST_MESSAGES, HOLD);
    let received = queue
        .receive(Intake { limit, hold }, &mut interrupt)
        .await?;
    if received.more {
        output::note("there may be more dead letters than were received: run it again");
    }
    let purge = Purge {
        args,
        global,
        deployment: &deployment,
        queue: &queue,
    };
    let purged = purge.run(&received.messages, &mut interrupt).await;
    queue.give_back(&received.messages).await;
    let exit = purged?;
    deployment.warn_if_paused().await;
    Ok(exit)
}

struct Purge<'a> {
    args: PurgeArgs,
    global: &'a Global,
    deployment: &'a Deployment,
    queue: &'a Queue<'a>,
}

impl Purge<'_> {
    async fn run(self, messages: &[Held], interrupt: &mut Interrupt) -> anyhow::Result<Exit> {
        if interrupt.heard() {
            return Err(interrupted().into());
        }
        let store = self.deployment.store();
        let judged = tokio::select! {
            judged = judge(&store, messages) => judged,
            () = interrupt.wait() => return Err(interrupted().into()),
        };
        let unwanted = |judged: &Judged<'_>| self.args.all || judged.is_idle();
        let (unwanted, kept): (Vec<_>, Vec<_>) = judged.into_iter().partition(unwanted);
        self.queue
            .give_back(kept.iter().map(|judged| judged.held))
            .await;
        note_kept(&kept);
        if unwanted.is_empty() {
            output::note("nothing to purge");
            return Ok(Exit::Ok);
        }
        let steps = unwanted.into_iter();
        let steps = steps.map(|judged| DeleteMessage::new(self.queue, judged));
        let plan = Plan {
            steps: steps.collect(),
            reason: self.args.reason.clone(),
        };
        let name = self.deployment.target().name();
        let (global, confirm) = (self.global, self.args.confirm);
        carry_out(&plan, name, global, confirm, interrupt, async |step, it| {
            step.act(self.queue, it).await
        })
        .await
    }
}

/// Names those that are kept, and what to do about them.
fn note_kept(kept: &[Judged<'_>]) {
    for judged in kept.iter().take(NAMED) {
        let (id, what) = (&judged.held.id, judged.what.words());
        let why = match &judged.fate {
            Fate::Unknown(why) => format!("whether it is needed is not known: {why}"),
            _ => "it is needed: `rpsctl dlq redrive` sends it back".to_owned(),
        };
        output::note(format_args!("kept: message {id}, {what}: {why}"));
    }
    if let Some(more @ 1..) = kept.len().checked_sub(NAMED) {
        output::note(format_args!(
            "kept: {more} more; `rpsctl dlq list` shows them"
        ));
    }
}
