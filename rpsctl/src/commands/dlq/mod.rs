//! `rpsctl dlq`: the dead letters, messages that `decide` failed to handle.

mod list;
mod purge;
mod redrive;
mod row;

use clap::{Args, Subcommand};

use crate::cli::Global;
use crate::exit::Exit;

/// Look at the dead letters, and send them again or delete them
#[derive(Debug, Args)]
pub(crate) struct DlqArgs {
    #[command(subcommand)]
    command: DlqCommand,
}

#[derive(Debug, Subcommand)]
enum DlqCommand {
    /// List them: what each is, and what comes of it if it is sent back
    ///
    /// They are received for that, and given back. That harms nothing: dead letters have no dead-letter queue
    /// of their own.
    List(list::ListArgs),
    /// Send them back to the queue, as new messages: `decide` goes on from what is stored
    ///
    /// SQS moves them by itself. An interruption ends the waiting, not the move.
    Redrive(redrive::RedriveArgs),
    /// Delete those that have nothing to do any more
    ///
    /// Deletes exactly the dead letters of the plan, and none that came later.
    Purge(purge::PurgeArgs),
}

/// Runs the command.
pub(crate) async fn run(args: DlqArgs, global: &Global) -> anyhow::Result<Exit> {
    match args.command {
        DlqCommand::List(args) => list::run(&args, global).await,
        DlqCommand::Redrive(args) => redrive::run(args, global).await,
        DlqCommand::Purge(args) => purge::run(args, global).await,
    }
}
