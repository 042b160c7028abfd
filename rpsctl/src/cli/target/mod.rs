//! The options that select the target of a command, and the environment variables that replace them.
//!
//! An option takes precedence over its variable. Two options that select different targets are an error.

use clap::Args;
use rps_contract::stack::{NAME_TAKES, is_name};

use crate::exit::Failure;
use crate::target::{Endpoint, Login, Target};

const STACK: &str = "RPSCTL_STACK";
/// The AWS CLI reads this variable too.
const ENDPOINT_URL: &str = "AWS_ENDPOINT_URL";

pub(super) const TARGET_HEADING: &str = "Target";

/// The options that select the target.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = TARGET_HEADING)]
#[expect(clippy::doc_markdown, reason = "help shows no backticks")]
pub(crate) struct TargetArgs {
    /// Use the stack NAME, deployed by `pulumi up` [env: RPSCTL_STACK]
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) stack: Option<String>,
    /// AWS region [env: AWS_REGION] [default: the profile's region]
    #[arg(long, global = true, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// AWS CLI profile with the credentials [env: AWS_PROFILE]
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Send AWS requests to this URL; without --stack, use the `rpsctl local` there [env: AWS_ENDPOINT_URL]
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) endpoint_url: Option<Endpoint>,
    /// Use `rpsctl local` on this machine, at its default port
    #[arg(long, global = true)]
    pub(crate) local: bool,
}

impl TargetArgs {
    /// Refuses two options that select different targets. `url` says whether the command line has `--url`.
    pub(crate) fn check(&self, url: bool) -> Result<(), Failure> {
        let stack = self.stack.is_some();
        let options = [
            ("--url", url),
            ("--local", self.local),
            ("--stack", stack),
            // With --stack it is the endpoint of that stack.
            ("--endpoint-url", self.endpoint_url.is_some() && !stack),
        ];
        let given: Vec<_> = options.into_iter().filter(|(_, given)| *given).collect();
        match given[..] {
            [(one, _), (other, _), ..] => Err(Failure::usage(format!(
                "{one} and {other} select different targets: pass only one of them"
            ))),
            _ => Ok(()),
        }
    }

    /// The target of a command that needs one.
    pub(crate) fn required(&self) -> Result<Target, Failure> {
        self.given()?.ok_or_else(|| {
            Failure::usage("no target: pass --stack NAME, or --local to use `rpsctl local`")
        })
    }

    /// The target from the options, else from the environment, if either has one.
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
                "invalid stack name '{name}': use {NAME_TAKES}"
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

    /// The account for a command without a target: the configured one, changed by these options.
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
                Failure::usage(format!(
                    "invalid URL '{url}' in the environment variable {name}: {why}"
                ))
            }),
            (None, None) => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests;
