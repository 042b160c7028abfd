//! Clients of the unmodified AWS SDKs.

use aws_sdk_lambda::error::ProvideErrorMetadata;
use aws_types::SdkConfig;

use super::Host;

pub(crate) fn config(host: &Host) -> SdkConfig {
    rps_testkit::table::sdk(&host.local.urls().endpoint)
}

pub(crate) fn lambda(host: &Host) -> aws_sdk_lambda::Client {
    aws_sdk_lambda::Client::new(&config(host))
}

pub(crate) fn cloudwatch(host: &Host) -> aws_sdk_cloudwatch::Client {
    aws_sdk_cloudwatch::Client::new(&config(host))
}

pub(crate) fn logs(host: &Host) -> aws_sdk_cloudwatchlogs::Client {
    aws_sdk_cloudwatchlogs::Client::new(&config(host))
}

pub(crate) fn dynamodb(host: &Host) -> aws_sdk_dynamodb::Client {
    aws_sdk_dynamodb::Client::new(&config(host))
}

/// The error code. Asserts that the SDK also found a message.
pub(crate) fn error_code<T>(result: Result<T, impl ProvideErrorMetadata>) -> String {
    let error = result.err().expect("an error");
    let message = error.message().unwrap_or_default();
    assert!(!message.is_empty(), "the error has no message");
    error.code().unwrap_or_default().to_owned()
}
