//! `rpsctl connections`: the players' connections.
//!
//! - `list`, `show`, `disconnect`: the commands
//! - `look`: where connections are; `which`: those that are looked for; `named`: one that somebody named
//! - `row`: one in a list; `next`: what will happen to one, in words
//! - `steps`: what is done to them

mod disconnect;
mod list;
mod look;
mod named;
mod next;
mod row;
mod show;
mod steps;
mod which;

use clap::{Args, Subcommand};

use crate::cli::Global;
use crate::exit::Exit;

/// Look at the players' connections, and close them
#[derive(Debug, Args)]
pub(crate) struct ConnectionsArgs {
    #[command(subcommand)]
    command: ConnectionsCommand,
}

#[derive(Debug, Subcommand)]
enum ConnectionsCommand {
    /// List them, and where each is: idle, joining, waiting, or in a game
    ///
    /// Reads the table from its beginning until so many are found. The oldest comes first; as JSON each
    /// connection is printed when it is found, in no order.
    List(list::ListArgs),
    /// Show one, and what will happen to it next
    Show(show::ShowArgs),
    /// Close them, and free the place of each: the opponent of one that plays wins, and is told so
    ///
    /// A game of which both players are to be disconnected is ended instead: both are told that an operator
    /// ended it. An id that begins with - goes after --.
    Disconnect(disconnect::DisconnectArgs),
}

/// Runs the command.
pub(crate) async fn run(args: ConnectionsArgs, global: &Global) -> anyhow::Result<Exit> {
    match args.command {
        ConnectionsCommand::List(args) => list::run(&args, global).await,
        ConnectionsCommand::Show(args) => show::run(&args, global).await,
        ConnectionsCommand::Disconnect(args) => disconnect::run(args, global).await,
    }
}
