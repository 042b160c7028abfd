use std::path::PathBuf;

use clap::Args;

/// Print the manual
///
/// To read it: rpsctl man games list | man -l -
///
/// To install it: rpsctl man --dir ~/.local/share/man/man1
#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// The command whose page is printed, such as `games list`; without one that of rpsctl
    #[arg(value_name = "COMMAND")]
    pub(crate) command: Vec<String>,
    /// Write all pages into this directory instead
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    pub(crate) dir: Option<PathBuf>,
}
