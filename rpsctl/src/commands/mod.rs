//! One file per command: its arguments, and what it does.

pub(crate) mod bots;
pub(crate) mod function;
pub(crate) mod local;
pub(crate) mod play;

use crate::client::ConnectError;

/// There is no game to play at: why, and what to do.
pub(crate) fn no_game(error: &ConnectError) -> anyhow::Error {
    anyhow::anyhow!("{error}; start a game with `rpsctl local`, or check the URL")
}
