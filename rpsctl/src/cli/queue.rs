use clap::{Args, Subcommand, value_parser};

use crate::cli::{ConfirmArgs, Every};

/// Messages that are received at most: SQS lets 120,000 of a queue be held at a time.
pub(crate) const MOST_MESSAGES: u32 = 100_000;

#[derive(Debug, Args)]
pub(crate) struct QueueArgs {
    #[command(subcommand)]
    pub(crate) command: QueueCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum QueueCommand {
    /// Show how the clock is: its messages, dead letters, mapping, and games that are stuck
    ///
    /// Exit code 4: the mapping is off, there are dead letters, or games are stuck.
    Status(StatusArgs),
    /// End the games that are stuck, and delete the messages that have nothing to do any more
    ///
    /// A game is stuck when it is past its rounds, or so long past its time that its message must be lost. Both players
    /// are told that an operator ended it. A message has nothing to do when its game or round is gone, or when
    /// it is not one of the game's.
    ///
    /// To look at messages is to receive them, which counts toward the limit after which they are dead letters. So
    /// messages are looked at only while the mapping is off. While it is on they vanish by themselves when
    /// they are delivered. Messages that are delayed cannot be received, and vanish the same way.
    Drain(DrainArgs),
}

#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    /// Show it again and again, redrawn in place, until Ctrl-C
    #[arg(long)]
    pub(crate) watch: bool,
    #[command(flatten)]
    pub(crate) every: Every,
}

#[derive(Debug, Args)]
pub(crate) struct DrainArgs {
    /// End every game, stuck or not, with the mapping off meanwhile. It is turned on again at the end, after an
    /// interruption too; if rpsctl is killed it stays off, and every command says so
    #[arg(long)]
    pub(crate) all: bool,
    /// Only turn the mapping on again, which a drain that was killed has left off
    #[arg(long, conflicts_with_all = ["all", "limit"])]
    pub(crate) resume: bool,
    /// Messages to receive at most
    #[arg(
        long,
        value_name = "MESSAGES",
        default_value_t = MOST_MESSAGES,
        value_parser = value_parser!(u32).range(1..=i64::from(MOST_MESSAGES))
    )]
    pub(crate) limit: u32,
    /// Why, for the log; players are not told
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    #[command(flatten)]
    pub(crate) confirm: ConfirmArgs,
}
