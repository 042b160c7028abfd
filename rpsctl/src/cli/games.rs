use std::time::Duration;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand, value_parser};

use crate::cli::{ConfirmArgs, Every};

#[derive(Debug, Args)]
pub(crate) struct GamesArgs {
    #[command(subcommand)]
    pub(crate) command: GamesCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum GamesCommand {
    /// List them, the newest deadline last
    ///
    /// Reads the table from its beginning until so many are found. How many have played is shown, never
    /// what. As JSON each game is printed when it is found, in no order.
    List(ListGamesArgs),
    /// Show one, and what will happen to it next
    Show(ShowGameArgs),
    /// Watch them: the list, redrawn in place until Ctrl-C
    Watch(WatchGamesArgs),
    /// End them: both players are told that an operator ended the game, and nothing of it is left
    End(EndGamesArgs),
}

#[derive(Debug, Args)]
pub(crate) struct GameFilter {
    /// Only games that started at least this long ago, such as 90s or 10m
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    pub(crate) older_than: Option<Duration>,
    /// Only games in this round or a later one
    #[arg(long, value_name = "ROUND")]
    pub(crate) round_at_least: Option<u32>,
    /// Only games that do not end by themselves: past their rounds, or decided by no message any more
    #[arg(long)]
    pub(crate) stuck: bool,
    /// Games to show at most
    #[arg(long, value_name = "GAMES", default_value_t = 100, value_parser = value_parser!(u32).range(1..))]
    pub(crate) limit: u32,
}

#[derive(Debug, Args)]
pub(crate) struct ListGamesArgs {
    #[command(flatten)]
    pub(crate) filter: GameFilter,
    /// List them again and again, redrawn in place, until Ctrl-C
    #[arg(long)]
    pub(crate) watch: bool,
    #[command(flatten)]
    pub(crate) every: Every,
}

#[derive(Debug, Args)]
pub(crate) struct ShowGameArgs {
    /// The game's id, or as much of its beginning as is in no other
    #[arg(value_name = "GAME", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) game: String,
    /// Show what was played in a round that is not decided yet
    #[arg(long)]
    pub(crate) reveal: bool,
}

#[derive(Debug, Args)]
pub(crate) struct WatchGamesArgs {
    #[command(flatten)]
    pub(crate) filter: GameFilter,
    #[command(flatten)]
    pub(crate) every: Every,
}

#[derive(Debug, Args)]
pub(crate) struct EndGamesArgs {
    /// The games' ids, or of each as much of its beginning as is in no other
    #[arg(value_name = "GAME", required = true, value_parser = NonEmptyStringValueParser::new())]
    pub(crate) games: Vec<String>,
    /// Why, for the log; players are not told
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    #[command(flatten)]
    pub(crate) confirm: ConfirmArgs,
}
