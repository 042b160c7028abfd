use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;

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

/// Print what completes the command line in a shell
///
/// For bash: rpsctl completions bash > ~/.local/share/bash-completion/completions/rpsctl
///
/// For zsh, into a directory of its $fpath: rpsctl completions zsh > ~/.zfunc/_rpsctl
///
/// For fish: rpsctl completions fish > ~/.config/fish/completions/rpsctl.fish
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    pub(crate) shell: Shell,
}
