use crate::aws::Deployment;
use crate::cli::{Global, MOST_MESSAGES, PurgeArgs};
use crate::commands::warn_if_paused;
use crate::exit::Exit;
use crate::interrupt::Interrupt;
use crate::operate::{
    Batch, ClassifiedMessage, HOLD, Need, Plan, interrupted, refuse_if_read_only,
};
use crate::output;

/// Dead letters that are named at most, of those that are kept.
const NAMED: usize = 20;

pub(super) async fn run(args: PurgeArgs, global: &Global) -> anyhow::Result<Exit> {
    refuse_if_read_only(args.confirm, global)?;
    let deployment = Deployment::reach(global.target.required()?).await?;
    let queue = deployment.dead_letter_queue().await?;
    // Before the first message is in hand: from here on nothing ends rpsctl before they are given back.
    let mut interrupt = Interrupt::listen()?;
    let batch = Batch::receive(&queue, MOST_MESSAGES, HOLD, &mut interrupt).await?;
    if batch.more {
        output::note("there may be more dead letters than were received: run it again");
    }
    let purged = purge(&deployment, &batch, args, global, &mut interrupt).await;
    batch.give_back().await;
    let exit = purged?;
    warn_if_paused(&deployment).await;
    Ok(exit)
}

async fn purge(
    deployment: &Deployment,
    batch: &Batch<'_>,
    args: PurgeArgs,
    global: &Global,
    interrupt: &mut Interrupt,
) -> anyhow::Result<Exit> {
    let is_to_delete = |it: &ClassifiedMessage<'_>| args.all || it.is_useless();
    let sorted = batch.sort_out(deployment.store(), interrupt, is_to_delete);
    let (steps, kept) = sorted.await.ok_or_else(interrupted)?;
    note_kept(&kept);
    if steps.is_empty() {
        output::note("nothing to purge");
        return Ok(Exit::Ok);
    }
    let reason = args.reason;
    let plan = Plan { steps, reason };
    plan.carry_out_or_interrupt(deployment, global, args.confirm, interrupt)
        .await
}

/// Names those that are kept, and what to do about them.
fn note_kept(kept: &[ClassifiedMessage<'_>]) {
    for kept in kept.iter().take(NAMED) {
        let (id, content) = (&kept.message.id, kept.content.words());
        let why = match &kept.need {
            Need::Unknown(why) => format!("whether it is needed is not known: {why}"),
            _ => "it is needed: `rpsctl dlq redrive` sends it back".to_owned(),
        };
        output::note(format_args!("kept: message {id}, {content}: {why}"));
    }
    if let Some(more @ 1..) = kept.len().checked_sub(NAMED) {
        output::note(format_args!(
            "kept: {more} more; `rpsctl dlq list` shows them"
        ));
    }
}
