use clap::{Args, Subcommand};

use crate::cli::{ConfirmArgs, WatchInterval, number};

/// The most messages that a drain receives. SQS allows 120,000 in-flight messages in a queue.
pub(crate) const MOST_MESSAGES: u32 = 100_000;

/// Show, drain, pause and resume the queue that holds the round timers
#[derive(Debug, Args)]
pub(crate) struct QueueArgs {
    #[command(subcommand)]
    pub(crate) command: QueueCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum QueueCommand {
    /// Show the queue's messages, event source mapping, dead letters and stuck games
    ///
    /// Exit code 4: the mapping is paused, there are dead letters, or games are stuck.
    Status(StatusArgs),
    /// End stuck games and delete obsolete messages
    ///
    /// A game is stuck if it is past its last round, or more than two minutes overdue. Both players learn that an
    /// operator ended the game. A message is obsolete if its game or round no longer exists, or if it does not belong
    /// to the game.
    ///
    /// rpsctl must receive messages to inspect them, and each receive brings a message closer to the dead-letter
    /// queue. So it inspects messages only while the event source mapping is paused. While the mapping is on,
    /// `decide` receives obsolete messages and drops them. rpsctl skips delayed messages, because nobody can receive
    /// a message before its delay ends. A dry run receives no messages: its plan only has their number.
    Drain(DrainArgs),
    /// Pause the event source mapping, so that no round is decided and no game ends
    ///
    /// Messages wait in the queue meanwhile, and SQS keeps each for four days. This takes AWS about half a minute.
    Pause(SwitchArgs),
    /// Resume the event source mapping, so that `decide` receives the messages that wait in the queue
    ///
    /// This takes AWS about half a minute.
    Resume(SwitchArgs),
}

#[derive(Debug, Args)]
#[command(mut_arg("every", |every| every.requires("watch")))]
pub(crate) struct StatusArgs {
    /// Refresh the view until Ctrl-C
    #[arg(long)]
    pub(crate) watch: bool,
    #[command(flatten)]
    pub(crate) every: WatchInterval,
}

#[derive(Debug, Args)]
pub(crate) struct DrainArgs {
    /// End every game, stuck or not, and pause the mapping meanwhile. rpsctl resumes the mapping at the end, even
    /// after an interruption. If rpsctl is killed, the mapping stays paused, and commands that read the stack warn about it
    #[arg(long)]
    pub(crate) all: bool,
    /// Only resume the mapping, like `queue resume`
    #[arg(long, conflicts_with_all = ["all", "limit"])]
    pub(crate) resume: bool,
    /// Maximum number of messages to receive
    #[arg(
        long,
        value_name = "MESSAGES",
        default_value_t = MOST_MESSAGES,
        value_parser = number(1..=MOST_MESSAGES)
    )]
    pub(crate) limit: u32,
    /// Reason for the log; players do not see it
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    #[command(flatten)]
    pub(crate) confirm: ConfirmArgs,
}

#[derive(Debug, Args)]
pub(crate) struct SwitchArgs {
    /// Reason for the log
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    #[command(flatten)]
    pub(crate) confirm: ConfirmArgs,
}
