//! `rpsctl queue drain --resume`.

use super::drain::DrainArgs;
use super::step::SwitchMapping;
use crate::aws::Deployment;
use crate::cli::Global;
use crate::exit::Exit;
use crate::operate::{Plan, Tally, execute_one};
use crate::output;

/// Turns the mapping on, if it is off.
pub(super) async fn run(
    args: DrainArgs,
    global: &Global,
    deployment: &Deployment,
) -> anyhow::Result<Exit> {
    let state = deployment.mapping().await?;
    if state.is_on() {
        output::note("nothing to resume: the mapping is on");
        return Ok(Exit::Ok);
    }
    let name = deployment.target().name();
    let plan = Plan {
        steps: vec![SwitchMapping::on(deployment, &state).await?],
        reason: args.reason,
    };
    plan.show(name, global)?;
    let Some(confirmed) = args.confirm.confirm(name)? else {
        return Ok(Exit::Ok);
    };
    let mut tally = Tally::default();
    for step in &plan.steps {
        let act = step.act(deployment, &confirmed);
        tally += execute_one(step, name, plan.reason.as_deref(), act).await?;
    }
    tally.show(global)
}
