//! Which game a command is about: the options that say so, and the environment where they do not.
//!
//! Nothing here asks AWS. An option beats the environment, and two options for two games are refused.

use std::str::FromStr;

use clap::Args;
use rps_contract::names::Function;
use rps_contract::stack::{self, NAME_TAKES, is_name};
use tokio_tungstenite::tungstenite::http::Uri;

use crate::exit::Failure;
use crate::players::client::is_loopback;

/// Where `rpsctl local` answers unless told otherwise.
pub(crate) const LOCAL_ENDPOINT: &str = "http://127.0.0.1:4566";

/// The environment variable behind `--stack`.
const STACK: &str = "RPSCTL_STACK";
/// The environment variable behind `--endpoint-url`, which is AWS's own.
const ENDPOINT_URL: &str = "AWS_ENDPOINT_URL";

/// The heading of these options in the help.
pub(crate) const WHICH_GAME: &str = "Which game";

/// The options that say which game.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = WHICH_GAME)]
pub(crate) struct PlaceArgs {
    /// The stack
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        help = "The game of this stack, as deployed by `pulumi up` [env: RPSCTL_STACK]"
    )]
    pub(crate) stack: Option<String>,
    /// The region
    #[arg(
        long,
        global = true,
        value_name = "REGION",
        help = "The stack's AWS region [env: AWS_REGION, or as the profile says]"
    )]
    pub(crate) region: Option<String>,
    /// The profile
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        help = "The profile of the AWS CLI that has the credentials [env: AWS_PROFILE]"
    )]
    pub(crate) profile: Option<String>,
    /// The endpoint
    #[arg(
        long,
        global = true,
        value_name = "URL",
        help = "AWS at this URL; without --stack a `rpsctl local` [env: AWS_ENDPOINT_URL]"
    )]
    pub(crate) endpoint_url: Option<Endpoint>,
    /// Use the game of `rpsctl local` on this machine
    #[arg(long, global = true)]
    pub(crate) local: bool,
}

/// A game, by where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// A stack: in AWS, or at another endpoint.
    Stack {
        /// Its name.
        name: String,
        /// The endpoint, if not AWS's own.
        endpoint: Option<Endpoint>,
        /// The account.
        login: Login,
    },
    /// A `rpsctl local`, or what goes by its names.
    Local {
        /// Its endpoint.
        endpoint: Endpoint,
        /// The account.
        login: Login,
    },
}

/// Which account and region of AWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Login {
    /// Those of `rpsctl local`, whatever else is configured.
    Local,
    /// As configured for the AWS CLI too, but for what is given here.
    Configured {
        /// The region.
        region: Option<String>,
        /// The profile.
        profile: Option<String>,
    },
}

impl Login {
    /// The profile that is asked for.
    pub(crate) fn profile(&self) -> Option<&str> {
        match self {
            Self::Configured { profile, .. } => profile.as_deref(),
            Self::Local => None,
        }
    }
}

impl PlaceArgs {
    /// The options among these, and `--url` if the command has that, that name a game each.
    fn named(&self, url: bool) -> impl Iterator<Item = &'static str> {
        let stack = self.stack.is_some();
        let options = [
            ("--url", url),
            ("--local", self.local),
            ("--stack", stack),
            // With --stack it says where that stack is.
            ("--endpoint-url", self.endpoint_url.is_some() && !stack),
        ];
        options
            .into_iter()
            .filter_map(|(option, given)| given.then_some(option))
    }

    /// Refuses options that contradict each other; `url` is whether the command has `--url` and it is given.
    pub(crate) fn check(&self, url: bool) -> Result<(), Failure> {
        let mut named = self.named(url);
        match (named.next(), named.next()) {
            (Some(one), Some(other)) => Err(Failure::usage(format!(
                "{one} and {other} are two games; pass one of them"
            ))),
            _ => Ok(()),
        }
    }

    /// The game that a command without `--url` is about.
    pub(crate) fn chosen(&self) -> Result<Place, Failure> {
        let place = self.place(environment)?;
        place.ok_or_else(|| {
            Failure::usage(
                "which game? Pass --stack NAME, or --local for the one of `rpsctl local`",
            )
        })
    }

    /// The game, from the options or else from the environment; none if neither says.
    pub(crate) fn place(
        &self,
        env: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Place>, Failure> {
        self.check(false)?;
        if self.local {
            let endpoint = Endpoint(LOCAL_ENDPOINT.to_owned());
            let login = Login::Local;
            return Ok(Some(Place::Local { endpoint, login }));
        }
        let env = |name| env(name).filter(|value| !value.is_empty());
        let name = self.stack.clone().or_else(|| env(STACK));
        let endpoint = self.endpoint(env(ENDPOINT_URL))?;
        let login = self.login();
        match (name, endpoint) {
            (Some(name), _) if !is_name(&name) => Err(Failure::usage(format!(
                "'{name}' is no name of a stack: one takes {NAME_TAKES}"
            ))),
            (Some(name), endpoint) => Ok(Some(Place::Stack {
                name,
                endpoint,
                login,
            })),
            (None, Some(endpoint)) => Ok(Some(Place::Local { endpoint, login })),
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

/// A variable of this process.
pub(crate) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

impl Place {
    /// The name by which people confirm that they mean this game: the stack's, or `local`.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Stack { name, .. } => name,
            Self::Local { .. } => "local",
        }
    }

    /// The table of the game.
    pub(crate) fn table(&self) -> String {
        match self {
            Self::Stack { name, .. } => stack::table(name),
            Self::Local { .. } => rps_local::TABLE.to_owned(),
        }
    }

    /// The queue that is the clock.
    pub(crate) fn queue(&self) -> String {
        match self {
            Self::Stack { name, .. } => stack::queue(name),
            Self::Local { .. } => rps_local::QUEUE.to_owned(),
        }
    }

    /// Its dead-letter queue.
    pub(crate) fn dead_letter_queue(&self) -> String {
        match self {
            Self::Stack { name, .. } => stack::dead_letter_queue(name),
            Self::Local { .. } => rps_local::DEAD_LETTER_QUEUE.to_owned(),
        }
    }

    /// A function.
    pub(crate) fn function(&self, which: Function) -> String {
        match self {
            Self::Stack { name, .. } => stack::function(name, which),
            Self::Local { .. } => which.name().to_owned(),
        }
    }

    /// The log group of a function.
    pub(crate) fn log_group(&self, which: Function) -> String {
        format!("/aws/lambda/{}", self.function(which))
    }

    /// Where AWS is, if not at its own address.
    pub(crate) fn endpoint(&self) -> Option<&Endpoint> {
        match self {
            Self::Stack { endpoint, .. } => endpoint.as_ref(),
            Self::Local { endpoint, .. } => Some(endpoint),
        }
    }

    /// The account.
    pub(crate) fn login(&self) -> &Login {
        match self {
            Self::Stack { login, .. } | Self::Local { login, .. } => login,
        }
    }
}

/// The URL of an endpoint of AWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint(String);

impl Endpoint {
    /// The URL, without a slash at its end.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is on this machine, and so not AWS itself.
    pub(crate) fn is_loopback(&self) -> bool {
        self.0.parse().is_ok_and(|uri: Uri| is_loopback(&uri))
    }
}

impl FromStr for Endpoint {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let uri: Uri = text.parse().map_err(|_| "this is not a URL")?;
        let http = matches!(uri.scheme_str(), Some("http" | "https"));
        let host = uri.host().is_some_and(|host| !host.is_empty());
        if http && host && uri.path() == "/" && uri.query().is_none() {
            Ok(Self(text.trim_end_matches('/').to_owned()))
        } else {
            Err("an endpoint's URL looks like http://127.0.0.1:4566")
        }
    }
}

#[cfg(test)]
mod tests;
