use crate::aws::Deployment;
use crate::cli::{DrainArgs, Global};
use crate::commands::warn_if_paused;
use crate::exit::Exit;
use crate::operate::{drain_all, drain_stuck, refuse_if_read_only, resume};

pub(super) async fn run(args: DrainArgs, global: &Global) -> anyhow::Result<Exit> {
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
