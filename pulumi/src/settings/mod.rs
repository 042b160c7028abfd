//! A stack's settings, set with `pulumi config set rps:NAME VALUE`.
//!
//! `Pulumi.yaml` declares the same settings with types, defaults and descriptions; a test compares the two.
//! This module rejects invalid settings before Pulumi creates anything, and reports all of them together.

mod reader;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use rps_contract::names::{DEFAULT_REQUEST_LIMIT, FUNCTION_MEMORY_MB};
use rps_contract::{AllowedOrigins, BlockedCidrs};
use rps_game::Rules;
use rps_game::lobby::PLACES;

use self::reader::Reader;
pub use self::reader::SettingError;

/// AWS's limits for the maximum concurrency of an SQS mapping
/// (<https://docs.aws.amazon.com/lambda/latest/api/API_ScalingConfig.html>).
const EXECUTIONS: RangeInclusive<u32> = 2..=1000;

#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a setting")]
pub struct Settings {
    pub architecture: Architecture,
    /// Memory of each function, in MB.
    pub memory_mb: u32,
    pub billing: BillingMode,
    /// Enables the table's deletion protection and point-in-time recovery.
    pub production: bool,
    /// Rules for new games.
    pub rules: Rules,
    pub lobby_places: u8,
    pub log_retention_days: u32,
    /// API Gateway's limit on requests per second.
    pub rate_limit: u32,
    /// API Gateway's limit on simultaneous requests.
    pub burst_limit: u32,
    /// The most concurrent executions of `decide` by its mapping.
    pub mapping_concurrency: Option<u32>,
    /// Concurrent executions of the account that only `decide` may use.
    pub reserved_concurrency: Option<u32>,
    /// Players may connect.
    pub accept_players: bool,
    /// Comma-separated CIDR blocks whose players may not connect.
    pub blocked_cidrs: Option<String>,
    /// Log the IP address of each new connection.
    pub log_source_addresses: bool,
    /// Web origins that may connect, besides the page's own: `*`, or a comma-separated list.
    pub allowed_origins: Option<String>,
    /// Receives alarm notifications.
    pub alarm_email: Option<String>,
    /// The account's budget, in USD.
    pub monthly_budget_usd: Option<u32>,
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
            lobby_places: *PLACES.end(),
            log_retention_days: 14,
            rate_limit: DEFAULT_REQUEST_LIMIT,
            burst_limit: DEFAULT_REQUEST_LIMIT,
            mapping_concurrency: None,
            reserved_concurrency: None,
            accept_players: true,
            blocked_cidrs: None,
            log_source_addresses: false,
            allowed_origins: None,
            alarm_email: None,
            monthly_budget_usd: None,
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

    /// The compiler's flags for a function. The processors are the oldest ones in Lambda; cargo-lambda uses the same
    /// ones for `--release`. An executable at a fixed address needs no relocations when it starts.
    #[must_use]
    pub fn rustflags(self) -> [&'static str; 2] {
        let processor = match self {
            Self::Arm64 => "-Ctarget-cpu=neoverse-n1",
            Self::X86_64 => "-Ctarget-cpu=haswell",
        };
        [processor, "-Crelocation-model=static"]
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
        // An invalid value counts as unset, which could seem to contradict another setting.
        if !reader.has_invalid_values() {
            settings.report_contradictions(&mut reader);
        }
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
        let decide_early = read.boolean("decideEarly", self.rules.decide_early());
        let rules = Rules::new(window_s, max_rounds).unwrap_or(self.rules);
        let billing = [
            ("on-demand", BillingMode::OnDemand),
            ("provisioned", BillingMode::Provisioned),
        ];
        Self {
            architecture: read.choice("architecture", self.architecture, Architecture::CHOICES),
            memory_mb: read.number("memory", self.memory_mb, 128..=10_240),
            billing: read.choice("billing", self.billing, billing),
            production: read.boolean("production", self.production),
            rules: rules.deciding_early(decide_early),
            lobby_places: read.number("lobbyShards", self.lobby_places, PLACES),
            log_retention_days: read.retention_days("logRetentionDays", self.log_retention_days),
            rate_limit: read.number("rateLimit", self.rate_limit, 5..=10_000),
            burst_limit: read.number("burstLimit", self.burst_limit, 5..=5_000),
            mapping_concurrency: read.optional_number("mappingConcurrency", EXECUTIONS),
            reserved_concurrency: read.optional_number("reservedConcurrency", EXECUTIONS),
            accept_players: read.boolean("acceptPlayers", self.accept_players),
            blocked_cidrs: read.list::<BlockedCidrs>("blockedCidrs"),
            log_source_addresses: read.boolean("logSourceAddresses", self.log_source_addresses),
            allowed_origins: read.list::<AllowedOrigins>("allowedOrigins"),
            alarm_email: read.email("alarmEmail"),
            monthly_budget_usd: read.optional_number("monthlyBudget", 1..=1_000_000),
            access_logs: read.boolean("accessLogs", self.access_logs),
            site: read.boolean("site", self.site),
        }
    }

    fn report_contradictions(&self, read: &mut Reader<'_>) {
        if let Some(reserved) = self.reserved_concurrency {
            let mapping = self.mapping_concurrency.unwrap_or(0);
            if !(*EXECUTIONS.start()..=reserved).contains(&mapping) {
                let expected = format!(
                    "a whole number from {} to {reserved}, because rps:reservedConcurrency is {reserved}, \
                     and Lambda throttles a mapping that exceeds it",
                    EXECUTIONS.start()
                );
                read.report_invalid("mappingConcurrency", &mapping.to_string(), &expected);
            }
        }
        if let (Some(limit), None) = (self.monthly_budget_usd, &self.alarm_email) {
            let expected =
                format!("one e-mail address, because rps:monthlyBudget {limit} needs a recipient");
            read.report_invalid("alarmEmail", "", &expected);
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

    /// Each setting with another value than its default.
    const CHANGED: [(&str, &str); 21] = [
        ("rps:acceptPlayers", "false"),
        ("rps:accessLogs", "true"),
        ("rps:alarmEmail", "on-call@example.com"),
        ("rps:allowedOrigins", "https://a.example,https://b.example"),
        ("rps:architecture", "x86_64"),
        ("rps:billing", "provisioned"),
        ("rps:blockedCidrs", "192.0.2.0/24,2001:db8::/32"),
        ("rps:burstLimit", "10"),
        ("rps:decideEarly", "true"),
        ("rps:lobbyShards", "16"),
        ("rps:logRetentionDays", "3653"),
        ("rps:logSourceAddresses", "true"),
        ("rps:mappingConcurrency", "2"),
        ("rps:maxRounds", "12"),
        ("rps:memory", "256"),
        ("rps:monthlyBudget", "30"),
        ("rps:playWindowSeconds", "60"),
        ("rps:production", "true"),
        ("rps:rateLimit", "20"),
        ("rps:reservedConcurrency", "3"),
        ("rps:site", "true"),
    ];

    #[test]
    fn every_setting_can_be_set() {
        let expected = Settings {
            architecture: Architecture::X86_64,
            memory_mb: 256,
            billing: BillingMode::Provisioned,
            production: true,
            rules: Rules::new(60, 12).expect("in range").deciding_early(true),
            lobby_places: 16,
            log_retention_days: 3653,
            rate_limit: 20,
            burst_limit: 10,
            mapping_concurrency: Some(2),
            reserved_concurrency: Some(3),
            accept_players: false,
            blocked_cidrs: Some("192.0.2.0/24,2001:db8::/32".to_owned()),
            log_source_addresses: true,
            allowed_origins: Some("https://a.example,https://b.example".to_owned()),
            alarm_email: Some("on-call@example.com".to_owned()),
            monthly_budget_usd: Some(30),
            access_logs: true,
            site: true,
        };
        assert_eq!(read(&CHANGED), Ok(expected));
    }

    #[test]
    fn an_error_names_the_setting_its_value_and_the_valid_values() {
        let origins = "* or origins such as https://example.com, separated by commas";
        let many = ["192.0.2.0/24"; 51].join(",");
        let table = [
            ("playWindowSeconds", "61", "a whole number from 1 to 60"),
            ("playWindowSeconds", "2.5", "a whole number from 1 to 60"),
            ("maxRounds", "13", "a whole number from 1 to 12"),
            ("maxRounds", "-1", "a whole number from 1 to 12"),
            ("decideEarly", "1", "true or false"),
            ("lobbyShards", "29", "a whole number from 1 to 28"),
            ("memory", "127", "a whole number from 128 to 10240"),
            ("rateLimit", "0", "a whole number from 5 to 10000"),
            ("burstLimit", "0", "a whole number from 5 to 5000"),
            ("logRetentionDays", "2", "one of 1, 3, 5"),
            ("site", "yes", "true or false"),
            ("architecture", "arm", "one of arm64, x86_64"),
            ("billing", "free", "one of on-demand, provisioned"),
            ("alarmEmail", "a@b@c", "one e-mail address"),
            ("alarmEmail", "nobody", "one e-mail address"),
            ("allowedOrigins", "a.example", origins),
            ("blockedCidrs", "192.0.2.1", "CIDR blocks such as"),
            ("blockedCidrs", "192.0.2.1/24", "CIDR blocks without host"),
            ("blockedCidrs", &many, "at most 50 CIDR blocks"),
            ("mappingConcurrency", "1", "0, or a whole number from 2"),
            ("reservedConcurrency", "1001", "0, or a whole number from 2"),
            ("monthlyBudget", "-1", "0, or a whole number from 1"),
        ];
        for (name, value, expected) in table {
            let errors = read(&[(&format!("rps:{name}"), value)]).expect_err("invalid");
            let line = format!("invalid rps:{name} {value:?}: use {expected}");
            assert!(errors[0].starts_with(&line), "{errors:?}");
            assert_eq!(errors.len(), 1);
        }
    }

    #[test]
    fn settings_that_contradict_each_other_are_refused() {
        let reserved = ("rps:reservedConcurrency", "10");
        let mapping = |value| ("rps:mappingConcurrency", value);
        let throttled = |value: &str| {
            format!(
                "invalid rps:mappingConcurrency {value:?}: use a whole number from 2 to 10, because \
                 rps:reservedConcurrency is 10, and Lambda throttles a mapping that exceeds it"
            )
        };
        let no_recipient = "invalid rps:alarmEmail \"\": use one e-mail address, because \
                            rps:monthlyBudget 20 needs a recipient";
        for (config, error) in [
            (&[reserved, mapping("11")][..], throttled("11")),
            (&[reserved], throttled("0")),
            (&[("rps:monthlyBudget", "20")], no_recipient.to_owned()),
        ] {
            assert_eq!(read(config), Err(vec![error]));
        }
        assert!(read(&[reserved, mapping("10")]).is_ok());
        assert!(read(&[mapping("1000")]).is_ok());
        let errors = read(&[reserved, mapping("1")]).expect_err("invalid");
        assert_eq!(errors.len(), 1, "{errors:?}");
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
        let unknown = "unknown setting rps:playWindow: use one of acceptPlayers,";
        assert!(errors[0].starts_with(unknown));
    }
}
