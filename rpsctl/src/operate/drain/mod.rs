//! `rpsctl queue drain`: drains stuck games, drains everything, or only resumes the mapping.

mod all;
mod sort;
mod stuck;

pub(crate) use self::all::drain_all;
pub(crate) use self::stuck::drain_stuck;
use crate::aws::{Deployment, MappingChange, MappingState};
use crate::cli::{DrainArgs, Global};
use crate::exit::{Exit, Failure};
use crate::operate::{Plan, Step};
use crate::output;

/// Resumes the mapping if it is paused.
pub(crate) async fn resume(
    deployment: &Deployment,
    args: DrainArgs,
    global: &Global,
) -> anyhow::Result<Exit> {
    let state = deployment.mapping().await?;
    if state.is_on() {
        output::note("nothing to resume: the mapping is on");
        return Ok(Exit::Ok);
    }
    let plan = Plan {
        steps: vec![switch(deployment, state, MappingChange::Resume).await?],
        reason: args.reason,
    };
    let confirmation = plan.confirm(deployment, global, args.confirm, None);
    let Some(mut run) = confirmation.await? else {
        return Ok(Exit::Ok);
    };
    for step in &plan.steps {
        run.carry_out_one(step).await?;
    }
    run.show(global)
}

async fn switch(
    deployment: &Deployment,
    state: MappingState,
    to: MappingChange,
) -> Result<Step<'_>, Failure> {
    let uuid = &deployment.parts().await?.event_source_mapping;
    Ok(Step::SwitchMapping { uuid, state, to })
}

/// The exit code of a drain that could not classify `unknown` games and messages.
fn unless_unknown(unknown: usize, exit: Exit) -> Exit {
    match exit {
        Exit::Ok if unknown > 0 => Exit::Unhealthy,
        exit => exit,
    }
}
