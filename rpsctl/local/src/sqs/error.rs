//! SQS's errors. Names, codes and statuses come from AWS's model of SQS. The framework's errors have another namespace
//! than SQS's own. SDKs prefer the code of the older query protocol to both.

use axum::http::StatusCode;

use crate::error::AwsError;

pub(super) fn no_queue() -> AwsError {
    let message = "The specified queue does not exist.";
    AwsError::bad_request("com.amazonaws.sqs#QueueDoesNotExist", message)
        .with_query_code("AWS.SimpleQueueService.NonExistentQueue")
}

pub(super) fn no_resource(parameter: &str) -> AwsError {
    let message =
        format!("The resource that you specified for the {parameter} parameter doesn't exist.");
    let kind = "com.amazonaws.sqs#ResourceNotFoundException";
    AwsError::new(StatusCode::NOT_FOUND, kind, message).with_query_code("ResourceNotFoundException")
}

pub(super) fn bad_receipt(handle: &str) -> AwsError {
    let message = format!("The input receipt handle \"{handle}\" is not a valid receipt handle.");
    let kind = "com.amazonaws.sqs#ReceiptHandleIsInvalid";
    AwsError::new(StatusCode::NOT_FOUND, kind, message).with_query_code("ReceiptHandleIsInvalid")
}

pub(super) fn bad_value(message: impl Into<String>) -> AwsError {
    let kind = "com.amazon.coral.service#InvalidParameterValueException";
    AwsError::bad_request(kind, message).with_query_code("InvalidParameterValue")
}

pub(super) fn missing(parameter: &str) -> AwsError {
    let kind = "com.amazon.coral.service#MissingRequiredParameterException";
    let message = format!("The request must contain the parameter {parameter}.");
    AwsError::bad_request(kind, message).with_query_code("MissingParameter")
}

/// The request is invalid JSON, or has unknown or invalid parameters.
pub(super) fn unreadable(error: &serde_json::Error) -> AwsError {
    let kind = "com.amazon.coral.service#SerializationException";
    let message = format!("The local AWS cannot read the request: {error}");
    AwsError::bad_request(kind, message).with_query_code("SerializationException")
}

pub(super) fn unsupported(operation: &str, supported: &str) -> AwsError {
    let message = format!("The local queue does not support {operation}; it supports {supported}.");
    AwsError::bad_request("com.amazonaws.sqs#UnsupportedOperation", message)
        .with_query_code("AWS.SimpleQueueService.UnsupportedOperation")
}

pub(super) fn empty_batch() -> AwsError {
    let message = "There should be at least one entry in the request.";
    AwsError::bad_request("com.amazonaws.sqs#EmptyBatchRequest", message)
        .with_query_code("AWS.SimpleQueueService.EmptyBatchRequest")
}

pub(super) fn large_batch(entries: usize) -> AwsError {
    let message = format!("Maximum number of entries per request are 10. You have sent {entries}.");
    AwsError::bad_request("com.amazonaws.sqs#TooManyEntriesInBatchRequest", message)
        .with_query_code("AWS.SimpleQueueService.TooManyEntriesInBatchRequest")
}

pub(super) fn repeated_id(id: &str) -> AwsError {
    let message = format!("Id {id} repeated.");
    AwsError::bad_request("com.amazonaws.sqs#BatchEntryIdsNotDistinct", message)
        .with_query_code("AWS.SimpleQueueService.BatchEntryIdsNotDistinct")
}
