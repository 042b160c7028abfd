//! Reads and validates single settings of Pulumi's configuration.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

const NAMESPACE: &str = "rps:";

/// The retention periods that CloudWatch Logs accepts, in days
/// (<https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html>).
const RETENTION_DAYS: [u32; 22] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    #[error("unknown setting rps:{name}: use one of {known}")]
    Unknown { name: String, known: String },
    #[error("invalid rps:{name} {value:?}: use {expected}")]
    Invalid {
        name: &'static str,
        value: String,
        expected: String,
    },
}

/// Reads settings. Collects the names of the settings that exist, and all errors.
pub(super) struct Reader<'a> {
    config: BTreeMap<&'a str, &'a str>,
    known_names: BTreeSet<&'static str>,
    errors: Vec<SettingError>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(config: &'a BTreeMap<String, String>) -> Self {
        let without_namespace = |(key, value): (&'a String, &'a String)| {
            Some((key.strip_prefix(NAMESPACE)?, value.as_str()))
        };
        Self {
            config: config.iter().filter_map(without_namespace).collect(),
            known_names: BTreeSet::new(),
            errors: Vec::new(),
        }
    }

    pub(super) fn has_invalid_values(&self) -> bool {
        !self.errors.is_empty()
    }

    /// All errors: unknown names first, then invalid values.
    pub(super) fn into_errors(self) -> Vec<SettingError> {
        let names: Vec<_> = self.known_names.into_iter().collect();
        let known = names.join(", ");
        let mut unknown = self.config;
        unknown.retain(|name, _| !names.contains(name));
        let unknown = unknown.into_keys().map(|name| SettingError::Unknown {
            name: name.to_owned(),
            known: known.clone(),
        });
        unknown.chain(self.errors).collect()
    }

    /// Treats an empty value as unset, because a default in `Pulumi.yaml` cannot be absent.
    fn get(&mut self, name: &'static str) -> Option<&'a str> {
        self.known_names.insert(name);
        let value = self.config.get(name).copied();
        value.filter(|value| !value.is_empty())
    }

    pub(super) fn report_invalid(&mut self, name: &'static str, value: &str, expected: &str) {
        let (value, expected) = (value.to_owned(), expected.to_owned());
        self.errors.push(SettingError::Invalid {
            name,
            value,
            expected,
        });
    }

    /// Returns the default if the setting is unset or invalid.
    fn parse<T>(
        &mut self,
        name: &'static str,
        default: T,
        expected: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> T {
        let Some(text) = self.get(name) else {
            return default;
        };
        parse(text).unwrap_or_else(|| {
            self.report_invalid(name, text, expected);
            default
        })
    }

    pub(super) fn boolean(&mut self, name: &'static str, default: bool) -> bool {
        self.parse(name, default, "true or false", |text| text.parse().ok())
    }

    pub(super) fn choice<T: Copy>(
        &mut self,
        name: &'static str,
        default: T,
        choices: [(&str, T); 2],
    ) -> T {
        let expected = format!("one of {}", choices.map(|(name, _)| name).join(", "));
        self.parse(name, default, &expected, |text| {
            let choice = choices.into_iter().find(|(name, _)| *name == text);
            choice.map(|(_, value)| value)
        })
    }

    pub(super) fn number<N: FromStr + PartialOrd + Display>(
        &mut self,
        name: &'static str,
        default: N,
        range: RangeInclusive<N>,
    ) -> N {
        let expected = format!("a whole number from {} to {}", range.start(), range.end());
        self.parse(name, default, &expected, |text| {
            text.parse().ok().filter(|number| range.contains(number))
        })
    }

    /// A number that is 0 if it is unset, because a default in `Pulumi.yaml` cannot be absent.
    pub(super) fn optional_number(
        &mut self,
        name: &'static str,
        range: RangeInclusive<u32>,
    ) -> Option<u32> {
        let (least, most) = (range.start(), range.end());
        let expected = format!("0, or a whole number from {least} to {most}");
        self.parse(name, None, &expected, |text| {
            let number = text.parse().ok()?;
            let valid = number == 0 || range.contains(&number);
            valid.then_some(Some(number).filter(|number| *number > 0))
        })
    }

    pub(super) fn retention_days(&mut self, name: &'static str, default: u32) -> u32 {
        let days = RETENTION_DAYS.map(|days| days.to_string()).join(", ");
        self.parse(name, default, &format!("one of {days}"), |text| {
            let days = text.parse().ok();
            days.filter(|days| RETENTION_DAYS.contains(days))
        })
    }

    /// A list that a function parses with `T`, too.
    pub(super) fn list<T: FromStr<Err = &'static str>>(
        &mut self,
        name: &'static str,
    ) -> Option<String> {
        let list = self.get(name)?;
        if let Err(expected) = list.parse::<T>() {
            self.report_invalid(name, list, expected);
        }
        Some(list.trim().to_owned())
    }

    pub(super) fn email(&mut self, name: &'static str) -> Option<String> {
        self.parse(name, None, "one e-mail address", |address| {
            // This check finds typing errors; only SNS can verify the address.
            let (user, host) = address.split_once('@')?;
            let malformed = user.is_empty() || host.is_empty() || host.contains('@');
            let valid = !malformed && !address.contains(char::is_whitespace);
            valid.then(|| Some(address.to_owned()))
        })
    }
}
