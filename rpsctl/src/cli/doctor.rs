use clap::Args;

use crate::cli::Every;

/// Check that everything is as it should be
///
/// Looks at the table, the queue, the functions, what may call them, and what they wrote and left behind. Nothing
/// is changed. A check that AWS does not allow is unknown, and the others go on.
///
/// Exit code 0: all is well. Exit code 4: something is wrong or unknown; under it is what to do. With --output
/// json each check is one line, whatever it found.
#[derive(Debug, Args)]
#[command(mut_arg("every", |every| every.default_value("30s")))]
pub(crate) struct DoctorArgs {
    /// Check again and again, redrawn in place, until Ctrl-C
    #[arg(long)]
    pub(crate) watch: bool,
    #[command(flatten)]
    pub(crate) every: Every,
}
