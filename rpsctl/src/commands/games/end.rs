use std::collections::HashSet;

use futures_util::stream::{self, StreamExt, TryStreamExt};
use rps_game::Game;

use crate::cli::{EndGamesArgs, Global};
use crate::commands::warn_if_paused;
use crate::exit::Exit;
use crate::operate::{Plan, Rounds, Step, reach_to_change, refuse_prefix};

const AT_A_TIME: usize = 16;

pub(super) async fn run(args: EndGamesArgs, global: &Global) -> anyhow::Result<Exit> {
    let deployment = reach_to_change(args.confirm, global).await?;
    let games = stream::iter(&args.games).map(|id| deployment.game(id));
    let mut games: Vec<Game> = games.buffered(AT_A_TIME).try_collect().await?;
    for (typed, game) in args.games.iter().zip(&games) {
        refuse_prefix(args.confirm, typed, &game.id)?;
    }
    // Two arguments may be prefixes of the same id.
    let mut ids = HashSet::new();
    games.retain(|game| ids.insert(game.id.clone()));
    let plan = Plan {
        steps: games
            .into_iter()
            .map(|game| Step::end_game(game, Rounds::Any))
            .collect(),
        reason: args.reason,
    };
    warn_if_paused(&deployment).await;
    plan.carry_out(&deployment, global, args.confirm).await
}
