//! One file per command: its arguments, and what it does.

mod billing;
pub(crate) mod bots;
pub(crate) mod completions;
pub(crate) mod connections;
pub(crate) mod cost;
pub(crate) mod dlq;
pub(crate) mod doctor;
pub(crate) mod free_tier;
pub(crate) mod function;
pub(crate) mod games;
pub(crate) mod local;
pub(crate) mod man;
pub(crate) mod play;
pub(crate) mod queue;
pub(crate) mod watch;

use crate::players::client::{Address, ConnectError};

/// There is no game to play at: why, and what to do.
pub(crate) fn no_game(address: &Address, error: &ConnectError) -> anyhow::Error {
    let remedy = if address.is_loopback() {
        "start a game with `rpsctl local`, or check the URL"
    } else {
        "check the network, and that the game is still deployed there"
    };
    anyhow::anyhow!("{error}; {remedy}")
}
