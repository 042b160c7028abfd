use std::time::Duration;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};

use crate::cli::{ConfirmArgs, WatchInterval, duration, number};

/// List, show, watch and end games
#[derive(Debug, Args)]
pub(crate) struct GamesArgs {
    #[command(subcommand)]
    pub(crate) command: GamesCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum GamesCommand {
    /// List games, sorted by deadline
    ///
    /// rpsctl scans the table until it has found --limit games. The list shows how many players have played,
    /// but not their plays. JSON output is unsorted: each game is printed as soon as it is read.
    List(ListGamesArgs),
    /// Show a game and its next step
    Show(ShowGameArgs),
    /// Watch the list of games until Ctrl-C
    Watch(WatchGamesArgs),
    /// End games and notify both players
    ///
    /// Both players learn that an operator ended the game. rpsctl deletes all data of the game.
    End(EndGamesArgs),
}

#[derive(Debug, Args)]
pub(crate) struct GameFilter {
    /// Only games that started at least this long ago, such as 90s or 10m
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) older_than: Option<Duration>,
    /// Only games in this round or a later one
    #[arg(long, value_name = "ROUND", value_parser = number(1..=u32::MAX))]
    pub(crate) round_at_least: Option<u32>,
    /// Only stuck games: past their last round, or more than two minutes overdue
    #[arg(long)]
    pub(crate) stuck: bool,
    /// Maximum number of games to show
    #[arg(long, value_name = "GAMES", default_value_t = 100, value_parser = number(1..=u32::MAX))]
    pub(crate) limit: u32,
}

#[derive(Debug, Args)]
#[command(mut_arg("every", |every| every.requires("watch")))]
pub(crate) struct ListGamesArgs {
    #[command(flatten)]
    pub(crate) filter: GameFilter,
    /// Refresh the list until Ctrl-C
    #[arg(long)]
    pub(crate) watch: bool,
    #[command(flatten)]
    pub(crate) every: WatchInterval,
}

#[derive(Debug, Args)]
pub(crate) struct ShowGameArgs {
    /// Game id, or a unique prefix
    #[arg(value_name = "GAME", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) game: String,
    /// Show the plays of the undecided round
    #[arg(long)]
    pub(crate) reveal: bool,
}

#[derive(Debug, Args)]
pub(crate) struct WatchGamesArgs {
    #[command(flatten)]
    pub(crate) filter: GameFilter,
    #[command(flatten)]
    pub(crate) every: WatchInterval,
}

#[derive(Debug, Args)]
pub(crate) struct EndGamesArgs {
    /// Game ids, or unique prefixes; --yes requires full ids
    #[arg(value_name = "GAME", required = true, value_parser = NonEmptyStringValueParser::new())]
    pub(crate) games: Vec<String>,
    /// Reason for the log; players do not see it
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    #[command(flatten)]
    pub(crate) confirm: ConfirmArgs,
}
