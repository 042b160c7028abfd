//! The mapping from the queue to `decide`, and the functions.

use aws_sdk_lambda::Client;
use aws_sdk_lambda::operation::get_function_configuration::GetFunctionConfigurationOutput;
use aws_sdk_lambda::types::{FunctionResponseType, LastUpdateStatus, RecursiveLoop, State};
use rps_contract::names::{FUNCTION_TIMEOUT_S, Function, env};
use rps_contract::stack::Stack;

use super::finding::{Found, Wrongs};
use super::of_each;
use crate::aws::Deployment;
use crate::commands::PAUSED;
use crate::exit::Failure;
use crate::target::Target;

/// Whether the queue's messages reach `decide`, and come back one by one if they fail.
pub(super) async fn mapping(deployment: &Deployment) -> Result<Found, Failure> {
    let target = deployment.target();
    let mapping = deployment.event_source_mapping().await?;
    let mut wrongs = Wrongs::of(target);
    match mapping.state().unwrap_or("in no state") {
        "Enabled" => (),
        off @ ("Disabled" | "Disabling") => wrongs.add(off, PAUSED),
        other => wrongs.add(other, "wait: it becomes Enabled by itself"),
    }
    let partly = FunctionResponseType::ReportBatchItemFailures;
    if !mapping.function_response_types().contains(&partly) {
        wrongs.changed(
            "one failure brings back all messages of its batch (no ReportBatchItemFailures)",
        );
    }
    let (queue, decide) = (target.queue(), target.function(Function::Decide));
    let (from, to) = (mapping.event_source_arn(), mapping.function_arn());
    if !from.is_some_and(|arn| arn.ends_with(&format!(":{queue}"))) {
        wrongs.changed(format!("its messages come from {}", in_words(from)));
    }
    if !to.is_some_and(|arn| arn.ends_with(&format!(":function:{decide}"))) {
        wrongs.changed(format!("its messages go to {}", in_words(to)));
    }
    Ok(wrongs.or(format!("Enabled, from {queue} to {decide}")))
}

/// Whether each function can run, and works on this stack's parts.
pub(super) async fn functions(deployment: &Deployment) -> Result<Found, Failure> {
    let (target, parts) = (deployment.target(), deployment.parts().await?);
    let all = of_each(async |which| deployment.function(which).await).await?;
    let mut wrongs = Wrongs::of(target);
    for (which, is) in all {
        can_run(&target.function(which), &is, &mut wrongs);
        works_on(target, parts, which, &is, &mut wrongs);
    }
    Ok(wrongs.or("all 4 are Active and know this table, queue and socket"))
}

fn can_run(name: &str, is: &GetFunctionConfigurationOutput, wrongs: &mut Wrongs) {
    let why = |reason: Option<&str>| reason.map(|why| format!(" ({why})")).unwrap_or_default();
    if is.state() != Some(&State::Active) {
        let state = is.state().map_or("in no state", State::as_str);
        let why = why(is.state_reason());
        wrongs.changed(format!("{name} is {state}{why}"));
    }
    match is.last_update_status() {
        None | Some(LastUpdateStatus::Successful) => (),
        Some(status) => {
            let why = why(is.last_update_status_reason());
            wrongs.changed(format!("the last update of {name} is {status}{why}"));
        }
    }
    let timeout_s = is.timeout().and_then(|s| s.try_into().ok());
    if timeout_s != Some(FUNCTION_TIMEOUT_S) {
        let timeout = timeout_s.map_or("?".to_owned(), |s| s.to_string());
        wrongs.changed(format!(
            "{name} has a timeout of {timeout} seconds, not {FUNCTION_TIMEOUT_S}"
        ));
    }
}

/// The variables that name a part of the stack, and the functions that need each.
fn works_on(
    target: &Target,
    parts: &Stack,
    which: Function,
    is: &GetFunctionConfigurationOutput,
    wrongs: &mut Wrongs,
) {
    let variables = is.environment().and_then(|it| it.variables());
    let table = target.table();
    let expected = [
        (env::TABLE, &table),
        (env::SOCKET_URL, &parts.socket),
        (env::QUEUE_URL, &parts.queue_url),
    ];
    let needed = match which {
        Function::ReceivePlay => 1,
        Function::Connection => 2,
        Function::JoinGame | Function::Decide => 3,
    };
    for (variable, should_be) in &expected[..needed] {
        let value = variables.and_then(|all| all.get(*variable));
        if value.is_none_or(|value| !is_same(target, value, should_be)) {
            let (name, value) = (target.function(which), in_words(value.map(String::as_str)));
            wrongs.changed(format!("{variable} of {name} is {value}, not {should_be}"));
        }
    }
}

/// A local AWS may be reached here by another address than it has for its functions.
fn is_same(target: &Target, value: &str, should_be: &str) -> bool {
    let path = |url: &str| {
        let (_, rest) = url.split_once("://")?;
        rest.split_once('/').map(|(_, path)| path.to_owned())
    };
    let local = matches!(target, Target::Local { .. });
    value == should_be || (local && path(value).is_some() && path(value) == path(should_be))
}

/// Whether AWS ends a chain of functions and messages that would go on for ever.
pub(super) async fn recursion(deployment: &Deployment) -> Result<Found, Failure> {
    let target = deployment.target();
    let all = of_each(async |which| {
        let name = target.function(which);
        let asked = Client::new(deployment.config()).get_function_recursion_config();
        asked.function_name(&name).send().await.map_err(|error| {
            let on = format!("the function {name}");
            deployment.explain("lambda:GetFunctionRecursionConfig", &on, &error)
        })
    });
    let mut wrongs = Wrongs::of(target);
    for (which, is) in all.await? {
        if is.recursive_loop() != Some(&RecursiveLoop::Terminate) {
            let is = is.recursive_loop().map_or("nothing", RecursiveLoop::as_str);
            let name = target.function(which);
            wrongs.changed(format!("chains without end of {name} are not ended: {is}"));
        }
    }
    Ok(wrongs.or("Terminate: AWS ends chains of functions without end"))
}

fn in_words(value: Option<&str>) -> &str {
    value.unwrap_or("not set")
}
