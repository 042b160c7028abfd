//! One file or folder per command. `manual` has two commands.

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
#[cfg(test)]
mod tests;
mod watch;

use crate::aws::Deployment;
use crate::cli::{Global, SocketArgs};
use crate::exit::{Exit, Failure};
use crate::operate::check_account;
use crate::output;
use crate::players::client::ConnectError;
use crate::target::{Address, Target};

/// Warns if the mapping is paused, for example by a killed drain. Without the permission to read the mapping, there is
/// no warning.
async fn warn_if_paused(deployment: &Deployment) {
    Outlook::read(deployment).await.warn_if_paused();
}

/// The facts outside the table that a game's next step depends on.
struct Outlook<'a> {
    target: &'a Target,
    /// Whether the mapping is paused. None if rpsctl cannot read the mapping.
    paused: Option<bool>,
    now_ms: u64,
}

impl<'a> Outlook<'a> {
    async fn read(deployment: &'a Deployment) -> Self {
        let mapping = deployment.mapping().await;
        Self {
            target: deployment.target(),
            paused: mapping.ok().map(|state| state.is_off()),
            now_ms: deployment.now_ms(),
        }
    }

    fn is_paused(&self) -> bool {
        self.paused == Some(true)
    }

    fn warn_if_paused(&self) {
        if self.is_paused() {
            output::note(format_args!(
                "the mapping is paused, so no round is decided and no game ends; resume it with {}",
                self.command("queue resume")
            ));
        }
    }

    /// A command as a remedy.
    fn command(&self, words: &str) -> String {
        format!("`{}`", self.target.rpsctl(words))
    }
}

/// The players' socket: `--url`, else the socket of the target. Read-only mode refuses it: a game changes the target.
async fn address(socket: SocketArgs, global: &Global) -> Result<Address, Failure> {
    Ok(find_game(socket, global).await?.0)
}

/// The players' socket, and the deployment unless `--url` replaces it.
async fn find_game(
    socket: SocketArgs,
    global: &Global,
) -> Result<(Address, Option<Deployment>), Failure> {
    if global.read_only {
        let message = "no game was played: --read-only or RPSCTL_READ_ONLY is set, and a game changes the target; \
                       unset it to play";
        return Err(Failure::new(Exit::Refused, message));
    }
    global.target.check(socket.url.is_some())?;
    if let Some(url) = socket.url {
        return Ok((url, None));
    }
    match global.target.given()? {
        Some(target) => {
            let deployment = Deployment::reach(target).await?;
            check_account(&deployment, global).await?;
            Ok((deployment.socket().await?, Some(deployment)))
        }
        None => Err(Failure::usage(
            "no target: pass --stack NAME, --url WS, or --local to use `rpsctl local`",
        )),
    }
}

/// Adds a remedy to a failed connection.
fn connect_error(address: &Address, error: &ConnectError) -> anyhow::Error {
    let remedy = match error {
        ConnectError::Refused(_, status) if *status == 403 => {
            "check that the stack is still deployed, and that blockedCidrs does not contain your address"
        }
        ConnectError::Refused(_, status) if *status == 429 => {
            "too many requests (rateLimit, burstLimit) or connections; try again later"
        }
        ConnectError::Refused(_, status) if *status == 503 => {
            "the game is closed (acceptPlayers), or AWS fails; try again later"
        }
        _ if address.is_loopback() => "start `rpsctl local`, or check the URL",
        _ => "check the network, and check that the stack is still deployed",
    };
    anyhow::anyhow!("{error}; {remedy}")
}
