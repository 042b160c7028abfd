//! The command line as clap reads it.

use clap::{Args, Parser, Subcommand};

use crate::aws;
use crate::client::Address;
use crate::commands::{bots, games, local, play};
use crate::exit::Failure;
use crate::output::Format;
use crate::place::{PlaceArgs, WHICH_GAME, environment};

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
    /// Look at the games under way
    Games(games::GamesArgs),
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
            Some(place) => aws::socket(place).await,
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
