//! The unmodified SDKs of AWS, as rpsctl uses them.

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

/// The code of a refusal; the client knew it, and had a text with it.
pub(crate) fn code<T>(answer: Result<T, impl ProvideErrorMetadata>) -> String {
    let error = answer.err().expect("not refused");
    let message = error.message().unwrap_or_default();
    assert!(!message.is_empty(), "a refusal without a text");
    error.code().unwrap_or_default().to_owned()
}
