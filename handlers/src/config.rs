//! The functions' configuration: read from the environment once, refused at start.
//!
//! Nothing outside this file reads the environment (but for `lambda_runtime`, which reads what Lambda
//! itself sets).

use std::sync::Arc;

use rps_contract::AllowedOrigins;
use rps_contract::names::env;
use rps_game::Rules;
use rps_game::lobby::SHARDS;

/// What every function needs to reach AWS.
#[derive(Clone)]
pub struct Config {
    variables: Variables,
    /// The region, from `AWS_REGION`.
    pub region: String,
    /// The role's credentials, as Lambda hands them over.
    pub credentials: Credentials,
    /// Another AWS endpoint, from `AWS_ENDPOINT_URL`: the local AWS.
    pub endpoint_url: Option<String>,
    /// The table.
    pub table: String,
}

/// The role's credentials.
#[derive(Clone)]
pub struct Credentials {
    /// `AWS_ACCESS_KEY_ID`.
    pub access_key_id: String,
    /// `AWS_SECRET_ACCESS_KEY`.
    pub secret_access_key: String,
    /// `AWS_SESSION_TOKEN`.
    pub session_token: Option<String>,
}

/// A variable that is missing or makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// It is not set.
    #[error("{0} is not set: the function cannot start without it")]
    Missing(&'static str),
    /// It is set to something else than it takes.
    #[error("{name} is {value:?}: it takes {takes}")]
    Invalid {
        /// The variable.
        name: &'static str,
        /// Its value.
        value: String,
        /// What it takes.
        takes: &'static str,
    },
}

/// Where variables come from: the environment, or a test's table.
type Variables = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

impl Config {
    /// Reads what all functions need. What only one needs is read by the methods, when it starts.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::from_variables(|name| std::env::var(name).ok())
    }

    /// Reads from any table of variables, as tests do.
    pub fn from_variables(
        variables: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Result<Self, ConfigError> {
        let variables: Variables = Arc::new(variables);
        Ok(Self {
            region: required(&variables, "AWS_REGION")?,
            credentials: Credentials {
                access_key_id: required(&variables, "AWS_ACCESS_KEY_ID")?,
                secret_access_key: required(&variables, "AWS_SECRET_ACCESS_KEY")?,
                session_token: optional(&variables, "AWS_SESSION_TOKEN"),
            },
            endpoint_url: optional(&variables, "AWS_ENDPOINT_URL"),
            table: required(&variables, env::TABLE)?,
            variables,
        })
    }

    /// The queue that is the clock.
    pub fn queue_url(&self) -> Result<String, ConfigError> {
        required(&self.variables, env::QUEUE_URL)
    }

    /// Where `@connections` answers: where the players' socket does, by HTTP.
    pub fn management_url(&self) -> Result<String, ConfigError> {
        let socket = required(&self.variables, env::SOCKET_URL)?;
        match socket.strip_prefix("ws") {
            Some(rest) if rest.starts_with("://") || rest.starts_with("s://") => {
                Ok(format!("http{rest}"))
            }
            _ => Err(ConfigError::Invalid {
                name: env::SOCKET_URL,
                value: socket,
                takes: "the players' socket, such as wss://example.com/live",
            }),
        }
    }

    /// The rules of new games; unset settings have their defaults.
    pub fn rules(&self) -> Result<Rules, ConfigError> {
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
        Ok(Rules::new(window_s, max_rounds).unwrap_or(default))
    }

    /// In how many shards of the lobby players wait; unset, in one.
    pub fn lobby_shards(&self) -> Result<u8, ConfigError> {
        self.number(env::LOBBY_SHARDS, 1, &SHARDS, "a whole number from 1 to 16")
    }

    /// Who may connect.
    pub fn allowed_origins(&self) -> Result<AllowedOrigins, ConfigError> {
        let value = optional(&self.variables, env::ALLOWED_ORIGINS);
        value
            .as_deref()
            .unwrap_or("*")
            .parse()
            .map_err(|takes| ConfigError::Invalid {
                name: env::ALLOWED_ORIGINS,
                value: value.unwrap_or_default(),
                takes,
            })
    }

    fn number(
        &self,
        name: &'static str,
        default: u8,
        range: &std::ops::RangeInclusive<u8>,
        takes: &'static str,
    ) -> Result<u8, ConfigError> {
        let Some(value) = optional(&self.variables, name) else {
            return Ok(default);
        };
        match value.parse() {
            Ok(number) if range.contains(&number) => Ok(number),
            _ => Err(ConfigError::Invalid { name, value, takes }),
        }
    }
}

fn optional(variables: &Variables, name: &str) -> Option<String> {
    variables(name).filter(|value| !value.is_empty())
}

fn required(variables: &Variables, name: &'static str) -> Result<String, ConfigError> {
    optional(variables, name).ok_or(ConfigError::Missing(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete(name: &str) -> Option<String> {
        let value = match name {
            "AWS_REGION" => "eu-west-1",
            "AWS_ACCESS_KEY_ID" => "id",
            "AWS_SECRET_ACCESS_KEY" => "secret",
            "RPS_TABLE" => "rps",
            _ => return None,
        };
        Some(value.to_owned())
    }

    #[test]
    fn what_is_unset_has_its_default() {
        let config = Config::from_variables(complete).expect("complete");
        assert_eq!(config.rules(), Ok(Rules::default()));
        assert_eq!(config.lobby_shards(), Ok(1));
        assert_eq!(config.allowed_origins(), Ok(AllowedOrigins::All));
        assert_eq!(config.endpoint_url, None);
    }

    #[test]
    fn what_is_missing_is_named() {
        let config = Config::from_variables(complete).expect("complete");
        assert_eq!(
            config.queue_url(),
            Err(ConfigError::Missing("RPS_QUEUE_URL"))
        );
        let empty = Config::from_variables(|name| {
            if name == "RPS_TABLE" {
                Some(String::new())
            } else {
                complete(name)
            }
        });
        let message = empty.err().expect("no table").to_string();
        assert_eq!(
            message,
            "RPS_TABLE is not set: the function cannot start without it"
        );
    }

    #[test]
    fn numbers_out_of_range_are_refused_in_words() {
        for (variable, value) in [
            ("RPS_MAX_ROUNDS", "13"),
            ("RPS_PLAY_WINDOW_S", "0"),
            ("RPS_PLAY_WINDOW_S", "2.5"),
            ("RPS_LOBBY_SHARDS", "0"),
            ("RPS_LOBBY_SHARDS", "17"),
        ] {
            let variables = move |name: &str| {
                if name == variable {
                    Some(value.to_owned())
                } else {
                    complete(name)
                }
            };
            let config = Config::from_variables(variables).expect("complete");
            let read = config.rules().and(config.lobby_shards());
            let message = read.expect_err("out of range").to_string();
            assert!(
                message.starts_with(&format!("{variable} is {value:?}: it takes")),
                "{message}"
            );
        }
    }

    #[test]
    fn connections_are_managed_where_the_socket_is() {
        let managed_at = |socket: &'static str| {
            Config::from_variables(move |name| match name {
                "RPS_SOCKET_URL" => Some(socket.to_owned()),
                _ => complete(name),
            })
            .and_then(|config| config.management_url())
        };
        for (socket, url) in [
            ("wss://a.example/live", "https://a.example/live"),
            ("ws://127.0.0.1:4566/ws", "http://127.0.0.1:4566/ws"),
        ] {
            assert_eq!(managed_at(socket), Ok(url.to_owned()));
        }
        for socket in [
            "https://a.example/live",
            "wsx://a.example",
            "ws",
            "a.example",
        ] {
            let refused = managed_at(socket).expect_err("no socket").to_string();
            assert!(refused.starts_with("RPS_SOCKET_URL is"), "{refused}");
        }
    }
}
