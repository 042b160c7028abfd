use std::time::Duration;

use clap::builder::NonEmptyStringValueParser;
use clap::{ArgGroup, Args, Subcommand, value_parser};

use crate::cli::{ConfirmArgs, Every};

#[derive(Debug, Args)]
pub(crate) struct ConnectionsArgs {
    #[command(subcommand)]
    pub(crate) command: ConnectionsCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConnectionsCommand {
    /// List them, and where each is: idle, joining, waiting, or in a game
    ///
    /// Reads the table from its beginning until so many are found. The oldest comes first; as JSON each
    /// connection is printed when it is found, in no order.
    List(ListConnectionsArgs),
    /// Show one, and what will happen to it next
    Show(ShowConnectionArgs),
    /// Close them, and free the place of each: the opponent of one that plays wins, and is told so
    ///
    /// A game of which both players are to be disconnected is ended instead: both are told that an operator
    /// ended it. An id that begins with - goes after --.
    Disconnect(DisconnectArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ListConnectionsArgs {
    /// Only connections with no message either way for at least this long, such as 90s or 5m. Asks API Gateway
    /// about each
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration, conflicts_with = "stale")]
    pub(crate) idle_for: Option<Duration>,
    /// Only connections that are closed, and still in the table. Asks API Gateway about each
    #[arg(long)]
    pub(crate) stale: bool,
    /// Connections to show at most
    #[arg(long, value_name = "CONNECTIONS", default_value_t = 100, value_parser = value_parser!(u32).range(1..))]
    pub(crate) limit: u32,
    /// List them again and again, redrawn in place, until Ctrl-C
    #[arg(long)]
    pub(crate) watch: bool,
    #[command(flatten)]
    pub(crate) every: Every,
}

#[derive(Debug, Args)]
pub(crate) struct ShowConnectionArgs {
    /// The connection's id, or as much of its beginning as is in no other; one that begins with - goes after --
    #[arg(value_name = "CONNECTION", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) connection: String,
    /// Show the player's address
    #[arg(long)]
    pub(crate) reveal: bool,
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("which").required(true).args(["connections", "stale", "all"]))]
pub(crate) struct DisconnectArgs {
    /// The connections' ids, or of each as much of its beginning as is in no other
    #[arg(value_name = "CONNECTION", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) connections: Vec<String>,
    /// Those that are closed, and still in the table
    #[arg(long)]
    pub(crate) stale: bool,
    /// All that are in the table
    #[arg(long)]
    pub(crate) all: bool,
    /// Why, for the log; players are not told
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    #[command(flatten)]
    pub(crate) confirm: ConfirmArgs,
}
