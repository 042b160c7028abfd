//! `rpsctl queue`: shows, drains, pauses and resumes the queue that holds the round timers.

mod status;

#[cfg(test)]
pub(super) use self::status::QueueStatus;
use crate::aws::MappingChange;
use crate::cli::{DrainArgs, Global, QueueArgs, QueueCommand, SwitchArgs};
use crate::commands::warn_if_paused;
use crate::exit::Exit;
use crate::operate::{change_mapping, drain_all, drain_stuck, reach_to_change};

pub(crate) async fn run(args: QueueArgs, global: &Global) -> anyhow::Result<Exit> {
    match args.command {
        QueueCommand::Status(args) => status::run(&args, global).await,
        QueueCommand::Drain(args) => drain(args, global).await,
        QueueCommand::Pause(args) => switch(MappingChange::Pause, args, global).await,
        QueueCommand::Resume(args) => switch(MappingChange::Resume, args, global).await,
    }
}

async fn drain(args: DrainArgs, global: &Global) -> anyhow::Result<Exit> {
    let confirm = args.confirm;
    if args.resume {
        let reason = args.reason;
        let args = SwitchArgs { reason, confirm };
        return switch(MappingChange::Resume, args, global).await;
    }
    let deployment = reach_to_change(confirm, global).await?;
    let exit = if args.all {
        Box::pin(drain_all(&deployment, args, global)).await
    } else {
        Box::pin(drain_stuck(&deployment, args, global)).await
    }?;
    warn_if_paused(&deployment).await;
    Ok(exit)
}

async fn switch(to: MappingChange, args: SwitchArgs, global: &Global) -> anyhow::Result<Exit> {
    let deployment = reach_to_change(args.confirm, global).await?;
    let exit = Box::pin(change_mapping(&deployment, to, args, global)).await?;
    warn_if_paused(&deployment).await;
    Ok(exit)
}
