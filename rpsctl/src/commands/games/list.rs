//! `rpsctl games list`, and the same redrawn.

use std::pin::pin;
use std::time::Duration;

use clap::{Args, value_parser};
use futures_util::StreamExt;
use rps_contract::names::GAME_KEY_PREFIX;
use rps_game::Game;
use rps_handlers::outbound::dynamo::Stored;
use rps_handlers::time::now_ms;

use super::row::{Row, table};
use crate::aws::Deployment;
use crate::cli::{Every, Global};
use crate::commands::watch;
use crate::exit::Exit;
use crate::output::{self, Format, Versioned};

/// Which games.
#[derive(Debug, Args)]
pub(super) struct Which {
    /// Only games that started at least this long ago, such as 90s or 10m
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    older_than: Option<Duration>,
    /// Only games in this round or a later one
    #[arg(long, value_name = "ROUND")]
    round_at_least: Option<u32>,
    /// Only games that do not end by themselves: past their rounds, or decided by no message any more
    #[arg(long)]
    stuck: bool,
    /// Games to show at most
    #[arg(long, value_name = "GAMES", default_value_t = 100, value_parser = value_parser!(u32).range(1..))]
    limit: u32,
}

#[derive(Debug, Args)]
pub(super) struct ListArgs {
    #[command(flatten)]
    which: Which,
    /// List them again and again, redrawn in place, until Ctrl-C
    #[arg(long)]
    watch: bool,
    #[command(flatten)]
    every: Every,
}

impl Which {
    fn admits(&self, game: &Game, now_ms: u64) -> bool {
        let age_ms = now_ms.saturating_sub(game.started_at_ms);
        self.older_than
            .is_none_or(|than| u128::from(age_ms) >= than.as_millis())
            && self.round_at_least.is_none_or(|round| game.round >= round)
            && (!self.stuck || rps_contract::stuck(game, now_ms).is_some())
    }
}

/// Runs the command.
pub(super) async fn run(args: &ListArgs, global: &Global) -> anyhow::Result<Exit> {
    if args.watch {
        return watch(&args.which, args.every, global).await;
    }
    let deployment = Deployment::reach(global.target.required()?).await?;
    match global.output {
        Format::Json => stream(&deployment, &args.which).await?,
        Format::Table => {
            let (games, more) = read(&deployment, &args.which).await?;
            if games.is_empty() {
                output::note("no such games are under way");
            } else {
                output::data(table(&games, now_ms()))?;
            }
            output::note_more(more, args.which.limit);
        }
    }
    deployment.warn_if_paused().await;
    Ok(Exit::Ok)
}

/// The same list again and again.
pub(super) async fn watch(which: &Which, every: Every, global: &Global) -> anyhow::Result<Exit> {
    let deployment = Deployment::reach(global.target.required()?).await?;
    if global.output == Format::Json {
        return watch::repeat(every, async || stream(&deployment, which).await).await;
    }
    let name = deployment.target().name();
    watch::draw(every, name, async || {
        let (games, more) = read(&deployment, which).await?;
        let now_ms = now_ms();
        let stuck = games
            .iter()
            .filter(|game| rps_contract::stuck(game, now_ms).is_some());
        let (count, stuck) = (games.len(), stuck.count());
        let more = if more { "at least " } else { "" };
        let head = format!("{more}{count} games, {stuck} stuck");
        Ok((head, table(&games, now_ms).to_string()))
    })
    .await
}

/// Prints each game when it is found.
async fn stream(deployment: &Deployment, which: &Which) -> anyhow::Result<()> {
    let more = find(deployment, which, |game| {
        output::json(&Versioned::new(Row::new(&game, now_ms())))
    });
    output::note_more(more.await?, which.limit);
    Ok(())
}

/// Up to so many games, the newest deadline last, and whether there are more.
async fn read(deployment: &Deployment, which: &Which) -> anyhow::Result<(Vec<Game>, bool)> {
    let mut games = Vec::new();
    let more = find(deployment, which, |game| {
        games.push(game);
        Ok(())
    })
    .await?;
    games.sort_by_key(|game| game.deadline_ms);
    Ok((games, more))
}

/// Hands over up to so many games as they are found, and says whether there are more.
async fn find(
    deployment: &Deployment,
    which: &Which,
    mut found: impl FnMut(Game) -> anyhow::Result<()>,
) -> anyhow::Result<bool> {
    let mut items = pin!(deployment.scan(GAME_KEY_PREFIX));
    let mut count = 0;
    while let Some(item) = items.next().await {
        let game = match item? {
            Ok(Stored::Game(game)) => game,
            Ok(_) => continue,
            Err(why) => {
                output::note(format_args!("left out: {why}"));
                continue;
            }
        };
        if !which.admits(&game, now_ms()) {
            continue;
        }
        if count == which.limit {
            return Ok(true);
        }
        count += 1;
        found(game)?;
    }
    Ok(false)
}
