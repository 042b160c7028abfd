//! The command lines of players, people and bots.

use clap::{Args, value_parser};

use crate::cli::target::WHICH_GAME;
use crate::target::Address;

/// Where the players' socket is.
#[derive(Debug, Args)]
pub(crate) struct Socket {
    /// The game at this socket, such as wss://…/live
    #[arg(long, value_name = "WS", help_heading = WHICH_GAME)]
    pub(crate) url: Option<Address>,
}

/// Play in this terminal
///
/// On a terminal press r, p or s to play, y or n when asked, q or Ctrl-C to leave. Otherwise rpsctl
/// reads lines with the same letters or words from stdin, one for each round and each question.
///
/// With --output json it prints what the server says, one message a line, and nothing else.
#[derive(Debug, Args)]
pub(crate) struct PlayArgs {
    #[command(flatten)]
    pub(crate) socket: Socket,
}

/// Let bots play, and report what they saw
///
/// Each bot is a player: it connects, joins, plays at random within the first half of the play window,
/// hears how the game ends, and connects again, until the games wanted are over. What the two players
/// of each game were told is compared.
///
/// Exit code 4: a game was lost, or two truths were told about it, or the games could not be finished.
#[derive(Debug, Args)]
pub(crate) struct BotsArgs {
    /// Games to play
    #[arg(long, value_name = "GAMES", value_parser = value_parser!(u32).range(1..))]
    pub(crate) games: u32,
    /// Players at a time
    #[arg(long, value_name = "PLAYERS", value_parser = value_parser!(u16).range(2..))]
    pub(crate) concurrency: u16,
    #[command(flatten)]
    pub(crate) socket: Socket,
}
