//! The environment variables of a function.

use rps_core::names::{FUNCTION_MEMORY_MB, Function, env};

use crate::{ACCOUNT, Options, REGION, Urls};

/// What every process of the function gets; nothing else is inherited. The Runtime API's address is
/// added for each.
pub(super) fn of(function: Function, options: &Options, urls: &Urls) -> Vec<(String, String)> {
    let name = function.name();
    let memory_mb = FUNCTION_MEMORY_MB.to_string();
    let log_group = format!("/aws/lambda/{name}");
    let own = [
        ("AWS_LAMBDA_FUNCTION_NAME", name),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", &memory_mb),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", &log_group),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "local"),
        ("AWS_REGION", REGION),
        ("AWS_DEFAULT_REGION", REGION),
        ("AWS_ACCESS_KEY_ID", "local"),
        ("AWS_SECRET_ACCESS_KEY", "local"),
        ("AWS_ENDPOINT_URL", &urls.endpoint),
        ("TZ", ":UTC"),
        (env::TABLE, &urls.table),
        (env::QUEUE_URL, &urls.queue_url),
        (env::SOCKET_URL, &urls.url),
    ];
    let own = own
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value.to_owned()));
    own.chain(options.environment.iter().cloned()).collect()
}

/// The function's ARN.
pub(super) fn arn(function: Function) -> String {
    format!(
        "arn:aws:lambda:{REGION}:{ACCOUNT}:function:{}",
        function.name()
    )
}
