//! `rpsctl connections`: the players' connections.

mod disconnect;
mod filter;
mod list;
mod look;
mod next;
mod row;
mod show;

use crate::cli::{ConnectionsArgs, ConnectionsCommand, Global};
use crate::exit::Exit;

pub(crate) async fn run(args: ConnectionsArgs, global: &Global) -> anyhow::Result<Exit> {
    match args.command {
        ConnectionsCommand::List(args) => list::run(&args, global).await,
        ConnectionsCommand::Show(args) => show::run(&args, global).await,
        ConnectionsCommand::Disconnect(args) => disconnect::run(args, global).await,
    }
}
