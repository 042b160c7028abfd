//! A stack's settings, as `pulumi config set rps:NAME VALUE` gives them.
//!
//! `Pulumi.yaml` says the same for Pulumi: types, defaults, descriptions; a test holds the two together.
//! A wrong value is refused here, by name and in words, before Pulumi creates anything.

mod reader;

use std::collections::BTreeMap;

use rps_contract::names::FUNCTION_MEMORY_MB;
use rps_game::Rules;
use rps_game::lobby::SHARDS;

use self::reader::Reader;
pub use self::reader::Refusal;

/// A stack's settings. The default is what a stack has that sets nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    pub architecture: Architecture,
    /// Memory of each function, MB.
    pub memory_mb: u32,
    pub billing: Billing,
    /// Whether the table is protected from deletion and can be restored to a point in time.
    pub production: bool,
    /// The rules of new games.
    pub rules: Rules,
    pub lobby_shards: u8,
    pub log_retention_days: u32,
    /// Most requests a second on the players' socket.
    pub rate_limit: u32,
    /// Most requests at once on the players' socket.
    pub burst_limit: u32,
    /// Web origins that may connect: `*`, or a list separated by commas.
    pub allowed_origins: String,
    /// Who is told of alarms.
    pub alarm_email: Option<String>,
    /// Whether every message on the socket is logged by API Gateway.
    pub access_logs: bool,
    /// Whether the players' page is served.
    pub site: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            architecture: Architecture::Arm64,
            memory_mb: FUNCTION_MEMORY_MB,
            billing: Billing::OnDemand,
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

/// An instruction set of Lambda.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Architecture {
    /// Graviton: a fifth cheaper.
    Arm64,
    X86_64,
}

impl Architecture {
    const CHOICES: [(&str, Self); 2] = [("arm64", Self::Arm64), ("x86_64", Self::X86_64)];

    /// Its name in Lambda's words.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::CHOICES[self as usize].0
    }
}

/// How a table is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Billing {
    /// By the request, without a limit.
    OnDemand,
    /// By the hour: the 25 read and 25 write units a second that are always free, and no more.
    Provisioned,
}

impl Settings {
    /// Reads a stack's configuration: keys with their namespace, values as Pulumi writes them. Everything
    /// that is wrong is named at once.
    pub fn from_config(config: &BTreeMap<String, String>) -> Result<Self, Vec<Refusal>> {
        let mut reader = Reader::new(config);
        let settings = Self::default().overridden(&mut reader);
        let refused = reader.refused();
        if refused.is_empty() {
            Ok(settings)
        } else {
            Err(refused)
        }
    }

    fn overridden(self, read: &mut Reader<'_>) -> Self {
        let (window_s, max_rounds) = (self.rules.window_s(), self.rules.max_rounds());
        let window_s = read.number("playWindowSeconds", window_s, Rules::WINDOW_S);
        let max_rounds = read.number("maxRounds", max_rounds, Rules::MAX_ROUNDS);
        let billing = [
            ("on-demand", Billing::OnDemand),
            ("provisioned", Billing::Provisioned),
        ];
        Self {
            architecture: read.choice("architecture", self.architecture, Architecture::CHOICES),
            memory_mb: read.number("memory", self.memory_mb, 128..=10_240),
            billing: read.choice("billing", self.billing, billing),
            production: read.switch("production", self.production),
            rules: Rules::new(window_s, max_rounds).unwrap_or(self.rules),
            lobby_shards: read.number("lobbyShards", self.lobby_shards, SHARDS),
            log_retention_days: read.retention_days("logRetentionDays", self.log_retention_days),
            rate_limit: read.number("rateLimit", self.rate_limit, 1..=10_000),
            burst_limit: read.number("burstLimit", self.burst_limit, 1..=5_000),
            allowed_origins: read.origins("allowedOrigins", self.allowed_origins),
            alarm_email: read.email("alarmEmail"),
            access_logs: read.switch("accessLogs", self.access_logs),
            site: read.switch("site", self.site),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(config: &[(&str, &str)]) -> Result<Settings, Vec<String>> {
        let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        let config = config.iter().map(owned).collect();
        Settings::from_config(&config)
            .map_err(|refused| refused.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn what_is_not_set_has_its_default() {
        for config in [
            &[][..],
            &[("aws:region", "eu-west-1")],
            &[("rps:alarmEmail", "")],
        ] {
            assert_eq!(read(config), Ok(Settings::default()));
        }
    }

    #[test]
    fn everything_can_be_set() {
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
            billing: Billing::Provisioned,
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
    fn what_is_wrong_is_named_in_words() {
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
        for (name, value, takes) in table {
            let refused = read(&[(&format!("rps:{name}"), value)]).expect_err("refused");
            let line = format!("rps:{name} is {value:?}: it takes {takes}");
            assert!(refused[0].starts_with(&line), "{refused:?}");
            assert_eq!(refused.len(), 1);
        }
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let config = [
            ("rps:playWindow", "5"),
            ("rps:site", "1"),
            ("rps:memory", "1"),
        ];
        let refused = read(&config).expect_err("three times wrong");
        assert_eq!(refused.len(), 3);
        let unknown = "rps:playWindow is no setting; the settings are accessLogs,";
        assert!(refused[0].starts_with(unknown));
    }
}
