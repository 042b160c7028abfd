use std::path::PathBuf;

use clap::Args;

use crate::cli::number;

/// Run the whole game on this machine
///
/// You need no AWS account and no network. This process serves API Gateway, Lambda, SQS and DynamoDB
/// on one port of 127.0.0.1. The four functions run in their own processes, as on Lambda.
///
/// When everything is ready, rpsctl prints one line of JSON on stdout. It has the table's name and the
/// URLs of the page, the players' socket, the AWS endpoint (for the AWS CLI's --endpoint-url), the
/// queue and @connections. The functions' logs go to stderr. Press Ctrl-C to stop.
#[derive(Debug, Args)]
pub(crate) struct LocalArgs {
    /// Port on 127.0.0.1; 0 picks a free one
    #[arg(long, value_name = "PORT", default_value_t = 4566, value_parser = number(0..=u16::MAX))]
    pub(crate) port: u16,
    /// Let phones and other machines in your network play: serve the page and the players' socket, and nothing else,
    /// on this machine's address too
    #[arg(long)]
    pub(crate) lan: bool,
    /// Keep the table in this file; without it, the table is lost at the end
    #[arg(long, value_name = "FILE")]
    pub(crate) data: Option<PathBuf>,
    /// Seconds that players have to play in each round
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = number(1..=60_u8))]
    pub(crate) play_window_s: u8,
    /// The round in which a draw ends the game
    #[arg(long, value_name = "ROUNDS", default_value_t = 5, value_parser = number(1..=12_u8))]
    pub(crate) max_rounds: u8,
    /// End a round as soon as both have played
    #[arg(long)]
    pub(crate) decide_early: bool,
    /// The limit of the lobby's places; a player who finds the lobby full gets try-again
    #[arg(long = "lobby-shards", value_name = "PLACES", default_value_t = 28, value_parser = number(1..=28_u8))]
    pub(crate) lobby_places: u8,
    /// Maximum number of processes per function
    #[arg(long, value_name = "PROCESSES", default_value_t = 4, value_parser = number(1..=u16::MAX))]
    pub(crate) concurrency: u16,
    /// Requests per second on the players' socket, shared as by the deployment's setting `rateLimit`;
    /// without it, nothing is throttled
    #[arg(long, value_name = "REQUESTS", requires = "burst_limit", value_parser = number(5..=10_000_u16))]
    pub(crate) rate_limit: Option<u16>,
    /// Requests at once on the players' socket, shared as by the deployment's setting `burstLimit`
    #[arg(long, value_name = "REQUESTS", requires = "rate_limit", value_parser = number(5..=5_000_u16))]
    pub(crate) burst_limit: Option<u16>,
    /// Inject faults, for tests: kill functions, drop sockets, throttle DynamoDB, duplicate and delay messages
    #[arg(long, hide = true)]
    pub(crate) faults: bool,
    /// Number of bots that play here, game after game; a single bot waits for people
    #[arg(long, value_name = "BOTS", value_parser = number(1..=u16::MAX))]
    pub(crate) bots: Option<u16>,
}
