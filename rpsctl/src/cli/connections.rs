use std::time::Duration;

use clap::builder::NonEmptyStringValueParser;
use clap::{ArgGroup, Args, Subcommand};

use crate::cli::{ConfirmArgs, WatchInterval, duration, number};

/// List, show and disconnect the connections of players
#[derive(Debug, Args)]
pub(crate) struct ConnectionsArgs {
    #[command(subcommand)]
    pub(crate) command: ConnectionsCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConnectionsCommand {
    /// List connections and their states: idle, joining, waiting or playing
    ///
    /// rpsctl scans the table until it has found --limit connections. The list starts with the oldest. JSON output
    /// is unsorted: each connection is printed as soon as it is read.
    List(ListConnectionsArgs),
    /// Show a connection and its next step
    Show(ShowConnectionArgs),
    /// Disconnect players. The opponent in a running game wins and is notified
    ///
    /// If you disconnect both players of a game, rpsctl ends the game instead, and both learn that an operator ended
    /// it. Put ids that begin with - after --.
    Disconnect(DisconnectArgs),
}

#[derive(Debug, Args)]
#[command(mut_arg("every", |every| every.requires("watch")))]
pub(crate) struct ListConnectionsArgs {
    /// Only connections without a message in either direction for at least this long, such as 90s or 5m. Queries API
    /// Gateway for each connection
    #[arg(long, value_name = "TIME", value_parser = duration, conflicts_with = "stale")]
    pub(crate) idle_for: Option<Duration>,
    /// Only stale connections: closed, but still in the table. Queries API Gateway for each connection
    #[arg(long)]
    pub(crate) stale: bool,
    /// Maximum number of connections to show
    #[arg(long, value_name = "CONNECTIONS", default_value_t = 100, value_parser = number(1..=u32::MAX))]
    pub(crate) limit: u32,
    /// Refresh the list until Ctrl-C
    #[arg(long)]
    pub(crate) watch: bool,
    #[command(flatten)]
    pub(crate) every: WatchInterval,
}

#[derive(Debug, Args)]
pub(crate) struct ShowConnectionArgs {
    /// Connection id, or a unique prefix; put an id that begins with - after --
    #[arg(value_name = "CONNECTION", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) connection: String,
    /// Show the player's IP address
    #[arg(long)]
    pub(crate) reveal: bool,
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("selection").required(true).args(["connections", "stale", "all"]))]
pub(crate) struct DisconnectArgs {
    /// Connection ids, or unique prefixes; --yes requires full ids
    #[arg(value_name = "CONNECTION", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) connections: Vec<String>,
    /// Disconnect stale connections: closed, but still in the table. Also remove players who no longer wait
    /// from the lobby
    #[arg(long)]
    pub(crate) stale: bool,
    /// Disconnect all connections in the table
    #[arg(long)]
    pub(crate) all: bool,
    /// Reason for the log; players do not see it
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    #[command(flatten)]
    pub(crate) confirm: ConfirmArgs,
}
