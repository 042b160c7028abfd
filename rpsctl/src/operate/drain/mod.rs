//! `rpsctl queue drain`: what is stuck, or everything, or only turning the mapping on again.

mod all;
mod sort;
mod stuck;

pub(crate) use self::all::drain_all;
pub(crate) use self::stuck::drain_stuck;
use crate::aws::{Deployment, State, Switch};
use crate::cli::{DrainArgs, Global};
use crate::exit::{Exit, Failure};
use crate::operate::{Plan, Step};
use crate::output;

/// Turns the mapping on, if it is off.
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
        steps: vec![switch(deployment, state, Switch::On).await?],
        reason: args.reason,
    };
    let confirmed = plan.confirm(deployment, global, args.confirm, None);
    let Some(mut run) = confirmed.await? else {
        return Ok(Exit::Ok);
    };
    for step in &plan.steps {
        run.carry_out_one(step).await?;
    }
    run.show(global)
}

async fn switch(deployment: &Deployment, state: State, to: Switch) -> Result<Step<'_>, Failure> {
    let uuid = &deployment.parts().await?.event_source_mapping;
    Ok(Step::SwitchMapping { uuid, state, to })
}

/// The code to end with, where so many things could not be judged.
fn if_all_known(unknown: usize, exit: Exit) -> Exit {
    match exit {
        Exit::Ok if unknown > 0 => Exit::Unhealthy,
        exit => exit,
    }
}
