use clap::{Args, Subcommand};

use crate::cli::{ConfirmArgs, MOST_MESSAGES, number};

/// List, redrive and delete dead letters
#[derive(Debug, Args)]
pub(crate) struct DlqArgs {
    #[command(subcommand)]
    pub(crate) command: DlqCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DlqCommand {
    /// List dead letters and the effect of a redrive on each
    ///
    /// rpsctl receives the dead letters and returns them to their queue. This is safe: however often
    /// a dead letter is received, it stays in its queue. SQS may count a new dead letter a minute late; rpsctl
    /// receives nothing while the count is 0.
    List(ListDeadLettersArgs),
    /// Redrive dead letters: move them back to the queue, so that `decide` processes them again
    ///
    /// SQS moves the messages in the background. An interruption ends the wait, not the move.
    Redrive(RedriveArgs),
    /// Delete obsolete dead letters
    ///
    /// rpsctl deletes only the dead letters in the plan, and none that arrive later.
    Purge(PurgeArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ListDeadLettersArgs {
    /// Maximum number of dead letters to show
    #[arg(
        long,
        value_name = "MESSAGES",
        default_value_t = 100,
        value_parser = number(1..=MOST_MESSAGES)
    )]
    pub(crate) limit: u32,
}

#[derive(Debug, Args)]
pub(crate) struct RedriveArgs {
    /// Reason for the log
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    #[command(flatten)]
    pub(crate) confirm: ConfirmArgs,
}

#[derive(Debug, Args)]
pub(crate) struct PurgeArgs {
    /// Delete needed dead letters too; their games then have no round timer, and only `queue drain` or `games end` ends
    /// them. Dead letters of a newer version are kept
    #[arg(long)]
    pub(crate) all: bool,
    /// Reason for the log
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    #[command(flatten)]
    pub(crate) confirm: ConfirmArgs,
}
