//! The functions' configuration. Each function reads the environment once, when it starts, and stops if
//! a variable is missing or invalid.
//!
//! No other file reads the environment. (`lambda_runtime` reads the variables that Lambda sets.)

use std::ops::RangeInclusive;
use std::str::FromStr;

#[cfg(feature = "operator")]
use rps_contract::names::Function;
use rps_contract::names::env;
use rps_contract::{AllowedOrigins, BlockedCidrs};
use rps_game::Rules;
use rps_game::lobby::PLACES;

/// The settings that all functions share.
#[derive(Debug, Clone)]
pub struct AwsConfig {
    pub region: String,
    pub credentials: Credentials,
    /// The endpoint of the local AWS, from `AWS_ENDPOINT_URL`.
    pub endpoint_url: Option<String>,
    pub table: String,
}

/// The credentials of the function's role, set by Lambda.
#[derive(Debug, Clone)]
pub struct Credentials {
    pub access_key_id: String,
    pub secret_access_key: String,
    pub session_token: Option<String>,
}

#[derive(Debug)]
pub struct ConnectionConfig {
    pub aws: AwsConfig,
    pub management_url: String,
    pub allowed_origins: AllowedOrigins,
    pub blocked_cidrs: BlockedCidrs,
    pub accept_players: bool,
    pub log_source_addresses: bool,
}

#[derive(Debug)]
pub struct JoinConfig {
    pub aws: AwsConfig,
    pub queue_url: String,
    pub management_url: String,
    pub rules: Rules,
    /// The limit of the lobby's places.
    pub lobby_places: u8,
}

#[derive(Debug)]
pub struct PlayConfig {
    pub aws: AwsConfig,
    pub queue_url: String,
}

#[derive(Debug)]
pub struct DecideConfig {
    pub aws: AwsConfig,
    pub queue_url: String,
    pub management_url: String,
    pub rules: Rules,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    #[error("cannot start: the environment variable {0} is not set; set it and deploy again")]
    Missing(&'static str),
    #[error("cannot start: invalid {name} {value:?}; use {takes}")]
    Invalid {
        name: &'static str,
        value: String,
        takes: &'static str,
    },
}

/// A configuration that a function reads from the environment when it starts.
pub trait FromVariables: Sized {
    fn from_variables(variables: &Variables<'_>) -> Result<Self, ConfigError>;

    fn from_env() -> Result<Self, ConfigError> {
        Self::from_variables(&Variables(&|name| std::env::var(name).ok()))
    }
}

impl FromVariables for AwsConfig {
    fn from_variables(variables: &Variables<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            region: variables.required("AWS_REGION")?,
            credentials: Credentials {
                access_key_id: variables.required("AWS_ACCESS_KEY_ID")?,
                secret_access_key: variables.required("AWS_SECRET_ACCESS_KEY")?,
                session_token: variables.optional("AWS_SESSION_TOKEN"),
            },
            endpoint_url: variables.optional("AWS_ENDPOINT_URL"),
            table: variables.required(env::TABLE)?,
        })
    }
}

impl FromVariables for ConnectionConfig {
    fn from_variables(variables: &Variables<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            aws: AwsConfig::from_variables(variables)?,
            management_url: variables.management_url()?,
            allowed_origins: variables.list(env::ALLOWED_ORIGINS, AllowedOrigins::All)?,
            blocked_cidrs: variables.list(env::BLOCKED_CIDRS, BlockedCidrs::default())?,
            accept_players: variables.boolean(env::ACCEPT_PLAYERS, true)?,
            log_source_addresses: variables.boolean(env::LOG_SOURCE_ADDRESSES, false)?,
        })
    }
}

impl FromVariables for JoinConfig {
    fn from_variables(variables: &Variables<'_>) -> Result<Self, ConfigError> {
        const PLACES_TAKE: &str = "a whole number from 1 to 28";
        Ok(Self {
            aws: AwsConfig::from_variables(variables)?,
            queue_url: variables.required(env::QUEUE_URL)?,
            management_url: variables.management_url()?,
            rules: variables.rules()?,
            lobby_places: variables.number(
                env::LOBBY_PLACES,
                *PLACES.end(),
                &PLACES,
                PLACES_TAKE,
            )?,
        })
    }
}

impl FromVariables for PlayConfig {
    fn from_variables(variables: &Variables<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            aws: AwsConfig::from_variables(variables)?,
            queue_url: variables.required(env::QUEUE_URL)?,
        })
    }
}

impl FromVariables for DecideConfig {
    fn from_variables(variables: &Variables<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            aws: AwsConfig::from_variables(variables)?,
            queue_url: variables.required(env::QUEUE_URL)?,
            management_url: variables.management_url()?,
            rules: variables.rules()?,
        })
    }
}

/// Checks a function's environment variables as the function does when it starts.
#[cfg(feature = "operator")]
pub fn check(
    function: Function,
    variables: impl Fn(&str) -> Option<String>,
) -> Result<(), ConfigError> {
    // Lambda itself sets the variables of AWS, so an operator cannot see them.
    let set_by_lambda = |name: &str| name.starts_with("AWS_").then(|| name.to_owned());
    let all = |name: &str| variables(name).or_else(|| set_by_lambda(name));
    let all = Variables(&all);
    match function {
        Function::Connection => ConnectionConfig::from_variables(&all).map(drop),
        Function::JoinGame => JoinConfig::from_variables(&all).map(drop),
        Function::ReceivePlay => PlayConfig::from_variables(&all).map(drop),
        Function::Decide => DecideConfig::from_variables(&all).map(drop),
    }
}

/// The environment, or a test's variables. An empty variable counts as unset.
pub struct Variables<'a>(&'a dyn Fn(&str) -> Option<String>);

impl Variables<'_> {
    fn optional(&self, name: &str) -> Option<String> {
        self.0(name).filter(|value| !value.is_empty())
    }

    fn required(&self, name: &'static str) -> Result<String, ConfigError> {
        self.optional(name).ok_or(ConfigError::Missing(name))
    }

    fn number(
        &self,
        name: &'static str,
        default: u8,
        range: &RangeInclusive<u8>,
        takes: &'static str,
    ) -> Result<u8, ConfigError> {
        let Some(value) = self.optional(name) else {
            return Ok(default);
        };
        match value.parse() {
            Ok(number) if range.contains(&number) => Ok(number),
            _ => Err(ConfigError::Invalid { name, value, takes }),
        }
    }

    /// The URL of `@connections`: the players' WebSocket URL with the scheme `http` or `https`.
    fn management_url(&self) -> Result<String, ConfigError> {
        let socket = self.required(env::SOCKET_URL)?;
        match socket.strip_prefix("ws") {
            Some(rest) if rest.starts_with("://") || rest.starts_with("s://") => {
                Ok(format!("http{rest}"))
            }
            _ => Err(ConfigError::Invalid {
                name: env::SOCKET_URL,
                value: socket,
                takes: "the players' WebSocket URL, such as wss://example.com/live",
            }),
        }
    }

    fn rules(&self) -> Result<Rules, ConfigError> {
        let default = Rules::default();
        let window_s = self.number(
            env::PLAY_WINDOW_S,
            default.window_s(),
            &Rules::WINDOW_S,
            "whole seconds from 1 to 60",
        )?;
        let max_rounds = self.number(
            env::MAX_ROUNDS,
            default.max_rounds(),
            &Rules::MAX_ROUNDS,
            "a whole number from 1 to 12",
        )?;
        let decide_early = self.boolean(env::DECIDE_EARLY, default.decide_early())?;
        let rules = Rules::new(window_s, max_rounds).unwrap_or(default);
        Ok(rules.deciding_early(decide_early))
    }

    fn boolean(&self, name: &'static str, default: bool) -> Result<bool, ConfigError> {
        let Some(value) = self.optional(name) else {
            return Ok(default);
        };
        let takes = "true or false";
        let parsed = value.parse();
        parsed.map_err(|_| ConfigError::Invalid { name, value, takes })
    }

    fn list<T: FromStr<Err = &'static str>>(
        &self,
        name: &'static str,
        default: T,
    ) -> Result<T, ConfigError> {
        let Some(value) = self.optional(name) else {
            return Ok(default);
        };
        let parsed = value.parse();
        parsed.map_err(|takes| ConfigError::Invalid { name, value, takes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<C: FromVariables>(changes: &[(&str, &str)]) -> Result<C, ConfigError> {
        let complete = [
            ("AWS_REGION", "eu-west-1"),
            ("AWS_ACCESS_KEY_ID", "id"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("RPS_TABLE", "rps"),
            ("RPS_QUEUE_URL", "https://queue"),
            ("RPS_SOCKET_URL", "wss://a.example/live"),
        ];
        C::from_variables(&Variables(&|name| {
            let mut all = changes.iter().chain(&complete);
            let (_, value) = all.find(|(variable, _)| *variable == name)?;
            Some((*value).to_owned())
        }))
    }

    #[test]
    fn unset_variables_have_defaults() {
        let config: JoinConfig = read(&[]).expect("complete");
        assert_eq!(config.rules, Rules::default());
        assert_eq!(config.lobby_places, 28);
        assert_eq!(config.aws.endpoint_url, None);
        let config: ConnectionConfig = read(&[]).expect("complete");
        assert_eq!(config.allowed_origins, AllowedOrigins::All);
        assert_eq!(config.blocked_cidrs, BlockedCidrs::default());
        assert!(config.accept_players && !config.log_source_addresses);
    }

    #[test]
    fn set_numbers_are_read() {
        for [window_s, max_rounds, places] in [[1, 1, 1], [60, 12, 28]] {
            let config: JoinConfig = read(&[
                ("RPS_PLAY_WINDOW_S", &window_s.to_string()),
                ("RPS_MAX_ROUNDS", &max_rounds.to_string()),
                ("RPS_LOBBY_PLACES", &places.to_string()),
                ("RPS_DECIDE_EARLY", "true"),
            ])
            .expect("in range");
            let rules = Rules::new(window_s, max_rounds).expect("in range");
            assert_eq!(config.rules, rules.deciding_early(true));
            assert_eq!(config.lobby_places, places);
        }
    }

    fn error<C: FromVariables>(variable: &'static str, value: &str) -> String {
        let config = read::<C>(&[(variable, value)]);
        config.err().expect(variable).to_string()
    }

    #[test]
    fn an_error_names_the_missing_variable() {
        let missing = |variable| {
            format!(
                "cannot start: the environment variable {variable} is not set; \
                 set it and deploy again"
            )
        };
        for error in [
            error::<ConnectionConfig>("RPS_TABLE", ""),
            error::<JoinConfig>("RPS_TABLE", ""),
            error::<PlayConfig>("RPS_TABLE", ""),
            error::<DecideConfig>("RPS_TABLE", ""),
        ] {
            assert_eq!(error, missing("RPS_TABLE"));
        }
        for error in [
            error::<JoinConfig>("RPS_QUEUE_URL", ""),
            error::<PlayConfig>("RPS_QUEUE_URL", ""),
            error::<DecideConfig>("RPS_QUEUE_URL", ""),
        ] {
            assert_eq!(error, missing("RPS_QUEUE_URL"));
        }
    }

    #[test]
    fn an_error_names_the_invalid_variable_and_valid_values() {
        for (variable, value) in [
            ("RPS_MAX_ROUNDS", "13"),
            ("RPS_PLAY_WINDOW_S", "0"),
            ("RPS_PLAY_WINDOW_S", "2.5"),
            ("RPS_DECIDE_EARLY", "1"),
            ("RPS_LOBBY_PLACES", "0"),
            ("RPS_LOBBY_PLACES", "29"),
            ("RPS_SOCKET_URL", "https://a.example/live"),
            ("RPS_SOCKET_URL", "wsx://a.example"),
            ("RPS_SOCKET_URL", "ws"),
            ("RPS_SOCKET_URL", "a.example"),
        ] {
            let error = error::<JoinConfig>(variable, value);
            let expected = format!("cannot start: invalid {variable} {value:?}; use ");
            assert!(error.starts_with(&expected), "{error}");
        }
        for (variable, value, takes) in [
            ("RPS_ALLOWED_ORIGINS", "a.example", "* or origins such as"),
            ("RPS_BLOCKED_CIDRS", "192.0.2.1", "CIDR blocks such as"),
            (
                "RPS_BLOCKED_CIDRS",
                "192.0.2.1/24",
                "CIDR blocks without host bits",
            ),
            (
                "RPS_BLOCKED_CIDRS",
                &["::/0"; 51].join(","),
                "at most 50 CIDR blocks",
            ),
            ("RPS_ACCEPT_PLAYERS", "no", "true or false"),
            ("RPS_LOG_SOURCE_ADDRESSES", "1", "true or false"),
        ] {
            let error = error::<ConnectionConfig>(variable, value);
            let expected = format!("cannot start: invalid {variable} {value:?}; use {takes}");
            assert!(error.starts_with(&expected), "{error}");
        }
    }

    #[cfg(feature = "operator")]
    #[test]
    fn a_check_needs_only_the_variables_that_a_deployment_sets() {
        let complete = |name: &str| match name {
            env::TABLE | env::QUEUE_URL => Some("set".to_owned()),
            env::SOCKET_URL => Some("wss://a.example/live".to_owned()),
            _ => None,
        };
        for function in Function::ALL {
            assert_eq!(check(function, complete), Ok(()), "{function:?}");
            let missing = Err(ConfigError::Missing(env::TABLE));
            assert_eq!(check(function, |_| None), missing, "{function:?}");
        }
    }

    #[test]
    fn the_management_url_derives_from_the_socket_url() {
        for (socket, url) in [
            ("wss://a.example/live", "https://a.example/live"),
            ("ws://127.0.0.1:4566/ws", "http://127.0.0.1:4566/ws"),
        ] {
            let config: DecideConfig = read(&[("RPS_SOCKET_URL", socket)]).expect("a socket");
            assert_eq!(config.management_url, url);
        }
    }
}
