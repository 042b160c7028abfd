//! The two policies about dead letters: where they go, and from where they may come.

use serde::{Deserialize, Serialize};

use super::error::SqsError;

/// Where a queue's failing messages go, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RedrivePolicy {
    pub(super) dead_letter_target_arn: String,
    /// 1 to 1000; the receive after this many moves the message.
    #[serde(deserialize_with = "number_or_text")]
    pub(super) max_receive_count: u32,
}

impl RedrivePolicy {
    pub(super) fn parse(value: &str) -> Result<Self, SqsError> {
        let refused = |reason: &str| SqsError::parameter("RedrivePolicy", value, reason);
        let policy: Self = serde_json::from_str(value)
            .map_err(|error| refused(&format!("Redrive policy is not valid: {error}.")))?;
        if !(1..=1000).contains(&policy.max_receive_count) {
            let count = policy.max_receive_count;
            let reason = format!(
                "Invalid value for maxReceiveCount: {count}, valid values are from 1 to 1000 both inclusive."
            );
            return Err(refused(&reason));
        }
        Ok(policy)
    }

    /// As clients read it.
    pub(super) fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The refusal of a policy that is well formed but cannot work.
    pub(super) fn refused(&self, reason: &str) -> SqsError {
        SqsError::parameter("RedrivePolicy", self.json(), reason)
    }
}

/// AWS takes `"5"` as well as `5`, and many templates send the text.
fn number_or_text<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum NumberOrText {
        Number(u32),
        Text(String),
    }
    match NumberOrText::deserialize(deserializer)? {
        NumberOrText::Number(number) => Ok(number),
        NumberOrText::Text(text) => text.parse().map_err(serde::de::Error::custom),
    }
}

/// Which queues may name this one as their dead-letter queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "redrivePermission")]
pub(super) enum RedriveAllowPolicy {
    AllowAll,
    DenyAll,
    #[serde(rename_all = "camelCase")]
    ByQueue {
        source_queue_arns: Vec<String>,
    },
}

impl RedriveAllowPolicy {
    pub(super) fn parse(value: &str) -> Result<Self, SqsError> {
        let unsupported =
            "Amazon SQS can't create the redrive allow policy, as it's in an unsupported format.";
        match serde_json::from_str(value) {
            Ok(Self::ByQueue { source_queue_arns })
                if !(1..=10).contains(&source_queue_arns.len()) =>
            {
                Err(unsupported)
            }
            Ok(policy) => Ok(policy),
            Err(_) => Err(unsupported),
        }
        .map_err(|reason| SqsError::parameter("RedriveAllowPolicy", value, reason))
    }

    /// As clients read it.
    pub(super) fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    pub(super) fn allows(&self, source_arn: &str) -> bool {
        match self {
            Self::AllowAll => true,
            Self::DenyAll => false,
            Self::ByQueue { source_queue_arns } => {
                source_queue_arns.iter().any(|arn| arn == source_arn)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redrive_policy_needs_both_parts_and_1_to_1000_receives() {
        for good in ["1", "1000", r#""5""#] {
            let policy = format!(r#"{{"deadLetterTargetArn":"a","maxReceiveCount":{good}}}"#);
            assert!(RedrivePolicy::parse(&policy).is_ok(), "{policy}");
        }
        for bad in [
            "x",
            r#"{"deadLetterTargetArn":"a"}"#,
            r#"{"maxReceiveCount":5}"#,
            r#"{"deadLetterTargetArn":"a","maxReceiveCount":"many"}"#,
            r#"{"deadLetterTargetArn":"a","maxReceiveCount":0}"#,
            r#"{"deadLetterTargetArn":"a","maxReceiveCount":1001}"#,
        ] {
            let refused = RedrivePolicy::parse(bad).expect_err(bad);
            assert_eq!(refused.query_code(), "InvalidParameterValue", "{bad}");
        }
    }

    #[test]
    fn a_redrive_allow_policy_says_who_may_send_dead_letters() {
        let by_queue = r#"{"redrivePermission":"byQueue","sourceQueueArns":["a"]}"#;
        for (policy, a, b) in [
            (r#"{"redrivePermission":"allowAll"}"#, true, true),
            (r#"{"redrivePermission":"denyAll"}"#, false, false),
            (by_queue, true, false),
        ] {
            let parsed = RedriveAllowPolicy::parse(policy).expect(policy);
            assert_eq!((parsed.allows("a"), parsed.allows("b")), (a, b), "{policy}");
            assert_eq!(parsed.json(), policy);
        }
        for bad in [
            "x",
            r#"{"redrivePermission":"sometimes"}"#,
            r#"{"redrivePermission":"byQueue"}"#,
            r#"{"redrivePermission":"byQueue","sourceQueueArns":[]}"#,
        ] {
            assert!(RedriveAllowPolicy::parse(bad).is_err(), "{bad}");
        }
    }
}
