//! `rpsctl queue drain`.

use clap::{Args, value_parser};

use super::{all, resume, stuck};
use crate::aws::{Deployment, MOST_MESSAGES};
use crate::cli::Global;
use crate::exit::Exit;
use crate::operate::ConfirmArgs;

#[derive(Debug, Args)]
pub(super) struct DrainArgs {
    /// End every game, stuck or not, with the mapping off meanwhile. It is turned on again at the end, after an
    /// interruption too; if rpsctl is killed it stays off, and every command says so
    #[arg(long)]
    all: bool,
    /// Only turn the mapping on again, which a drain that was killed has left off
    #[arg(long, conflicts_with_all = ["all", "limit"])]
    resume: bool,
    /// Messages to receive at most
    #[arg(
        long,
        value_name = "MESSAGES",
        default_value_t = MOST_MESSAGES,
        value_parser = value_parser!(u32).range(1..=i64::from(MOST_MESSAGES))
    )]
    pub(super) limit: u32,
    /// Why, for the log; players are not told
    #[arg(long, value_name = "TEXT")]
    pub(super) reason: Option<String>,
    #[command(flatten)]
    pub(super) confirm: ConfirmArgs,
}

/// Runs the command.
pub(super) async fn run(args: DrainArgs, global: &Global) -> anyhow::Result<Exit> {
    args.confirm.allowed(global)?;
    let deployment = Deployment::reach(global.target.required()?).await?;
    let exit = if args.resume {
        Box::pin(resume::run(args, global, &deployment)).await
    } else if args.all {
        Box::pin(all::run(args, global, &deployment)).await
    } else {
        Box::pin(stuck::run(args, global, &deployment)).await
    }?;
    deployment.warn_if_paused().await;
    Ok(exit)
}
