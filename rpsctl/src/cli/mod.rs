//! The command line: all types that clap reads. Imports no command.

mod bots;
mod completions;
mod confirm;
mod connections;
mod cost;
mod dlq;
mod doctor;
mod free_tier;
mod games;
mod local;
mod man;
mod play;
mod queue;
mod target;

use std::time::Duration;

use clap::builder::FalseyValueParser;
use clap::{ArgAction, Args, Parser, Subcommand};

use crate::output::Format;
use crate::target::Address;

pub(crate) use self::bots::BotsArgs;
pub(crate) use self::completions::CompletionsArgs;
pub(crate) use self::confirm::ConfirmArgs;
pub(crate) use self::connections::{
    ConnectionsArgs, ConnectionsCommand, DisconnectArgs, ListConnectionsArgs, ShowConnectionArgs,
};
pub(crate) use self::cost::{BillingArgs, CostArgs, CostCommand, PricesArgs};
pub(crate) use self::dlq::{DlqArgs, DlqCommand, ListDeadLettersArgs, PurgeArgs, RedriveArgs};
pub(crate) use self::doctor::DoctorArgs;
pub(crate) use self::free_tier::FreeTierArgs;
pub(crate) use self::games::{EndGamesArgs, GameFilter, GamesArgs, GamesCommand, ShowGameArgs};
pub(crate) use self::local::LocalArgs;
pub(crate) use self::man::ManArgs;
pub(crate) use self::play::PlayArgs;
pub(crate) use self::queue::{DrainArgs, MOST_MESSAGES, QueueArgs, QueueCommand, StatusArgs};
pub(crate) use self::target::TargetArgs;

use self::target::WHICH_GAME;

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

/// Where the players' socket is.
#[derive(Debug, Args)]
pub(crate) struct Socket {
    /// The players' socket
    #[arg(
        long,
        value_name = "WS",
        help = "The game at this socket, such as wss://…/live",
        help_heading = WHICH_GAME
    )]
    pub(crate) url: Option<Address>,
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
    use super::Cli;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
