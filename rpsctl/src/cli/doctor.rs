use clap::Args;

use crate::cli::WatchInterval;

/// Check the stack's health and suggest remedies
///
/// The checks cover the table, the queues, the event source mapping, the functions, their permissions and their
/// logs, the API's stage and the alarms. They change nothing. If AWS refuses a request, that check is unknown and the others continue.
///
/// Exit code 0: every check is ok. Exit code 4: a check is wrong or unknown; its remedy is printed below it. With
/// --output json, each check is one line.
#[derive(Debug, Args)]
#[command(mut_arg("every", |every| every.default_value("30s").requires("watch")))]
pub(crate) struct DoctorArgs {
    /// Repeat the checks until Ctrl-C
    #[arg(long)]
    pub(crate) watch: bool,
    #[command(flatten)]
    pub(crate) every: WatchInterval,
}
