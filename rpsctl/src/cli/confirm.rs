use clap::Args;

/// How a destructive command is confirmed.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = "Confirmation")]
pub(crate) struct ConfirmArgs {
    /// Show what would be done, and do nothing
    #[arg(long, conflicts_with = "yes")]
    pub(crate) dry_run: bool,
    /// Do it without asking, as a script must say
    #[arg(long)]
    pub(crate) yes: bool,
}
