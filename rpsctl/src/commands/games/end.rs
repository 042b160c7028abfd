//! `rpsctl games end`.

use std::collections::HashSet;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use futures_util::stream::{self, StreamExt, TryStreamExt};

use rps_game::Game;

use crate::aws::Deployment;
use crate::cli::Global;
use crate::exit::Exit;
use crate::interrupt::Interrupt;
use crate::operate::{ConfirmArgs, EndGame, Plan, execute};

/// Games looked up at a time.
const AT_A_TIME: usize = 16;

#[derive(Debug, Args)]
pub(super) struct EndArgs {
    /// The games' ids, or of each as much of its beginning as is in no other
    #[arg(value_name = "GAME", required = true, value_parser = NonEmptyStringValueParser::new())]
    games: Vec<String>,
    /// Why, for the log; players are not told
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    confirm: ConfirmArgs,
}

/// Runs the command.
pub(super) async fn run(args: EndArgs, global: &Global) -> anyhow::Result<Exit> {
    args.confirm.allowed(global)?;
    let deployment = Deployment::reach(global.target.required()?).await?;
    let name = deployment.target().name();
    let games = stream::iter(&args.games).map(|id| deployment.game(id));
    let mut games: Vec<Game> = games.buffered(AT_A_TIME).try_collect().await?;
    // The same game may have been named twice, also by different beginnings of its id.
    let mut named = HashSet::new();
    games.retain(|game| named.insert(game.id.clone()));
    let steps = games.into_iter().map(EndGame::in_any_round).collect();
    let plan = Plan {
        steps,
        reason: args.reason,
    };
    deployment.warn_if_paused().await;
    plan.show(name, global)?;
    let Some(confirmed) = args.confirm.confirm(name)? else {
        return Ok(Exit::Ok);
    };
    let (store, gateway) = (deployment.store(), deployment.gateway().await?);
    let mut interrupt = Interrupt::listen()?;
    let tally = execute(
        &plan,
        name,
        &mut interrupt,
        &confirmed,
        async |step, confirmed| Box::pin(step.act(&store, &gateway, confirmed)).await,
    );
    tally.await.show(global)
}
