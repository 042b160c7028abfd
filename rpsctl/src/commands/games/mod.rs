//! `rpsctl games`: the games that are under way.

mod end;
mod list;
mod row;
mod show;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};

use crate::cli::{Every, Global};

use crate::exit::Exit;

/// Look at the games under way, and end them
#[derive(Debug, Args)]
pub(crate) struct GamesArgs {
    #[command(subcommand)]
    command: GamesCommand,
}

#[derive(Debug, Subcommand)]
enum GamesCommand {
    /// List them, the newest deadline last
    ///
    /// Reads the table from its beginning until so many are found. How many have played is shown, never
    /// what. As JSON each game is printed when it is found, in no order.
    List(list::ListArgs),
    /// Show one, and what will happen to it next
    Show(show::ShowArgs),
    /// Watch them: the list, redrawn in place until Ctrl-C
    Watch(WatchArgs),
    /// End them: both players are told that an operator ended the game, and nothing of it is left
    End(end::EndArgs),
}

#[derive(Debug, Args)]
struct WatchArgs {
    #[command(flatten)]
    which: list::Which,
    #[command(flatten)]
    every: Every,
}

/// An id, or the beginning of one.
#[derive(Debug, Args)]
struct GameId {
    /// The game's id, or as much of its beginning as is in no other
    #[arg(value_name = "GAME", value_parser = NonEmptyStringValueParser::new())]
    game: String,
}

/// Runs the command.
pub(crate) async fn run(args: GamesArgs, global: &Global) -> anyhow::Result<Exit> {
    match args.command {
        GamesCommand::List(args) => list::run(&args, global).await,
        GamesCommand::Show(args) => show::run(&args, global).await,
        GamesCommand::Watch(args) => list::watch(&args.which, args.every, global).await,
        GamesCommand::End(args) => end::run(args, global).await,
    }
}
