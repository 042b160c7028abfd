//! One setting after the other, out of what Pulumi hands over.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use rps_contract::AllowedOrigins;

const NAMESPACE: &str = "rps:";

/// The retentions that CloudWatch Logs takes, days
/// (<https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html>).
const RETENTION_DAYS: [u32; 22] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

/// A setting that is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("rps:{name} is no setting; the settings are {known}")]
    Unknown { name: String, known: String },
    #[error("rps:{name} is {value:?}: it takes {takes}")]
    Invalid {
        name: &'static str,
        value: String,
        takes: String,
    },
}

/// Reads settings, and remembers their names and which are wrong.
pub(super) struct Reader<'a> {
    config: BTreeMap<&'a str, &'a str>,
    names: BTreeSet<&'static str>,
    refused: Vec<Refusal>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(config: &'a BTreeMap<String, String>) -> Self {
        let ours = |(key, value): (&'a String, &'a String)| {
            Some((key.strip_prefix(NAMESPACE)?, value.as_str()))
        };
        Self {
            config: config.iter().filter_map(ours).collect(),
            names: BTreeSet::new(),
            refused: Vec::new(),
        }
    }

    /// Everything that is wrong: names that were not asked for, then values.
    pub(super) fn refused(self) -> Vec<Refusal> {
        let names: Vec<_> = self.names.into_iter().collect();
        let known = names.join(", ");
        let mut unknown = self.config;
        unknown.retain(|name, _| !names.contains(name));
        let unknown = unknown.into_keys().map(|name| Refusal::Unknown {
            name: name.to_owned(),
            known: known.clone(),
        });
        unknown.chain(self.refused).collect()
    }

    /// What is set, unless it is empty: Pulumi has no other way to say "none" for a default.
    fn get(&mut self, name: &'static str) -> Option<&'a str> {
        self.names.insert(name);
        let value = self.config.get(name).copied();
        value.filter(|value| !value.is_empty())
    }

    fn refuse(&mut self, name: &'static str, value: &str, takes: &str) {
        let (value, takes) = (value.to_owned(), takes.to_owned());
        self.refused.push(Refusal::Invalid { name, value, takes });
    }

    /// The default unless something is set that this makes a value of.
    fn parsed<T>(
        &mut self,
        name: &'static str,
        default: T,
        takes: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> T {
        let Some(text) = self.get(name) else {
            return default;
        };
        parse(text).unwrap_or_else(|| {
            self.refuse(name, text, takes);
            default
        })
    }

    pub(super) fn switch(&mut self, name: &'static str, default: bool) -> bool {
        self.parsed(name, default, "true or false", |text| text.parse().ok())
    }

    pub(super) fn choice<T: Copy>(
        &mut self,
        name: &'static str,
        default: T,
        choices: [(&str, T); 2],
    ) -> T {
        let takes = format!("one of {}", choices.map(|(name, _)| name).join(", "));
        self.parsed(name, default, &takes, |text| {
            let chosen = choices.into_iter().find(|(name, _)| *name == text);
            chosen.map(|(_, choice)| choice)
        })
    }

    pub(super) fn number<N: FromStr + PartialOrd + Display>(
        &mut self,
        name: &'static str,
        default: N,
        range: RangeInclusive<N>,
    ) -> N {
        let takes = format!("a whole number from {} to {}", range.start(), range.end());
        self.parsed(name, default, &takes, |text| {
            text.parse().ok().filter(|number| range.contains(number))
        })
    }

    pub(super) fn retention_days(&mut self, name: &'static str, default: u32) -> u32 {
        let takes = RETENTION_DAYS.map(|days| days.to_string()).join(", ");
        self.parsed(name, default, &format!("one of {takes}"), |text| {
            let days = text.parse().ok();
            days.filter(|days| RETENTION_DAYS.contains(days))
        })
    }

    pub(super) fn origins(&mut self, name: &'static str, default: String) -> String {
        let Some(list) = self.get(name) else {
            return default;
        };
        if let Err(takes) = list.parse::<AllowedOrigins>() {
            self.refuse(name, list, takes);
        }
        list.to_owned()
    }

    pub(super) fn email(&mut self, name: &'static str) -> Option<String> {
        self.parsed(name, None, "one e-mail address", |address| {
            // Only SNS can know whether mail arrives there; this is for slips.
            let (user, host) = address.split_once('@')?;
            let slip = user.is_empty() || host.is_empty() || host.contains('@');
            let valid = !slip && !address.contains(char::is_whitespace);
            valid.then(|| Some(address.to_owned()))
        })
    }
}
