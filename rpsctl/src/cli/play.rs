use clap::Args;

use crate::cli::Socket;

/// Play in this terminal
///
/// On a terminal press r, p or s to play, y or n when asked, q or Ctrl-C to leave. Otherwise rpsctl
/// reads lines with the same letters or words from stdin, one for each round and each question.
///
/// With --output json it prints what the server says, one message a line, and nothing else.
#[derive(Debug, Args)]
pub(crate) struct PlayArgs {
    #[command(flatten)]
    pub(crate) socket: Socket,
}
