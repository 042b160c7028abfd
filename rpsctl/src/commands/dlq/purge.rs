use crate::aws::Deployment;
use crate::cli::{Global, MOST_MESSAGES, PurgeArgs};
use crate::commands::dlq::receive;
use crate::commands::warn_if_paused;
use crate::exit::Exit;
use crate::interrupt::Interrupt;
use crate::operate::{
    Batch, ClassifiedMessage, HOLD, Plan, Relevance, interrupted, reach_to_change,
};
use crate::output;

/// Maximum number of kept dead letters to name.
const MAX_NAMED: usize = 20;

pub(super) async fn run(args: PurgeArgs, global: &Global) -> anyhow::Result<Exit> {
    let deployment = reach_to_change(args.confirm, global).await?;
    let queue = deployment.dead_letter_queue().await?;
    // Listen before the first receive: from here on, only a kill can end rpsctl before it gives the messages back.
    let mut interrupt = Interrupt::listen()?;
    let batch = receive(&queue, MOST_MESSAGES, HOLD, &mut interrupt).await?;
    if batch.more {
        output::note(
            "the queue may have more dead letters than were received: run the command again",
        );
    }
    let result = purge(&deployment, &batch, args, global, &mut interrupt).await;
    batch.give_back().await;
    let exit = result?;
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
    let is_to_delete = |message: &ClassifiedMessage<'_>| {
        message.is_obsolete() || (args.all && !message.content.is_newer())
    };
    let (steps, kept) = batch
        .sort_out(deployment, interrupt, is_to_delete)
        .await?
        .ok_or_else(interrupted)?;
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

/// Names the kept dead letters and their remedies.
fn note_kept(kept: &[ClassifiedMessage<'_>]) {
    for kept in kept.iter().take(MAX_NAMED) {
        let (id, content) = (&kept.message.id, kept.content.words());
        let why = match &kept.relevance {
            Relevance::Unknown(why) => format!("it could not be classified: {why}"),
            _ => "it is still needed; redrive it with `rpsctl dlq redrive`".to_owned(),
        };
        output::note(format_args!("kept message {id}, {content}: {why}"));
    }
    if let Some(more @ 1..) = kept.len().checked_sub(MAX_NAMED) {
        output::note(format_args!(
            "kept {more} more; list them with `rpsctl dlq list`"
        ));
    }
}
