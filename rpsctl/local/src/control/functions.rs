//! A function's configuration, reserved concurrency, recursion setting and policy.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use rps_contract::names::{FUNCTION_MEMORY_MB, Function, ROUTES, Route};
use serde_json::{Value, json};

use crate::control::{ControlError, ControlPlane, ControlResult, JsonResponse};
use crate::lambda::FunctionSettings;
use crate::names::{API, STAGE, arn, function_arn};

/// Finds a function by a `FunctionName` parameter, which is its name or ARN.
pub(super) fn function_by_name(name: &str) -> Option<Function> {
    let matches = |function: &Function| {
        let function_name = function.name();
        function_name == name || function_arn(function_name) == name
    };
    Function::ALL.into_iter().find(matches)
}

/// A function without a program does not exist.
fn find_function<'a>(
    plane: &'a ControlPlane,
    name: &str,
) -> Result<(Function, &'a FunctionSettings), ControlError> {
    function_by_name(name)
        .and_then(|function| Some((function, plane.lambda.settings(function)?)))
        .ok_or_else(|| {
            ControlError::not_found(format!("Function not found: {}", function_arn(name)))
        })
}

/// `GetFunctionConfiguration`.
pub(super) async fn configuration(
    State(plane): State<Arc<ControlPlane>>,
    Path(name): Path<String>,
) -> ControlResult {
    let (function, settings) = find_function(&plane, &name)?;
    // If a variable is set twice, the process gets the later value.
    let variables: BTreeMap<_, _> = settings.variables.iter().cloned().collect();
    let architecture = match std::env::consts::ARCH {
        "aarch64" => "arm64",
        other => other,
    };
    Ok(JsonResponse::ok(json!({
        "FunctionName": function.name(),
        "FunctionArn": function_arn(function.name()),
        "Runtime": "provided.al2023",
        "Handler": "bootstrap",
        "PackageType": "Zip",
        "Architectures": [architecture],
        "Version": "$LATEST",
        "Timeout": settings.timeout.as_millis().div_ceil(1000),
        "MemorySize": FUNCTION_MEMORY_MB,
        "Environment": { "Variables": variables },
        "State": "Active",
        "LastUpdateStatus": "Successful",
    })))
}

/// `GetFunctionConcurrency`. No local function reserves concurrency, and Lambda's answer then has no number.
pub(super) async fn concurrency(
    State(plane): State<Arc<ControlPlane>>,
    Path(name): Path<String>,
) -> ControlResult {
    find_function(&plane, &name)?;
    Ok(JsonResponse::ok(json!({})))
}

/// `GetFunctionRecursionConfig` returns Lambda's default. The local AWS does not detect recursion.
pub(super) async fn recursion(
    State(plane): State<Arc<ControlPlane>>,
    Path(name): Path<String>,
) -> ControlResult {
    find_function(&plane, &name)?;
    Ok(JsonResponse::ok(json!({ "RecursiveLoop": "Terminate" })))
}

/// `GetPolicy`. A function without routes has no policy: the mapping invokes `decide` with its role.
pub(super) async fn policy(
    State(plane): State<Arc<ControlPlane>>,
    Path(name): Path<String>,
) -> ControlResult {
    let (function, _) = find_function(&plane, &name)?;
    let routes = ROUTES.iter().filter(|route| route.function == function);
    let statements: Vec<_> = routes.map(statement).collect();
    if statements.is_empty() {
        return Err(ControlError::no_resource());
    }
    let policy = json!({ "Version": "2012-10-17", "Id": "default", "Statement": statements });
    Ok(JsonResponse::ok(json!({ "Policy": policy.to_string() })))
}

/// A statement in the format of `AddPermission`.
fn statement(route: &Route) -> Value {
    let source = arn("execute-api", &format!("{API}/{STAGE}/{}", route.key));
    json!({
        "Sid": format!("route-{}", route.key.trim_start_matches('$')),
        "Effect": "Allow",
        "Principal": { "Service": "apigateway.amazonaws.com" },
        "Action": "lambda:InvokeFunction",
        "Resource": function_arn(route.function.name()),
        "Condition": { "ArnLike": { "AWS:SourceArn": source } },
    })
}
