//! `rpsctl connections`: lists, shows and disconnects the connections of players.

mod disconnect;
mod filter;
mod list;
mod lookup;
mod next;
mod row;
mod show;

#[cfg(test)]
pub(super) use self::row::ConnectionRow;
#[cfg(test)]
pub(super) use self::show::ConnectionDetails;
use crate::cli::{ConnectionsArgs, ConnectionsCommand, Global};
use crate::exit::Exit;

pub(crate) async fn run(args: ConnectionsArgs, global: &Global) -> anyhow::Result<Exit> {
    match args.command {
        ConnectionsCommand::List(args) => list::run(&args, global).await,
        ConnectionsCommand::Show(args) => show::run(&args, global).await,
        ConnectionsCommand::Disconnect(args) => disconnect::run(args, global).await,
    }
}
