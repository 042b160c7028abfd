//! `rpsctl queue`: the queue that is the games' clock.

mod drain;
mod status;

use crate::cli::{Global, QueueArgs, QueueCommand};
use crate::exit::Exit;

pub(crate) async fn run(args: QueueArgs, global: &Global) -> anyhow::Result<Exit> {
    match args.command {
        QueueCommand::Status(args) => status::run(&args, global).await,
        QueueCommand::Drain(args) => drain::run(args, global).await,
    }
}
