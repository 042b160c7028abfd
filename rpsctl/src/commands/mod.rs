//! One file or folder per command (`manual` has two): parse, ask, show.

mod billing;
pub(crate) mod bots;
pub(crate) mod connections;
pub(crate) mod cost;
pub(crate) mod dlq;
pub(crate) mod doctor;
pub(crate) mod free_tier;
pub(crate) mod games;
mod list;
pub(crate) mod local;
pub(crate) mod manual;
pub(crate) mod play;
pub(crate) mod queue;
mod watch;

use crate::aws::Deployment;
use crate::cli::{Global, Socket};
use crate::exit::Failure;
use crate::output;
use crate::players::client::ConnectError;
use crate::target::Address;

/// What a mapping that is off means, and what to do.
const PAUSED: &str = "the mapping is off, so no round is decided and no game ends: turn it on with \
    `rpsctl queue drain --resume`";

/// Warns if the mapping is off, as an interrupted drain may have left it. Without the permission to ask, there is no
/// warning.
async fn warn_if_paused(deployment: &Deployment) {
    if deployment.mapping().await.is_ok_and(|state| state.is_off()) {
        output::note(PAUSED);
    }
}

/// The players' socket: `--url`, or that of the target that the other options or the environment name.
async fn address(socket: Socket, global: &Global) -> Result<Address, Failure> {
    global.target.check(socket.url.is_some())?;
    if let Some(url) = socket.url {
        return Ok(url);
    }
    match global.target.given()? {
        Some(target) => Deployment::reach(target).await?.socket().await,
        None => Err(Failure::usage(
            "where is the game? Pass --stack NAME, --url WS, or --local for the one of `rpsctl local`",
        )),
    }
}

/// There is no game to play at: why, and what to do.
fn no_game(address: &Address, error: &ConnectError) -> anyhow::Error {
    let remedy = if address.is_loopback() {
        "start a game with `rpsctl local`, or check the URL"
    } else {
        "check the network, and that the game is still deployed there"
    };
    anyhow::anyhow!("{error}; {remedy}")
}
