use crate::aws::{Deployment, MappingChange, MappingState};
use crate::cli::{Global, SwitchArgs};
use crate::exit::{Exit, Failure};
use crate::operate::{Plan, Step};
use crate::output;

/// Pauses or resumes the mapping.
pub(crate) async fn change_mapping(
    deployment: &Deployment,
    to: MappingChange,
    args: SwitchArgs,
    global: &Global,
) -> anyhow::Result<Exit> {
    let state = deployment.mapping().await?;
    let (is_done, nothing, changing) = match to {
        MappingChange::Pause => (
            state.is_off(),
            "nothing to pause: the mapping is already paused",
            "pausing",
        ),
        MappingChange::Resume => (
            state.is_on(),
            "nothing to resume: the mapping is on",
            "resuming",
        ),
    };
    if is_done {
        output::note(nothing);
        return Ok(Exit::Ok);
    }
    let plan = Plan {
        steps: vec![switch(deployment, state, to).await?],
        reason: args.reason,
    };
    let confirmation = plan.confirm(deployment, global, args.confirm, None);
    let Some(mut run) = confirmation.await? else {
        return Ok(Exit::Ok);
    };
    output::note(format_args!(
        "{changing} the mapping; this takes AWS about half a minute"
    ));
    for step in &plan.steps {
        run.carry_out_one(step).await?;
    }
    run.show(global)
}

pub(super) async fn switch(
    deployment: &Deployment,
    state: MappingState,
    to: MappingChange,
) -> Result<Step<'_>, Failure> {
    let uuid = &deployment.parts().await?.event_source_mapping;
    Ok(Step::SwitchMapping { uuid, state, to })
}
