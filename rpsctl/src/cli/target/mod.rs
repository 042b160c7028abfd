//! The options that say which target a command acts on, and the environment where they do not.
//!
//! An option beats the environment, and two options for two targets are refused.

use clap::Args;
use rps_contract::stack::{NAME_TAKES, is_name};

use crate::exit::Failure;
use crate::target::{Endpoint, Login, Target};

const STACK: &str = "RPSCTL_STACK";
/// AWS's own variable.
const ENDPOINT_URL: &str = "AWS_ENDPOINT_URL";

pub(super) const WHICH_GAME: &str = "Which game";

/// The options that say which game.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = WHICH_GAME)]
#[expect(clippy::doc_markdown, reason = "help shows no backticks")]
pub(crate) struct TargetArgs {
    /// The game of this stack, as deployed by `pulumi up` [env: RPSCTL_STACK]
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) stack: Option<String>,
    /// The stack's AWS region [env: AWS_REGION, or as the profile says]
    #[arg(long, global = true, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// The profile of the AWS CLI that has the credentials [env: AWS_PROFILE]
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// AWS at this URL; without --stack a `rpsctl local` [env: AWS_ENDPOINT_URL]
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) endpoint_url: Option<Endpoint>,
    /// Use the game of `rpsctl local` on this machine
    #[arg(long, global = true)]
    pub(crate) local: bool,
}

impl TargetArgs {
    /// Refuses options that name a game each; `url` is whether the command has `--url` and it is given.
    pub(crate) fn check(&self, url: bool) -> Result<(), Failure> {
        let stack = self.stack.is_some();
        let options = [
            ("--url", url),
            ("--local", self.local),
            ("--stack", stack),
            // With --stack it says where that stack is.
            ("--endpoint-url", self.endpoint_url.is_some() && !stack),
        ];
        let given: Vec<_> = options.into_iter().filter(|(_, given)| *given).collect();
        match given[..] {
            [(one, _), (other, _), ..] => Err(Failure::usage(format!(
                "{one} and {other} are two games; pass one of them"
            ))),
            _ => Ok(()),
        }
    }

    /// The target of a command that cannot go without.
    pub(crate) fn required(&self) -> Result<Target, Failure> {
        self.given()?.ok_or_else(|| {
            Failure::usage(
                "which game? Pass --stack NAME, or --local for the one of `rpsctl local`",
            )
        })
    }

    /// The target, from the options or else from the environment; none if neither says.
    pub(crate) fn given(&self) -> Result<Option<Target>, Failure> {
        self.resolve(|name| std::env::var(name).ok())
    }

    fn resolve(&self, env: impl Fn(&str) -> Option<String>) -> Result<Option<Target>, Failure> {
        self.check(false)?;
        if self.local {
            return Ok(Some(Target::Local {
                endpoint: Endpoint::local(),
                login: Login::Local,
            }));
        }
        let env = |name| env(name).filter(|value| !value.is_empty());
        let name = self.stack.clone().or_else(|| env(STACK));
        let endpoint = self.endpoint(env(ENDPOINT_URL))?;
        let login = self.login();
        match (name, endpoint) {
            (Some(name), _) if !is_name(&name) => Err(Failure::usage(format!(
                "'{name}' is no name of a stack: one takes {NAME_TAKES}"
            ))),
            (Some(name), endpoint) => Ok(Some(Target::Stack {
                name,
                endpoint,
                login,
            })),
            (None, Some(endpoint)) => Ok(Some(Target::Local { endpoint, login })),
            (None, None) => Ok(None),
        }
    }

    /// The account where no game is meant: as configured, but for what these options say.
    pub(crate) fn login(&self) -> Login {
        Login::Configured {
            region: self.region.clone(),
            profile: self.profile.clone(),
        }
    }

    fn endpoint(&self, from_env: Option<String>) -> Result<Option<Endpoint>, Failure> {
        match (&self.endpoint_url, from_env) {
            (Some(url), _) => Ok(Some(url.clone())),
            (None, Some(url)) => url.parse().map(Some).map_err(|why| {
                let name = ENDPOINT_URL;
                Failure::usage(format!("the environment's {name} is '{url}': {why}"))
            }),
            (None, None) => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests;
