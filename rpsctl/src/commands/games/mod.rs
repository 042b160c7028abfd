//! `rpsctl games`: lists, shows, watches and ends games.

mod end;
mod list;
mod outcome;
mod row;
mod show;

#[cfg(test)]
pub(super) use self::row::GameRow;
#[cfg(test)]
pub(super) use self::show::GameDetails;
use crate::cli::{GamesArgs, GamesCommand, Global};
use crate::exit::Exit;

pub(crate) async fn run(args: GamesArgs, global: &Global) -> anyhow::Result<Exit> {
    match args.command {
        GamesCommand::List(args) => {
            let watch = args.watch.then_some(args.every);
            list::run(args.filter, watch, global).await
        }
        GamesCommand::Show(args) => show::run(&args, global).await,
        GamesCommand::Watch(args) => list::run(args.filter, Some(args.every), global).await,
        GamesCommand::End(args) => end::run(args, global).await,
    }
}
