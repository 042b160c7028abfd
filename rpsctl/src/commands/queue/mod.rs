//! `rpsctl queue`: the queue that is the games' clock.

mod all;
mod drain;
mod games;
mod idle;
mod resume;
mod status;
mod step;
mod stuck;

use clap::{Args, Subcommand};

use crate::cli::Global;
use crate::exit::Exit;

/// Look at the queue that is the games' clock, and drain it
#[derive(Debug, Args)]
pub(crate) struct QueueArgs {
    #[command(subcommand)]
    command: QueueCommand,
}

#[derive(Debug, Subcommand)]
enum QueueCommand {
    /// Show how the clock is: its messages, dead letters, mapping, and games that are stuck
    ///
    /// Exit code 4: the mapping is off, there are dead letters, or games are stuck.
    Status(status::StatusArgs),
    /// End the games that are stuck, and delete the messages that have nothing to do any more
    ///
    /// A game is stuck when it is past its rounds, or so long past its time that its message must be lost. Both players
    /// are told that an operator ended it. A message has nothing to do when its game or round is gone, or when
    /// it is not one of the game's.
    ///
    /// To look at messages is to receive them, which counts toward the limit after which they are dead letters. So
    /// messages are looked at only while the mapping is off. While it is on they vanish by themselves when
    /// they are delivered. Messages that are delayed cannot be received, and vanish the same way.
    Drain(drain::DrainArgs),
}

/// Runs the command.
pub(crate) async fn run(args: QueueArgs, global: &Global) -> anyhow::Result<Exit> {
    match args.command {
        QueueCommand::Status(args) => status::run(&args, global).await,
        QueueCommand::Drain(args) => drain::run(args, global).await,
    }
}
