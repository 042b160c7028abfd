//! The command lines of `rpsctl play` and `rpsctl bots`.

use std::time::Duration;

use clap::Args;
use rps_game::Room;

use crate::cli::target::TARGET_HEADING;
use crate::cli::{duration, number, rate};
use crate::target::Address;

#[derive(Debug, Args)]
pub(crate) struct SocketArgs {
    /// Use the game at this WebSocket URL, such as wss://…/live
    #[arg(long, value_name = "WS", help_heading = TARGET_HEADING)]
    pub(crate) url: Option<Address>,
}

/// Play in this terminal
///
/// On a terminal, press r, p or s to play, Enter for another game, and q or Ctrl-C to leave. The last line shows the
/// other keys. Otherwise rpsctl reads one line from stdin for each round and each question, with the same letters or
/// words.
///
/// If the connection breaks, rpsctl connects again and resumes the game.
///
/// With --output json, rpsctl prints only the server's messages, one per line.
#[derive(Debug, Args)]
pub(crate) struct PlayArgs {
    #[command(flatten)]
    pub(crate) socket: SocketArgs,
    /// Play a friend who joins the room with the same code. Choose a code that nobody guesses
    #[arg(long, value_name = "CODE", conflicts_with = "bot")]
    pub(crate) room: Option<Room>,
    /// Play the bot of the server at once
    #[arg(long)]
    pub(crate) bot: bool,
}

/// Play games with bots and report the results
///
/// Each bot connects, joins, plays at random within the first half of the play window, and waits for
/// the result. Then it connects again, until the requested number of games has ended. The report
/// compares the messages that the two players of each game received.
///
/// Exit code 4: a game had no ending, its two players received contradictory results, a connection broke, or not all
/// games ended.
#[derive(Debug, Args)]
pub(crate) struct BotsArgs {
    /// Number of games to play
    #[arg(long, value_name = "GAMES", value_parser = number(1..=u32::MAX))]
    pub(crate) games: u32,
    /// Number of bots that play at the same time
    #[arg(long, value_name = "PLAYERS", value_parser = number(2..=u16::MAX))]
    pub(crate) concurrency: u16,
    /// Start the bots evenly over this time instead of all at once
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = duration)]
    pub(crate) ramp_up: Duration,
    /// Share of the games whose bots meet in a room, from 0 to 1
    #[arg(long, value_name = "RATE", default_value_t = 0.0, value_parser = rate)]
    pub(crate) room_rate: f64,
    /// Share of the games that a bot plays against the house, from 0 to 1. Together with --room-rate at most 1
    #[arg(long, value_name = "RATE", default_value_t = 0.0, value_parser = rate)]
    pub(crate) bot_rate: f64,
    /// Share of the players whose connection breaks in a game, and who resume it, from 0 to 1
    #[arg(long, value_name = "RATE", default_value_t = 0.0, value_parser = rate)]
    pub(crate) resume_rate: f64,
    #[command(flatten)]
    pub(crate) socket: SocketArgs,
}
