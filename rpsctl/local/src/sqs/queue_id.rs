use rps_contract::names::{DEAD_LETTER_RETENTION_S, MAX_RECEIVE_COUNT, RETENTION_S};

use crate::error::AwsError;
use crate::names::{DEAD_LETTER_QUEUE, QUEUE, arn};
use crate::sqs::error::{no_queue, no_resource};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum QueueId {
    /// The round timers.
    Rounds,
    DeadLetters,
}

impl QueueId {
    pub(crate) const ALL: [Self; 2] = [Self::Rounds, Self::DeadLetters];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rounds => QUEUE,
            Self::DeadLetters => DEAD_LETTER_QUEUE,
        }
    }

    pub(crate) fn arn(self) -> String {
        arn("sqs", self.name())
    }

    /// The dead-letter queue and the maximum number of receives.
    pub(super) fn redrive(self) -> Option<(Self, u32)> {
        match self {
            Self::Rounds => Some((Self::DeadLetters, MAX_RECEIVE_COUNT)),
            Self::DeadLetters => None,
        }
    }

    /// The retention period. The local AWS does not enforce it.
    pub(super) fn retention_s(self) -> u32 {
        match self {
            Self::Rounds => RETENTION_S,
            Self::DeadLetters => DEAD_LETTER_RETENTION_S,
        }
    }

    pub(super) fn of_name(name: &str) -> Result<Self, AwsError> {
        let mut all = Self::ALL.into_iter();
        all.find(|queue| queue.name() == name).ok_or_else(no_queue)
    }

    /// Uses only the last part of the URL, because clients may use another name for the host.
    pub(super) fn of_url(url: &str) -> Result<Self, AwsError> {
        Self::of_name(url.rsplit('/').next().unwrap_or_default())
    }

    /// The error for an unknown queue names the `parameter`.
    pub(super) fn of_arn(parameter: &str, arn: &str) -> Result<Self, AwsError> {
        let mut all = Self::ALL.into_iter();
        all.find(|queue| queue.arn() == arn)
            .ok_or_else(|| no_resource(parameter))
    }
}
