use std::collections::HashSet;

use futures_util::stream::{self, StreamExt, TryStreamExt};
use rps_game::Game;

use crate::aws::Deployment;
use crate::cli::{EndGamesArgs, Global};
use crate::commands::warn_if_paused;
use crate::exit::Exit;
use crate::operate::{Plan, Rounds, Step, refuse_if_read_only};

const AT_A_TIME: usize = 16;

pub(super) async fn run(args: EndGamesArgs, global: &Global) -> anyhow::Result<Exit> {
    refuse_if_read_only(args.confirm, global)?;
    let deployment = Deployment::reach(global.target.required()?).await?;
    let games = stream::iter(&args.games).map(|id| deployment.game(id));
    let mut games: Vec<Game> = games.buffered(AT_A_TIME).try_collect().await?;
    // The same game may have been named twice, also by different beginnings of its id.
    let mut named = HashSet::new();
    games.retain(|game| named.insert(game.id.clone()));
    let games = games.into_iter();
    let plan = Plan {
        steps: games
            .map(|game| Step::end_game(game, Rounds::Any))
            .collect(),
        reason: args.reason,
    };
    warn_if_paused(&deployment).await;
    plan.carry_out(&deployment, global, args.confirm).await
}
