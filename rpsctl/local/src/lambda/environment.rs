//! The environment variables of a function.

use rps_contract::names::{FUNCTION_MEMORY_MB, Function, env};

use crate::{ACCOUNT, Options, REGION, Urls, logs};

/// What Lambda itself sets for every process of the function. The Runtime API's address is added for each.
pub(super) fn reserved(function: Function) -> Vec<(String, String)> {
    let name = function.name();
    let memory_mb = FUNCTION_MEMORY_MB.to_string();
    let log_group = logs::group(function);
    owned(&[
        ("AWS_LAMBDA_FUNCTION_NAME", name),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", &memory_mb),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", &log_group),
        ("AWS_LAMBDA_LOG_STREAM_NAME", logs::STREAM),
        ("AWS_REGION", REGION),
        ("AWS_DEFAULT_REGION", REGION),
        ("AWS_ACCESS_KEY_ID", "local"),
        ("AWS_SECRET_ACCESS_KEY", "local"),
        ("TZ", ":UTC"),
    ])
}

/// What the function was created with. With the reserved ones that is all: nothing is inherited.
pub(super) fn variables(options: &Options, urls: &Urls) -> Vec<(String, String)> {
    let mut variables = owned(&[
        ("AWS_ENDPOINT_URL", &urls.endpoint),
        (env::TABLE, &urls.table),
        (env::QUEUE_URL, &urls.queue_url),
        (env::SOCKET_URL, &urls.url),
    ]);
    variables.extend(options.environment.iter().cloned());
    variables
}

fn owned(variables: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    variables.iter().map(owned).collect()
}

/// The ARN of the function of that name.
pub(crate) fn arn(name: &str) -> String {
    format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}")
}
