//! The stack or `rpsctl local` that a command acts on, and what its parts are named.

mod address;

use std::str::FromStr;

use rps_contract::names::Function;
use rps_contract::stack;
use tokio_tungstenite::tungstenite::http::Uri;

pub(crate) use self::address::Address;
use self::address::is_loopback;

/// Where `rpsctl local` answers unless told otherwise.
pub(crate) const LOCAL_ENDPOINT: &str = "http://127.0.0.1:4566";

/// A game, by where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// A stack: in AWS, or at another endpoint.
    Stack {
        name: String,
        /// The endpoint, if not AWS's own.
        endpoint: Option<Endpoint>,
        login: Login,
    },
    /// A `rpsctl local`, or what goes by its names.
    Local { endpoint: Endpoint, login: Login },
}

/// Which account and region of AWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Login {
    /// Those of `rpsctl local`, whatever else is configured.
    Local,
    /// As configured for the AWS CLI too, but for what is given here.
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
    /// The name by which people confirm that they mean this game: the stack's, or `local`.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Stack { name, .. } => name,
            Self::Local { .. } => "local",
        }
    }

    pub(crate) fn table(&self) -> String {
        self.part(stack::table, rps_local::TABLE)
    }

    pub(crate) fn queue(&self) -> String {
        self.part(stack::queue, rps_local::QUEUE)
    }

    pub(crate) fn dead_letter_queue(&self) -> String {
        self.part(stack::dead_letter_queue, rps_local::DEAD_LETTER_QUEUE)
    }

    pub(crate) fn function(&self, which: Function) -> String {
        self.part(|stack| stack::function(stack, which), which.name())
    }

    fn part(&self, of_stack: impl Fn(&str) -> String, of_local: &str) -> String {
        match self {
            Self::Stack { name, .. } => of_stack(name),
            Self::Local { .. } => of_local.to_owned(),
        }
    }

    pub(crate) fn log_group(&self, which: Function) -> String {
        format!("/aws/lambda/{}", self.function(which))
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
