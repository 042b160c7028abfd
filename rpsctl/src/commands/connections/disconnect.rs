//! `rpsctl connections disconnect`.

use std::collections::HashSet;
use std::pin::pin;

use clap::builder::NonEmptyStringValueParser;
use clap::{ArgGroup, Args};
use futures_util::stream::{self, StreamExt, TryStreamExt};

use super::list::nobody;
use super::look::Look;
use super::named::Named;
use super::steps::{Draft, Reach};
use super::which::Which;
use crate::aws::Deployment;
use crate::cli::Global;
use crate::exit::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::operate::{ConfirmArgs, Plan, execute};
use crate::output;

/// Connections looked up at a time.
const AT_A_TIME: usize = 16;

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("which").required(true).args(["connections", "stale", "all"]))]
pub(super) struct DisconnectArgs {
    /// The connections' ids, or of each as much of its beginning as is in no other
    #[arg(value_name = "CONNECTION", value_parser = NonEmptyStringValueParser::new())]
    connections: Vec<String>,
    /// Those that are closed, and still in the table
    #[arg(long)]
    stale: bool,
    /// All that are in the table
    #[arg(long)]
    all: bool,
    /// Why, for the log; players are not told
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    confirm: ConfirmArgs,
}

impl DisconnectArgs {
    /// Which, unless they are named.
    fn which(&self) -> Option<Which> {
        match (self.all, self.stale) {
            (true, _) => Some(Which::All),
            (_, true) => Some(Which::Stale),
            _ => None,
        }
    }
}

/// Runs the command.
pub(super) async fn run(args: DisconnectArgs, global: &Global) -> anyhow::Result<Exit> {
    args.confirm.allowed(global)?;
    let deployment = Deployment::reach(global.target.required()?).await?;
    let name = deployment.target().name();
    let draft = match args.which() {
        Some(which) => all(&deployment, which).await?,
        None => these(&deployment, &args.connections).await?,
    };
    let plan = Plan {
        steps: draft.steps(),
        reason: args.reason.clone(),
    };
    if let (Some(which), true) = (args.which(), plan.steps.is_empty()) {
        output::note(nobody(which));
        return Ok(Exit::Ok);
    }
    deployment.warn_if_paused().await;
    plan.show(name, global)?;
    let Some(confirmed) = args.confirm.confirm(name)? else {
        return Ok(Exit::Ok);
    };
    let reach = Reach::new(&deployment).await?;
    let mut interrupt = Interrupt::listen()?;
    let tally = execute(
        &plan,
        name,
        &mut interrupt,
        &confirmed,
        async |step, confirmed| Box::pin(step.act(&reach, confirmed)).await,
    );
    tally.await.show(global)
}

async fn all(deployment: &Deployment, which: Which) -> Result<Draft, Failure> {
    let look = Look::begin(deployment, which).await?;
    let mut connections = pin!(look.connections());
    let mut draft = Draft::default();
    while let Some(found) = connections.next().await {
        draft.add(found?.seen, which == Which::Stale);
    }
    Ok(draft)
}

async fn these(deployment: &Deployment, ids: &[String]) -> Result<Draft, Failure> {
    let named = stream::iter(ids).map(|id| Box::pin(Named::find(deployment, id)));
    let mut named = named.buffered(AT_A_TIME);
    let mut draft = Draft::default();
    let mut once = HashSet::new();
    while let Some(found) = named.try_next().await? {
        if !once.insert(found.id().clone()) {
            continue;
        }
        match found {
            Named::Stored(seen) => draft.add(seen, false),
            Named::OnlyOpen(id, _) => draft.add_socket(id),
        }
    }
    Ok(draft)
}
