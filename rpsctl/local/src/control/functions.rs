//! A function's configuration, its setting against recursion, and its policy.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use rps_contract::names::{FUNCTION_MEMORY_MB, Function, ROUTES, Route};
use serde_json::{Value, json};

use crate::control::{Answer, ControlPlane, Json, Refusal};
use crate::lambda::Settings;
use crate::names::{API, STAGE, arn, function_arn};

/// The function that a `FunctionName` means: its name or its ARN.
pub(super) fn named(name: &str) -> Option<Function> {
    let is_named = |it: &Function| it.name() == name || function_arn(it.name()) == name;
    Function::ALL.into_iter().find(is_named)
}

/// The function and its settings. A function without a program does not exist.
fn existing<'a>(plane: &'a ControlPlane, name: &str) -> Result<(Function, &'a Settings), Refusal> {
    named(name)
        .and_then(|function| Some((function, plane.lambda.settings(function)?)))
        .ok_or_else(|| Refusal::not_found(format!("Function not found: {}", function_arn(name))))
}

/// `GetFunctionConfiguration`.
pub(super) async fn configuration(
    State(plane): State<Arc<ControlPlane>>,
    Path(name): Path<String>,
) -> Answer {
    let (function, settings) = existing(&plane, &name)?;
    // Of a variable given twice the process gets the later.
    let variables: BTreeMap<_, _> = settings.variables.iter().cloned().collect();
    let architecture = match std::env::consts::ARCH {
        "aarch64" => "arm64",
        other => other,
    };
    Ok(Json::ok(json!({
        "FunctionName": function.name(),
        "FunctionArn": function_arn(function.name()),
        "Runtime": "provided.al2023",
        "Handler": "bootstrap",
        "PackageType": "Zip",
        "Architectures": [architecture],
        "Version": "$LATEST",
        "Timeout": settings.limit.as_millis().div_ceil(1000),
        "MemorySize": FUNCTION_MEMORY_MB,
        "Environment": { "Variables": variables },
        "State": "Active",
        "LastUpdateStatus": "Successful",
    })))
}

/// `GetFunctionRecursionConfig`: Lambda's default. Chains are not counted here.
pub(super) async fn recursion(
    State(plane): State<Arc<ControlPlane>>,
    Path(name): Path<String>,
) -> Answer {
    existing(&plane, &name)?;
    Ok(Json::ok(json!({ "RecursiveLoop": "Terminate" })))
}

/// `GetPolicy`. A function without routes has none: the mapping invokes `decide` by its role.
pub(super) async fn policy(
    State(plane): State<Arc<ControlPlane>>,
    Path(name): Path<String>,
) -> Answer {
    let (function, _) = existing(&plane, &name)?;
    let routes = ROUTES.iter().filter(|route| route.function == function);
    let statements: Vec<_> = routes.map(statement).collect();
    if statements.is_empty() {
        return Err(Refusal::no_resource());
    }
    let policy = json!({ "Version": "2012-10-17", "Id": "default", "Statement": statements });
    Ok(Json::ok(json!({ "Policy": policy.to_string() })))
}

/// As `AddPermission` writes it.
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
