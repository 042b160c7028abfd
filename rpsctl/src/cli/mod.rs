//! The command line as clap reads it.

use clap::builder::FalseyValueParser;
use clap::{ArgAction, Args, Parser, Subcommand};

use crate::aws::Deployment;
use crate::commands::{
    bots, completions, connections, cost, dlq, doctor, free_tier, games, local, man, play, queue,
};
use crate::exit::Failure;
use crate::output::Format;
use crate::place::{PlaceArgs, WHICH_GAME, environment};
use crate::players::client::Address;

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
    pub(crate) place: PlaceArgs,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the whole game on this machine: its functions, and the AWS they need
    Local(local::LocalArgs),
    /// Play in this terminal
    Play(play::PlayArgs),
    /// Let bots play, and report what they saw
    Bots(bots::BotsArgs),
    /// Look at the games under way, and end them
    Games(games::GamesArgs),
    /// Look at the players' connections, and close them
    Connections(connections::ConnectionsArgs),
    /// Look at the queue that is the games' clock, and drain it
    Queue(queue::QueueArgs),
    /// Look at the dead letters, and send them again or delete them
    Dlq(dlq::DlqArgs),
    /// Check that everything is as it should be
    Doctor(doctor::DoctorArgs),
    /// What a month costs, and what drives it
    Cost(cost::CostArgs),
    /// How much of what is free is used, and when it will be used up
    FreeTier(free_tier::FreeTierArgs),
    /// Print what completes the command line in a shell
    Completions(completions::CompletionsArgs),
    /// Print the manual
    Man(man::ManArgs),
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
    url: Option<Address>,
}

impl Socket {
    /// The address: `--url`, or that of the game which the other options or the environment name.
    pub(crate) async fn address(self, global: &Global) -> Result<Address, Failure> {
        global.place.check(self.url.is_some())?;
        if let Some(url) = self.url {
            return Ok(url);
        }
        match global.place.place(environment)? {
            Some(place) => Deployment::reach(place).await?.socket().await,
            None => Err(Failure::usage(
                "where is the game? Pass --stack NAME, --url WS, or --local for the one of `rpsctl local`",
            )),
        }
    }
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
