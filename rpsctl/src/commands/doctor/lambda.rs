//! The event source mapping from the queue to `decide`, and the functions.

use aws_sdk_lambda::Client;
use aws_sdk_lambda::operation::get_function_configuration::GetFunctionConfigurationOutput;
use aws_sdk_lambda::types::{FunctionResponseType, LastUpdateStatus, RecursiveLoop, State};
use rps_contract::names::{FUNCTION_TIMEOUT_S, Function, env};
use rps_contract::stack::Stack;
use rps_handlers::config::check;

use super::finding::{CheckResult, Problems};
use super::for_each_function;
use crate::aws::Deployment;
use crate::exit::Failure;
use crate::target::Target;

/// Checks that the mapping delivers the queue's messages to `decide`, and that a failed message returns alone.
pub(super) async fn mapping(deployment: &Deployment) -> Result<CheckResult, Failure> {
    let target = deployment.target();
    let mapping = deployment.event_source_mapping().await?;
    let mut problems = Problems::of(target);
    match mapping.state().unwrap_or("in an unknown state") {
        "Enabled" => (),
        state @ ("Disabled" | "Disabling") => problems.add(
            format!("{state}, so no round is decided and no game ends"),
            format!(
                "resume the mapping with `{}`",
                target.rpsctl("queue resume")
            ),
        ),
        state => problems.add(state, "wait until the mapping is Enabled"),
    }
    let partial_failures = FunctionResponseType::ReportBatchItemFailures;
    if !mapping
        .function_response_types()
        .contains(&partial_failures)
    {
        problems.add_drift(
            "one failed message returns its whole batch to the queue (ReportBatchItemFailures is missing)",
        );
    }
    if let Some(window_s @ 1..) = mapping.maximum_batching_window_in_seconds() {
        problems.add_drift(format!(
            "messages wait up to {window_s} seconds for a batch, so rounds end late"
        ));
    }
    let (queue, decide) = (target.queue(), target.function(Function::Decide));
    let (from, to) = (mapping.event_source_arn(), mapping.function_arn());
    if !from.is_some_and(|arn| arn.ends_with(&format!(":{queue}"))) {
        problems.add_drift(format!("the mapping reads from {}", in_words(from)));
    }
    if !to.is_some_and(|arn| arn.ends_with(&format!(":function:{decide}"))) {
        problems.add_drift(format!("the mapping delivers to {}", in_words(to)));
    }
    Ok(problems.result_or(format!("Enabled, from {queue} to {decide}")))
}

/// Checks that each function can run and uses this stack's resources.
pub(super) async fn functions(deployment: &Deployment) -> Result<CheckResult, Failure> {
    let (target, parts) = (deployment.target(), deployment.parts().await?);
    let all = for_each_function(async |function| deployment.function(function).await).await?;
    let mut problems = Problems::of(target);
    for (function, config) in all {
        check_state(&target.function(function), &config, &mut problems);
        check_environment(target, parts, function, &config, &mut problems);
    }
    Ok(problems.result_or("all 4 are Active and use this stack's table, queue and socket"))
}

fn check_state(name: &str, config: &GetFunctionConfigurationOutput, problems: &mut Problems) {
    let why = |reason: Option<&str>| reason.map(|why| format!(" ({why})")).unwrap_or_default();
    if config.state() != Some(&State::Active) {
        let state = config.state().map_or("in an unknown state", State::as_str);
        let why = why(config.state_reason());
        problems.add_drift(format!("{name} is {state}{why}"));
    }
    match config.last_update_status() {
        None | Some(LastUpdateStatus::Successful) => (),
        Some(status) => {
            let why = why(config.last_update_status_reason());
            problems.add_drift(format!("the last update of {name} is {status}{why}"));
        }
    }
    let timeout_s = config.timeout().and_then(|s| s.try_into().ok());
    if timeout_s != Some(FUNCTION_TIMEOUT_S) {
        let timeout = timeout_s.map_or("?".to_owned(), |s| s.to_string());
        problems.add_drift(format!(
            "{name} has a timeout of {timeout} seconds, not {FUNCTION_TIMEOUT_S}"
        ));
    }
}

/// Checks that the function accepts its environment variables, and that they name the resources of the stack.
fn check_environment(
    target: &Target,
    parts: &Stack,
    function: Function,
    config: &GetFunctionConfigurationOutput,
    problems: &mut Problems,
) {
    let variables = config.environment().and_then(|it| it.variables());
    let get = |name: &str| variables.and_then(|all| all.get(name));
    if let Err(error) = check(function, |name| get(name).cloned()) {
        return problems.add_drift(format!("{} {error}", target.function(function)));
    }
    let table = target.table();
    let table = (env::TABLE, &table);
    let socket = (env::SOCKET_URL, &parts.socket);
    let queue = (env::QUEUE_URL, &parts.queue_url);
    let expected = match function {
        Function::Connection => vec![table, socket],
        Function::ReceivePlay => vec![table, queue],
        Function::JoinGame | Function::Decide => vec![table, socket, queue],
    };
    for (variable, expected) in expected {
        let value = get(variable);
        if value.is_none_or(|value| !is_same(target, value, expected)) {
            let (name, value) = (
                target.function(function),
                in_words(value.map(String::as_str)),
            );
            problems.add_drift(format!("{variable} of {name} is {value}, not {expected}"));
        }
    }
}

/// Compares values. For a local AWS only the URL path counts, since its functions may use another address for it.
fn is_same(target: &Target, value: &str, expected: &str) -> bool {
    let path = |url: &str| {
        let (_, rest) = url.split_once("://")?;
        rest.split_once('/').map(|(_, path)| path.to_owned())
    };
    let local = matches!(target, Target::Local { .. });
    value == expected || (local && path(value).is_some() && path(value) == path(expected))
}

/// Checks that only `decide` has a reserved concurrency, which is also the function's limit.
pub(super) async fn concurrency(deployment: &Deployment) -> Result<CheckResult, Failure> {
    let target = deployment.target();
    let all = for_each_function(async |function| {
        let name = target.function(function);
        let request = Client::new(deployment.config()).get_function_concurrency();
        request.function_name(&name).send().await.map_err(|error| {
            deployment.explain_function("lambda:GetFunctionConcurrency", function, &error)
        })
    });
    let mut problems = Problems::of(target);
    let mut decide = "no function has a reserved concurrency; set reservedConcurrency if the account's other functions \
                      keep `decide` from running"
        .to_owned();
    for (function, config) in all.await? {
        let name = target.function(function);
        match config.reserved_concurrent_executions() {
            None => (),
            Some(0) => problems.add_drift(format!(
                "Lambda never runs {name}: its reserved concurrency is 0"
            )),
            Some(reserved) if function == Function::Decide => {
                decide = format!("{reserved} executions are reserved for {name}");
            }
            Some(limit) => problems.add_drift(format!(
                "Lambda runs {name} at most {limit} times at once: this is its reserved concurrency"
            )),
        }
    }
    Ok(problems.result_or(decide))
}

/// Checks that AWS stops endless loops between functions and queues.
pub(super) async fn recursion(deployment: &Deployment) -> Result<CheckResult, Failure> {
    let target = deployment.target();
    let all = for_each_function(async |function| {
        let name = target.function(function);
        let request = Client::new(deployment.config()).get_function_recursion_config();
        request.function_name(&name).send().await.map_err(|error| {
            deployment.explain_function("lambda:GetFunctionRecursionConfig", function, &error)
        })
    });
    let mut problems = Problems::of(target);
    for (function, config) in all.await? {
        if config.recursive_loop() != Some(&RecursiveLoop::Terminate) {
            let setting = config
                .recursive_loop()
                .map_or("not set", RecursiveLoop::as_str);
            let name = target.function(function);
            // Terminate is Lambda's default, so the stack has no resource that `pulumi up` could restore.
            let command =
                "lambda put-function-recursion-config --recursive-loop Terminate --function-name";
            problems.add(
                format!("recursive loop detection of {name} is {setting}, not Terminate"),
                format!("run `{}`", target.aws(&format!("{command} {name}"))),
            );
        }
    }
    Ok(problems.result_or("Terminate: AWS stops endless loops of functions and queues"))
}

fn in_words(value: Option<&str>) -> &str {
    value.unwrap_or("not set")
}
