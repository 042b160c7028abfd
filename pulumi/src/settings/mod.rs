//! A stack's settings, set with `pulumi config set rps:NAME VALUE`.
//!
//! `Pulumi.yaml` declares the same settings with types, defaults and descriptions; a test compares the two.
//! This module rejects invalid settings before Pulumi creates anything, and reports all of them together.

mod reader;

use std::collections::BTreeMap;

use rps_contract::names::FUNCTION_MEMORY_MB;
use rps_game::Rules;
use rps_game::lobby::SHARDS;

use self::reader::Reader;
pub use self::reader::SettingError;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    pub architecture: Architecture,
    /// Memory of each function, in MB.
    pub memory_mb: u32,
    pub billing: BillingMode,
    /// Enables the table's deletion protection and point-in-time recovery.
    pub production: bool,
    /// Rules for new games.
    pub rules: Rules,
    pub lobby_shards: u8,
    pub log_retention_days: u32,
    /// API Gateway's limit on requests per second.
    pub rate_limit: u32,
    /// API Gateway's limit on simultaneous requests.
    pub burst_limit: u32,
    /// Web origins that may connect: `*`, or a comma-separated list.
    pub allowed_origins: String,
    /// Receives alarm notifications.
    pub alarm_email: Option<String>,
    /// Makes API Gateway log every WebSocket message.
    pub access_logs: bool,
    /// Deploys the players' page.
    pub site: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            architecture: Architecture::Arm64,
            memory_mb: FUNCTION_MEMORY_MB,
            billing: BillingMode::OnDemand,
            production: false,
            rules: Rules::default(),
            lobby_shards: 1,
            log_retention_days: 14,
            rate_limit: 500,
            burst_limit: 500,
            allowed_origins: "*".to_owned(),
            alarm_email: None,
            access_logs: false,
            site: false,
        }
    }
}

/// A Lambda instruction set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Architecture {
    /// Graviton processors, 20 % cheaper than `x86_64`.
    Arm64,
    X86_64,
}

impl Architecture {
    const CHOICES: [(&str, Self); 2] = [("arm64", Self::Arm64), ("x86_64", Self::X86_64)];

    #[must_use]
    pub fn name(self) -> &'static str {
        Self::CHOICES[self as usize].0
    }
}

/// A DynamoDB billing mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BillingMode {
    /// Pay per request, without a limit.
    OnDemand,
    /// Limit the table to the always-free capacity: 25 read and 25 write units per second.
    Provisioned,
}

impl Settings {
    /// Reads a stack's configuration from Pulumi's keys, including their namespace, and values.
    /// Returns all errors together.
    pub fn from_config(config: &BTreeMap<String, String>) -> Result<Self, Vec<SettingError>> {
        let mut reader = Reader::new(config);
        let settings = Self::default().override_from(&mut reader);
        let errors = reader.into_errors();
        if errors.is_empty() {
            Ok(settings)
        } else {
            Err(errors)
        }
    }

    fn override_from(self, read: &mut Reader<'_>) -> Self {
        let (window_s, max_rounds) = (self.rules.window_s(), self.rules.max_rounds());
        let window_s = read.number("playWindowSeconds", window_s, Rules::WINDOW_S);
        let max_rounds = read.number("maxRounds", max_rounds, Rules::MAX_ROUNDS);
        let billing = [
            ("on-demand", BillingMode::OnDemand),
            ("provisioned", BillingMode::Provisioned),
        ];
        Self {
            architecture: read.choice("architecture", self.architecture, Architecture::CHOICES),
            memory_mb: read.number("memory", self.memory_mb, 128..=10_240),
            billing: read.choice("billing", self.billing, billing),
            production: read.boolean("production", self.production),
            rules: Rules::new(window_s, max_rounds).unwrap_or(self.rules),
            lobby_shards: read.number("lobbyShards", self.lobby_shards, SHARDS),
            log_retention_days: read.retention_days("logRetentionDays", self.log_retention_days),
            rate_limit: read.number("rateLimit", self.rate_limit, 1..=10_000),
            burst_limit: read.number("burstLimit", self.burst_limit, 1..=5_000),
            allowed_origins: read.origins("allowedOrigins", self.allowed_origins),
            alarm_email: read.email("alarmEmail"),
            access_logs: read.boolean("accessLogs", self.access_logs),
            site: read.boolean("site", self.site),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(config: &[(&str, &str)]) -> Result<Settings, Vec<String>> {
        let to_owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        let config = config.iter().map(to_owned).collect();
        Settings::from_config(&config)
            .map_err(|errors| errors.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn unset_settings_have_their_defaults() {
        for config in [
            &[][..],
            &[("aws:region", "eu-west-1")],
            &[("rps:alarmEmail", "")],
        ] {
            assert_eq!(read(config), Ok(Settings::default()));
        }
    }

    #[test]
    fn every_setting_can_be_set() {
        let settings = read(&[
            ("rps:accessLogs", "true"),
            ("rps:alarmEmail", "on-call@example.com"),
            ("rps:allowedOrigins", "https://a.example,https://b.example"),
            ("rps:architecture", "x86_64"),
            ("rps:billing", "provisioned"),
            ("rps:burstLimit", "10"),
            ("rps:lobbyShards", "16"),
            ("rps:logRetentionDays", "3653"),
            ("rps:maxRounds", "12"),
            ("rps:memory", "256"),
            ("rps:playWindowSeconds", "60"),
            ("rps:production", "true"),
            ("rps:rateLimit", "20"),
            ("rps:site", "true"),
        ]);
        let expected = Settings {
            architecture: Architecture::X86_64,
            memory_mb: 256,
            billing: BillingMode::Provisioned,
            production: true,
            rules: Rules::new(60, 12).expect("in range"),
            lobby_shards: 16,
            log_retention_days: 3653,
            rate_limit: 20,
            burst_limit: 10,
            allowed_origins: "https://a.example,https://b.example".to_owned(),
            alarm_email: Some("on-call@example.com".to_owned()),
            access_logs: true,
            site: true,
        };
        assert_eq!(settings, Ok(expected));
    }

    #[test]
    fn an_error_names_the_setting_its_value_and_the_valid_values() {
        let origins = "* or origins such as https://example.com, separated by commas";
        let table = [
            ("playWindowSeconds", "61", "a whole number from 1 to 60"),
            ("playWindowSeconds", "2.5", "a whole number from 1 to 60"),
            ("maxRounds", "13", "a whole number from 1 to 12"),
            ("maxRounds", "-1", "a whole number from 1 to 12"),
            ("lobbyShards", "17", "a whole number from 1 to 16"),
            ("memory", "127", "a whole number from 128 to 10240"),
            ("rateLimit", "0", "a whole number from 1 to 10000"),
            ("burstLimit", "0", "a whole number from 1 to 5000"),
            ("logRetentionDays", "2", "one of 1, 3, 5"),
            ("site", "yes", "true or false"),
            ("architecture", "arm", "one of arm64, x86_64"),
            ("billing", "free", "one of on-demand, provisioned"),
            ("alarmEmail", "a@b@c", "one e-mail address"),
            ("alarmEmail", "nobody", "one e-mail address"),
            ("allowedOrigins", "a.example", origins),
        ];
        for (name, value, expected) in table {
            let errors = read(&[(&format!("rps:{name}"), value)]).expect_err("invalid");
            let line = format!("invalid rps:{name} {value:?}: use {expected}");
            assert!(errors[0].starts_with(&line), "{errors:?}");
            assert_eq!(errors.len(), 1);
        }
    }

    #[test]
    fn all_errors_are_reported_together() {
        let config = [
            ("rps:playWindow", "5"),
            ("rps:site", "1"),
            ("rps:memory", "1"),
        ];
        let errors = read(&config).expect_err("three invalid settings");
        assert_eq!(errors.len(), 3);
        let unknown = "unknown setting rps:playWindow: use one of accessLogs,";
        assert!(errors[0].starts_with(unknown));
    }
}
