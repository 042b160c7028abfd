//! `rpsctl queue`: shows and drains the queue that holds the round timers.

mod status;

#[cfg(test)]
pub(super) use self::status::QueueStatus;
use crate::aws::Deployment;
use crate::cli::{DrainArgs, Global, QueueArgs, QueueCommand};
use crate::commands::warn_if_paused;
use crate::exit::Exit;
use crate::operate::{drain_all, drain_stuck, refuse_if_read_only, resume};

pub(crate) async fn run(args: QueueArgs, global: &Global) -> anyhow::Result<Exit> {
    match args.command {
        QueueCommand::Status(args) => status::run(&args, global).await,
        QueueCommand::Drain(args) => drain(args, global).await,
    }
}

async fn drain(args: DrainArgs, global: &Global) -> anyhow::Result<Exit> {
    refuse_if_read_only(args.confirm, global)?;
    let deployment = Deployment::reach(global.target.required()?).await?;
    let exit = if args.resume {
        Box::pin(resume(&deployment, args, global)).await
    } else if args.all {
        Box::pin(drain_all(&deployment, args, global)).await
    } else {
        Box::pin(drain_stuck(&deployment, args, global)).await
    }?;
    warn_if_paused(&deployment).await;
    Ok(exit)
}
