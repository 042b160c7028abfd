//! The target: the stack or `rpsctl local` that a command acts on, and the names of its resources.

mod address;
mod command;

use std::str::FromStr;

use rps_contract::names::Function;
use rps_contract::stack;
use tokio_tungstenite::tungstenite::http::Uri;

pub(crate) use self::address::Address;
use self::address::is_loopback;
pub(crate) use self::command::quoted;

/// The default endpoint of `rpsctl local`.
pub(crate) const LOCAL_ENDPOINT: &str = "http://127.0.0.1:4566";

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// A stack in AWS, or at another endpoint.
    Stack {
        name: String,
        /// None for AWS itself.
        endpoint: Option<Endpoint>,
        login: Login,
    },
    /// A `rpsctl local`, or another emulator with the same resource names.
    Local { endpoint: Endpoint, login: Login },
}

/// The AWS account and region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Login {
    /// The fixed credentials and region of `rpsctl local`.
    Local,
    /// The configuration of the AWS CLI. A region or profile given here replaces the configured one.
    Configured {
        region: Option<String>,
        profile: Option<String>,
    },
}

impl Login {
    pub(crate) fn profile(&self) -> Option<&str> {
        match self {
            Self::Configured { profile, .. } => profile.as_deref(),
            Self::Local => None,
        }
    }
}

impl Target {
    /// The name that an operator types to confirm a change: the stack's name, or `local`.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Stack { name, .. } => name,
            Self::Local { .. } => "local",
        }
    }

    pub(crate) fn table(&self) -> String {
        self.name_of(stack::table, rps_local::TABLE)
    }

    pub(crate) fn queue(&self) -> String {
        self.name_of(stack::queue, rps_local::QUEUE)
    }

    pub(crate) fn dead_letter_queue(&self) -> String {
        self.name_of(stack::dead_letter_queue, rps_local::DEAD_LETTER_QUEUE)
    }

    pub(crate) fn function(&self, function: Function) -> String {
        self.name_of(|stack| stack::function(stack, function), function.name())
    }

    fn name_of(&self, in_stack: impl Fn(&str) -> String, in_local: &str) -> String {
        match self {
            Self::Stack { name, .. } => in_stack(name),
            Self::Local { .. } => in_local.to_owned(),
        }
    }

    pub(crate) fn log_group(&self, function: Function) -> String {
        format!("/aws/lambda/{}", self.function(function))
    }

    pub(crate) fn endpoint(&self) -> Option<&Endpoint> {
        match self {
            Self::Stack { endpoint, .. } => endpoint.as_ref(),
            Self::Local { endpoint, .. } => Some(endpoint),
        }
    }

    pub(crate) fn login(&self) -> &Login {
        match self {
            Self::Stack { login, .. } | Self::Local { login, .. } => login,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint(String);

impl Endpoint {
    /// The default of `rpsctl local`.
    pub(crate) fn local() -> Self {
        Self(LOCAL_ENDPOINT.to_owned())
    }

    /// The URL, without a trailing slash.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the endpoint is on this machine, so that it cannot be AWS itself.
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
            Err("use a URL like http://127.0.0.1:4566")
        }
    }
}
