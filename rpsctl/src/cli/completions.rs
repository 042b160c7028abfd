use clap::Args;
use clap_complete::Shell;

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
