//! The attributes of a queue that can be set: their names, ranges and defaults.
//!
//! Names, ranges and defaults are those of `CreateQueue` in the SQS API reference.

use std::ops::RangeInclusive;

use super::error::{Code, SqsError};
use super::redrive::{RedriveAllowPolicy, RedrivePolicy};

/// 1 MiB since August 2025: the largest message, and the largest batch together.
pub(super) const MAX_MESSAGE_BYTES: u64 = 1_048_576;
/// 12 hours: the longest a message can be hidden from the other receivers.
pub(super) const MAX_VISIBILITY_S: u64 = 43_200;
/// 15 minutes: the longest delivery delay.
pub(super) const MAX_DELAY_S: u64 = 900;
/// The longest long poll.
pub(super) const MAX_WAIT_S: u64 = 20;

/// The attributes a client can set, parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attributes {
    pub(super) delay_s: u64,
    pub(super) max_message_bytes: u64,
    pub(super) retention_s: u64,
    pub(super) wait_s: u64,
    pub(super) visibility_s: u64,
    pub(super) redrive: Option<RedrivePolicy>,
    pub(super) redrive_allow: Option<RedriveAllowPolicy>,
    policy: Option<String>,
    managed_sse: bool,
}

impl Default for Attributes {
    fn default() -> Self {
        Self {
            delay_s: 0,
            max_message_bytes: MAX_MESSAGE_BYTES,
            retention_s: 345_600,
            wait_s: 0,
            visibility_s: 30,
            redrive: None,
            redrive_allow: None,
            policy: None,
            managed_sse: true,
        }
    }
}

impl Attributes {
    /// Sets one attribute from the text a client sent. An empty policy takes the policy away.
    pub(super) fn set(&mut self, name: &str, value: &str) -> Result<(), SqsError> {
        match name {
            "DelaySeconds" => self.delay_s = number(name, value, 0..=MAX_DELAY_S)?,
            "MaximumMessageSize" => {
                self.max_message_bytes = number(name, value, 1024..=MAX_MESSAGE_BYTES)?;
            }
            "MessageRetentionPeriod" => self.retention_s = number(name, value, 60..=1_209_600)?,
            "ReceiveMessageWaitTimeSeconds" => self.wait_s = number(name, value, 0..=MAX_WAIT_S)?,
            "VisibilityTimeout" => self.visibility_s = number(name, value, 0..=MAX_VISIBILITY_S)?,
            "RedrivePolicy" => self.redrive = unless_empty(value, RedrivePolicy::parse)?,
            "RedriveAllowPolicy" => {
                self.redrive_allow = unless_empty(value, RedriveAllowPolicy::parse)?;
            }
            "Policy" => self.policy = (!value.is_empty()).then(|| value.to_owned()),
            "SqsManagedSseEnabled" => self.managed_sse = boolean(name, value)?,
            _ => {
                let message = format!("Unknown Attribute {name}.");
                return Err(SqsError::new(Code::InvalidAttributeName, message));
            }
        }
        Ok(())
    }

    /// Sets many, or none when one is refused.
    pub(super) fn with<'a>(
        &self,
        changes: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, SqsError> {
        let mut all = self.clone();
        for (name, value) in changes {
            all.set(name, value)?;
        }
        Ok(all)
    }

    /// Every attribute that has a value, as clients read it.
    pub(super) fn list(&self) -> Vec<(&'static str, String)> {
        let mut list = vec![
            ("DelaySeconds", self.delay_s.to_string()),
            ("MaximumMessageSize", self.max_message_bytes.to_string()),
            ("MessageRetentionPeriod", self.retention_s.to_string()),
            ("ReceiveMessageWaitTimeSeconds", self.wait_s.to_string()),
            ("VisibilityTimeout", self.visibility_s.to_string()),
            ("SqsManagedSseEnabled", self.managed_sse.to_string()),
        ];
        list.extend(self.policy.clone().map(|policy| ("Policy", policy)));
        list.extend(
            self.redrive
                .as_ref()
                .map(|policy| ("RedrivePolicy", policy.json())),
        );
        list.extend(
            self.redrive_allow
                .as_ref()
                .map(|policy| ("RedriveAllowPolicy", policy.json())),
        );
        list
    }

    /// The name of the first attribute in which the two differ.
    pub(super) fn difference(&self, other: &Self) -> Option<&'static str> {
        let (mine, others) = (self.list(), other.list());
        let missing_in = |list: &[(_, _)], entry: &(&'static str, String)| !list.contains(entry);
        let gone = mine.iter().find(|entry| missing_in(&others, entry));
        let new = others.iter().find(|entry| missing_in(&mine, entry));
        gone.or(new).map(|(name, _)| *name)
    }
}

fn invalid(name: &str) -> SqsError {
    SqsError::new(
        Code::InvalidAttributeValue,
        format!("Invalid value for the parameter {name}."),
    )
}

fn number(name: &str, value: &str, range: RangeInclusive<u64>) -> Result<u64, SqsError> {
    let number = value.parse().map_err(|_| invalid(name))?;
    range
        .contains(&number)
        .then_some(number)
        .ok_or_else(|| invalid(name))
}

fn boolean(name: &str, value: &str) -> Result<bool, SqsError> {
    value
        .to_ascii_lowercase()
        .parse()
        .map_err(|_| invalid(name))
}

fn unless_empty<T>(
    value: &str,
    parse: fn(&str) -> Result<T, SqsError>,
) -> Result<Option<T>, SqsError> {
    if value.is_empty() {
        Ok(None)
    } else {
        parse(value).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(name: &str, value: &str) -> Option<Code> {
        Attributes::default()
            .set(name, value)
            .err()
            .map(|error| error.code())
    }

    #[test]
    fn each_number_has_the_range_of_the_api_reference() {
        for (name, low, high) in [
            ("DelaySeconds", 0_i64, 900_i64),
            ("MaximumMessageSize", 1024, 1_048_576),
            ("MessageRetentionPeriod", 60, 1_209_600),
            ("ReceiveMessageWaitTimeSeconds", 0, 20),
            ("VisibilityTimeout", 0, 43_200),
        ] {
            for good in [low, high] {
                assert_eq!(code(name, &good.to_string()), None, "{name} {good}");
            }
            for bad in [
                (low - 1).to_string(),
                (high + 1).to_string(),
                "x".to_owned(),
                String::new(),
            ] {
                assert_eq!(
                    code(name, &bad),
                    Some(Code::InvalidAttributeValue),
                    "{name} {bad}"
                );
            }
        }
    }

    #[test]
    fn attributes_of_fifo_queues_are_unknown_to_a_standard_queue() {
        for name in [
            "FifoQueue",
            "ContentBasedDeduplication",
            "QueueArn",
            "Nonsense",
        ] {
            assert_eq!(
                code(name, "true"),
                Some(Code::InvalidAttributeName),
                "{name}"
            );
        }
    }

    #[test]
    fn a_count_sent_as_text_reads_back_as_a_number_and_an_empty_policy_removes_it() {
        let mut attributes = Attributes::default();
        let sent = r#"{"maxReceiveCount":"5", "deadLetterTargetArn":"a"}"#;
        attributes.set("RedrivePolicy", sent).expect("accepted");
        let read = (
            "RedrivePolicy",
            r#"{"deadLetterTargetArn":"a","maxReceiveCount":5}"#.to_owned(),
        );
        assert!(attributes.list().contains(&read));
        assert_eq!(
            attributes.difference(&Attributes::default()),
            Some("RedrivePolicy")
        );
        attributes.set("RedrivePolicy", "").expect("accepted");
        assert_eq!(attributes, Attributes::default());
    }
}
