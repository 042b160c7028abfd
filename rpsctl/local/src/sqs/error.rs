//! What SQS refuses, in the codes and words it refuses with.

use axum::http::StatusCode;
use serde_json::{Value, json};

/// A refused request, or a refused entry of a batch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SqsError {
    code: Code,
    message: String,
}

/// Which refusal. The variants are named as the shapes of the SQS API: `Debug` prints the shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// Two entries of one batch have the same id.
    BatchEntryIdsNotDistinct,
    /// The entries of one batch are too large together.
    BatchRequestTooLong,
    /// A batch without entries.
    EmptyBatchRequest,
    /// Not a queue URL.
    InvalidAddress,
    /// No such queue attribute, or not one that can be set.
    InvalidAttributeName,
    /// A queue attribute outside its range.
    InvalidAttributeValue,
    /// A batch id with other characters than AWS allows.
    InvalidBatchEntryId,
    /// Characters that XML does not allow.
    InvalidMessageContents,
    /// Any other parameter outside its range.
    InvalidParameterValueException,
    /// A required parameter is not there.
    MissingRequiredParameterException,
    /// Too many messages in flight.
    OverLimit,
    /// Purged less than a minute ago.
    PurgeQueueInProgress,
    /// Deleted less than a minute ago.
    QueueDeletedRecently,
    /// No such queue.
    QueueDoesNotExist,
    /// The queue is there, with other attributes.
    QueueNameExists,
    /// Not a receipt handle of this queue.
    ReceiptHandleIsInvalid,
    /// What a move task names is not there.
    ResourceNotFoundException,
    /// The body is not the JSON the operation takes.
    SerializationException,
    /// More entries than one batch may have.
    TooManyEntriesInBatchRequest,
    /// No such operation.
    UnknownOperationException,
    /// AWS can do it, this queue cannot.
    UnsupportedOperation,
}

impl Code {
    /// The `__type` of the answer. Errors of AWS's framework have its namespace, not the one of SQS.
    fn shape(self) -> String {
        let namespace = match self {
            Self::InvalidParameterValueException
            | Self::MissingRequiredParameterException
            | Self::SerializationException
            | Self::UnknownOperationException => "com.amazon.coral.service",
            _ => "com.amazonaws.sqs",
        };
        format!("{namespace}#{self:?}")
    }

    /// The code of the older query protocol, from the `awsQueryError` traits of AWS's model of SQS.
    fn query_code(self) -> String {
        match self {
            Self::InvalidParameterValueException => "InvalidParameterValue".to_owned(),
            Self::MissingRequiredParameterException => "MissingParameter".to_owned(),
            Self::QueueDoesNotExist => "AWS.SimpleQueueService.NonExistentQueue".to_owned(),
            Self::QueueNameExists => "QueueAlreadyExists".to_owned(),
            Self::BatchEntryIdsNotDistinct
            | Self::BatchRequestTooLong
            | Self::EmptyBatchRequest
            | Self::InvalidBatchEntryId
            | Self::PurgeQueueInProgress
            | Self::QueueDeletedRecently
            | Self::TooManyEntriesInBatchRequest
            | Self::UnsupportedOperation => format!("AWS.SimpleQueueService.{self:?}"),
            _ => format!("{self:?}"),
        }
    }

    fn status(self) -> StatusCode {
        match self {
            Self::OverLimit | Self::PurgeQueueInProgress => StatusCode::FORBIDDEN,
            Self::InvalidAddress
            | Self::ReceiptHandleIsInvalid
            | Self::ResourceNotFoundException => StatusCode::NOT_FOUND,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}

impl SqsError {
    pub(super) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    /// `Value {value} for parameter {parameter} is invalid. Reason: {reason}`: the commonest words of SQS.
    pub(super) fn parameter(parameter: &str, value: impl std::fmt::Display, reason: &str) -> Self {
        Self::new(
            Code::InvalidParameterValueException,
            format!("Value {value} for parameter {parameter} is invalid. Reason: {reason}"),
        )
    }

    pub(super) fn missing(parameter: &str) -> Self {
        Self::new(
            Code::MissingRequiredParameterException,
            format!("The request must contain the parameter {parameter}."),
        )
    }

    pub(super) fn no_queue() -> Self {
        Self::new(
            Code::QueueDoesNotExist,
            "The specified queue does not exist.",
        )
    }

    /// Which refusal it is.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    /// The code AWS shows for it: in batch results, in `x-amzn-query-error`, in the CLI.
    ///
    /// The SDKs believe that header more than `__type`, so it is on every refusal.
    #[must_use]
    pub fn query_code(&self) -> String {
        self.code.query_code()
    }

    pub(super) fn status(&self) -> StatusCode {
        self.code.status()
    }

    pub(super) fn body(&self) -> Value {
        json!({"__type": self.code.shape(), "message": self.message})
    }

    /// How it looks as the result of one entry of a batch.
    pub(super) fn entry(&self, id: &str) -> Value {
        json!({"Id": id, "SenderFault": true, "Code": self.query_code(), "Message": self.message})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn type_and_query_code_are_those_of_the_sqs_model() {
        for (code, shape, query_code) in [
            (
                Code::QueueDoesNotExist,
                "com.amazonaws.sqs#QueueDoesNotExist",
                "AWS.SimpleQueueService.NonExistentQueue",
            ),
            (
                Code::QueueNameExists,
                "com.amazonaws.sqs#QueueNameExists",
                "QueueAlreadyExists",
            ),
            (
                Code::InvalidParameterValueException,
                "com.amazon.coral.service#InvalidParameterValueException",
                "InvalidParameterValue",
            ),
            (
                Code::EmptyBatchRequest,
                "com.amazonaws.sqs#EmptyBatchRequest",
                "AWS.SimpleQueueService.EmptyBatchRequest",
            ),
            (Code::OverLimit, "com.amazonaws.sqs#OverLimit", "OverLimit"),
        ] {
            assert_eq!(code.shape(), shape);
            assert_eq!(code.query_code(), query_code);
        }
    }
}
