//! `rpsctl dlq`: lists, redrives and deletes dead letters, the messages that `decide` failed to process.

mod list;
mod purge;
mod redrive;

#[cfg(test)]
pub(super) use self::list::DeadLetterRow;
#[cfg(test)]
pub(super) use self::redrive::MoveResult;
use crate::cli::{DlqArgs, DlqCommand, Global};
use crate::exit::Exit;

pub(crate) async fn run(args: DlqArgs, global: &Global) -> anyhow::Result<Exit> {
    match args.command {
        DlqCommand::List(args) => list::run(&args, global).await,
        DlqCommand::Redrive(args) => redrive::run(args, global).await,
        DlqCommand::Purge(args) => purge::run(args, global).await,
    }
}
