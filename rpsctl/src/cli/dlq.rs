use clap::{Args, Subcommand, value_parser};

use crate::cli::{ConfirmArgs, MOST_MESSAGES};

#[derive(Debug, Args)]
pub(crate) struct DlqArgs {
    #[command(subcommand)]
    pub(crate) command: DlqCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DlqCommand {
    /// List them: what each is, and what comes of it if it is sent back
    ///
    /// They are received for that, and given back. That harms nothing: dead letters have no dead-letter queue
    /// of their own.
    List(ListDeadLettersArgs),
    /// Send them back to the queue, as new messages: `decide` goes on from what is stored
    ///
    /// SQS moves them by itself. An interruption ends the waiting, not the move.
    Redrive(RedriveArgs),
    /// Delete those that have nothing to do any more
    ///
    /// Deletes exactly the dead letters of the plan, and none that came later.
    Purge(PurgeArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ListDeadLettersArgs {
    /// Dead letters to show at most
    #[arg(
        long,
        value_name = "MESSAGES",
        default_value_t = 100,
        value_parser = value_parser!(u32).range(1..=i64::from(MOST_MESSAGES))
    )]
    pub(crate) limit: u32,
}

#[derive(Debug, Args)]
pub(crate) struct RedriveArgs {
    /// Why, for the log
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    #[command(flatten)]
    pub(crate) confirm: ConfirmArgs,
}

#[derive(Debug, Args)]
pub(crate) struct PurgeArgs {
    /// Delete those too that are still needed: their games have no clock then, and end only by `queue drain`
    #[arg(long)]
    pub(crate) all: bool,
    /// Why, for the log
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    #[command(flatten)]
    pub(crate) confirm: ConfirmArgs,
}
