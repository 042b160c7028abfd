//! The command line: all types that clap reads. Imports no command.

mod connections;
mod cost;
mod dlq;
mod doctor;
mod games;
mod local;
mod manual;
mod players;
mod queue;
mod target;

use std::time::Duration;

use clap::builder::FalseyValueParser;
use clap::{ArgAction, Args, Parser, Subcommand};

pub(crate) use self::connections::{
    ConnectionsArgs, ConnectionsCommand, DisconnectArgs, ListConnectionsArgs, ShowConnectionArgs,
};
pub(crate) use self::cost::{BillingArgs, CostArgs, CostCommand, FreeTierArgs};
pub(crate) use self::dlq::{DlqArgs, DlqCommand, ListDeadLettersArgs, PurgeArgs, RedriveArgs};
pub(crate) use self::doctor::DoctorArgs;
pub(crate) use self::games::{EndGamesArgs, GameFilter, GamesArgs, GamesCommand, ShowGameArgs};
pub(crate) use self::local::LocalArgs;
pub(crate) use self::manual::{CompletionsArgs, ManArgs};
pub(crate) use self::players::{BotsArgs, PlayArgs, Socket};
pub(crate) use self::queue::{DrainArgs, MOST_MESSAGES, QueueArgs, QueueCommand, StatusArgs};
pub(crate) use self::target::TargetArgs;
use crate::output::Format;

/// Real-time rock paper scissors: play it, watch it, run it on this machine.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true)]
#[command(after_help = "\
Exit codes: 0 ok, 1 unexpected, 2 usage, 3 refused or unconfirmed, 4 found unhealthy or over a limit, \
5 no such thing.

Start with `rpsctl local --bots 2`, and play with `rpsctl play --local` in a second terminal.")]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// How data is printed
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "FORMAT",
        default_value_t
    )]
    pub(crate) output: Format,
    /// Refuse every command that changes something
    #[arg(
        long,
        global = true,
        env = "RPSCTL_READ_ONLY",
        hide_env_values = true,
        value_parser = FalseyValueParser::new(),
        action = ArgAction::SetTrue
    )]
    pub(crate) read_only: bool,
    #[command(flatten)]
    pub(crate) target: TargetArgs,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the whole game on this machine: its functions, and the AWS they need
    Local(LocalArgs),
    /// Play in this terminal
    Play(PlayArgs),
    /// Let bots play, and report what they saw
    Bots(BotsArgs),
    /// Look at the games under way, and end them
    Games(GamesArgs),
    /// Look at the players' connections, and close them
    Connections(ConnectionsArgs),
    /// Look at the queue that is the games' clock, and drain it
    Queue(QueueArgs),
    /// Look at the dead letters, and send them again or delete them
    Dlq(DlqArgs),
    /// Check that everything is as it should be
    Doctor(DoctorArgs),
    /// What a month costs, and what drives it
    Cost(CostArgs),
    /// How much of what is free is used, and when it will be used up
    FreeTier(FreeTierArgs),
    /// Print what completes the command line in a shell
    Completions(CompletionsArgs),
    /// Print the manual
    Man(ManArgs),
}

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

/// How often.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Every {
    /// The pause between two looks when watching. Each look reads the table, which AWS charges for
    #[arg(long, value_name = "TIME", default_value = "2s", value_parser = pause)]
    pub(crate) every: Duration,
}

/// A pause that does not make AWS work without one.
fn pause(text: &str) -> Result<Duration, String> {
    let pause = humantime::parse_duration(text).map_err(|why| why.to_string())?;
    if pause < Duration::from_millis(100) {
        return Err("the shortest pause is 100ms".to_owned());
    }
    Ok(pause)
}

#[cfg(test)]
mod tests {
    use clap::error::ErrorKind;
    use clap::{CommandFactory, Parser};

    use super::Cli;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn values_beyond_their_limits() {
        for line in [
            "local --port 66000",
            "local --play-window-s 0",
            "local --play-window-s 61",
            "local --max-rounds 13",
            "local --lobby-shards 17",
            "local --concurrency 0",
            "local --bots 1",
            "play --url http://127.0.0.1/",
            "bots --local --games 0 --concurrency 2",
            "bots --local --games 2 --concurrency 1",
            "games list --local --limit 0",
            "games watch --local --every 99ms",
            "cost --local --days 29",
            "free-tier --local --fail-over=-1",
        ] {
            let refused = Cli::try_parse_from(format!("rpsctl {line}").split(' '));
            let kind = refused.expect_err(line).kind();
            assert_eq!(kind, ErrorKind::ValueValidation, "{line}");
        }
    }
}
