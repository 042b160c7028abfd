use std::path::PathBuf;

use clap::{Args, value_parser};

/// Run the whole game on this machine: its functions, and the AWS they need
///
/// Needs no account and no network: API Gateway, Lambda, SQS and DynamoDB are in this one process, on
/// one port of 127.0.0.1, and the four functions run in processes of their own as they do on Lambda.
///
/// When ready it prints one line of JSON on stdout: the URLs of the page, of the
/// players' socket, of every AWS service (for the AWS CLI's --endpoint-url), of the queue and of
/// @connections, and the table's name. Everything else is on stderr: what each function logs, with its
/// name. Ctrl-C ends it.
#[derive(Debug, Args)]
pub(crate) struct LocalArgs {
    /// The port on 127.0.0.1; 0 picks a free one
    #[arg(long, value_name = "PORT", default_value_t = 4566)]
    pub(crate) port: u16,
    /// Keep the table in this file; without it the table is gone at the end
    #[arg(long, value_name = "FILE")]
    pub(crate) data: Option<PathBuf>,
    /// Seconds players have to play
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = value_parser!(u8).range(1..=60))]
    pub(crate) play_window_s: u8,
    /// Rounds after which a draw is final
    #[arg(long, value_name = "ROUNDS", default_value_t = 5, value_parser = value_parser!(u8).range(1..=12))]
    pub(crate) max_rounds: u8,
    /// Shards of the lobby; with more than one, who waits alone is brought to the others after 5 seconds
    #[arg(long, value_name = "SHARDS", default_value_t = 1, value_parser = value_parser!(u8).range(1..=16))]
    pub(crate) lobby_shards: u8,
    /// Processes of each function at a time
    #[arg(long, value_name = "PROCESSES", default_value_t = 4, value_parser = value_parser!(u16).range(1..))]
    pub(crate) concurrency: u16,
    /// Let so many bots play here, game after game
    #[arg(long, value_name = "BOTS", value_parser = value_parser!(u16).range(2..))]
    pub(crate) bots: Option<u16>,
}
