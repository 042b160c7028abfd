//! `rpsctl completions`: what completes the command line in a shell.

use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};

use crate::cli::Cli;
use crate::exit::Exit;
use crate::output;

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
    shell: Shell,
}

/// Runs the command.
pub(crate) fn run(args: &CompletionsArgs) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    generate(args.shell, &mut Cli::command(), "rpsctl", &mut script);
    output::data(String::from_utf8(script)?.trim_end())?;
    Ok(Exit::Ok)
}
