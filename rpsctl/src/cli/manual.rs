use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;

/// Print a manual page, or write all pages to a directory
///
/// To read a page: rpsctl man games list | man -l -
///
/// To install all pages: rpsctl man --dir ~/.local/share/man/man1
#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// Command whose page to print, such as `games list`; without it, the page of rpsctl
    #[arg(value_name = "COMMAND")]
    pub(crate) command: Vec<String>,
    /// Write all pages to this directory instead
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    pub(crate) dir: Option<PathBuf>,
}

/// Generate shell completions
///
/// For bash: rpsctl completions bash > ~/.local/share/bash-completion/completions/rpsctl
///
/// For zsh, write to a directory in $fpath: rpsctl completions zsh > ~/.zfunc/_rpsctl
///
/// For fish: rpsctl completions fish > ~/.config/fish/completions/rpsctl.fish
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// Shell to generate completions for
    pub(crate) shell: Shell,
}
