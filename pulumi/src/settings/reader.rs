//! One setting after the other, out of what Pulumi hands over.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use rps_contract::AllowedOrigins;

use super::{NAMES, Refusal, Settings};

/// The namespace of the settings.
const NAMESPACE: &str = "rps:";

/// The retentions that CloudWatch Logs takes, days
/// (<https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html>).
const RETENTION_DAYS: [u32; 22] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

/// Reads one setting after the other, and remembers what is wrong.
pub(super) struct Reader<'a> {
    config: BTreeMap<&'a str, &'a str>,
    refused: Vec<Refusal>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(config: &'a BTreeMap<String, String>) -> Self {
        let ours = |(key, value): (&'a String, &'a String)| {
            Some((key.strip_prefix(NAMESPACE)?, value.as_str()))
        };
        let config: BTreeMap<_, _> = config.iter().filter_map(ours).collect();
        let unknown = config.keys().filter(|key| !NAMES.contains(key));
        let refused = unknown
            .map(|key| Refusal::Unknown((*key).to_owned()))
            .collect();
        Self { config, refused }
    }

    /// The settings, if nothing was wrong.
    pub(super) fn finish(self, settings: Settings) -> Result<Settings, Vec<Refusal>> {
        if self.refused.is_empty() {
            Ok(settings)
        } else {
            Err(self.refused)
        }
    }

    /// What is set, unless it is empty: Pulumi has no other way to say "none" for a default.
    fn get(&self, name: &'static str) -> Option<&'a str> {
        self.config
            .get(name)
            .copied()
            .filter(|value| !value.is_empty())
    }

    fn refuse(&mut self, name: &'static str, value: &str, takes: &str) {
        let (value, takes) = (value.to_owned(), takes.to_owned());
        self.refused.push(Refusal::Invalid { name, value, takes });
    }

    pub(super) fn value<T: FromStr>(&mut self, name: &'static str, default: T, takes: &str) -> T {
        let Some(value) = self.get(name) else {
            return default;
        };
        value.parse().unwrap_or_else(|_| {
            self.refuse(name, value, takes);
            default
        })
    }

    pub(super) fn switch(&mut self, name: &'static str, default: bool) -> bool {
        self.value(name, default, "true or false")
    }

    pub(super) fn number<N>(
        &mut self,
        name: &'static str,
        default: N,
        range: RangeInclusive<N>,
    ) -> N
    where
        N: FromStr + PartialOrd + Display + Copy,
    {
        let takes = format!("a whole number from {} to {}", range.start(), range.end());
        let number = self.value(name, default, &takes);
        if range.contains(&number) {
            return number;
        }
        self.refuse(name, &number.to_string(), &takes);
        default
    }

    pub(super) fn retention(&mut self, default: u32) -> u32 {
        const NAME: &str = "logRetentionDays";
        let takes = format!(
            "one of {}",
            RETENTION_DAYS.map(|days| days.to_string()).join(", ")
        );
        let days = self.value(NAME, default, &takes);
        if !RETENTION_DAYS.contains(&days) {
            self.refuse(NAME, &days.to_string(), &takes);
        }
        days
    }

    pub(super) fn origins(&mut self, default: String) -> String {
        const NAME: &str = "allowedOrigins";
        let Some(list) = self.get(NAME) else {
            return default;
        };
        if let Err(takes) = list.parse::<AllowedOrigins>() {
            self.refuse(NAME, list, takes);
        }
        list.to_owned()
    }

    pub(super) fn email(&mut self) -> Option<String> {
        const NAME: &str = "alarmEmail";
        let address = self.get(NAME)?;
        // Only SNS can know whether mail arrives there; this is for slips.
        let mut parts = address.split('@');
        let whole = |part: Option<&str>| part.is_some_and(|part| !part.is_empty());
        let valid = whole(parts.next()) && whole(parts.next()) && parts.next().is_none();
        if !valid || address.contains(char::is_whitespace) {
            self.refuse(NAME, address, "one e-mail address");
        }
        Some(address.to_owned())
    }
}
