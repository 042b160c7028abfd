use clap::Args;

use crate::cli::Socket;

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
    #[arg(long, value_name = "GAMES", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) games: u32,
    /// Players at a time
    #[arg(long, value_name = "PLAYERS", value_parser = clap::value_parser!(u16).range(2..))]
    pub(crate) concurrency: u16,
    #[command(flatten)]
    pub(crate) socket: Socket,
}
