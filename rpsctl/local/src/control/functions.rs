//! A function's configuration, and its setting against recursion.

use std::{collections::BTreeMap, sync::Arc};

use axum::extract::{Path, State};
use rps_contract::names::{FUNCTION_MEMORY_MB, Function};
use serde_json::json;

use super::{Answer, ControlPlane, Json, Refusal};
use crate::lambda::{self, Settings};

/// The function that a `FunctionName` means: its name or its ARN.
pub(super) fn named(name: &str) -> Option<Function> {
    let is_named = |it: &Function| it.name() == name || lambda::arn(it.name()) == name;
    Function::ALL.into_iter().find(is_named)
}

/// The same with its settings, refused for a function that is not there: one without a program was never
/// created.
pub(super) fn existing<'a>(
    plane: &'a ControlPlane,
    name: &str,
) -> Result<(Function, &'a Settings), Refusal> {
    named(name)
        .and_then(|function| Some((function, plane.lambda.settings(function)?)))
        .ok_or_else(|| Refusal::NoFunction(lambda::arn(name)))
}

/// `GetFunctionConfiguration`.
pub(super) async fn configuration(
    State(plane): State<Arc<ControlPlane>>,
    Path(name): Path<String>,
) -> Answer {
    let (function, settings) = existing(&plane, &name)?;
    // Of a variable given twice the process gets the later.
    let variables: BTreeMap<_, _> = settings.variables.iter().cloned().collect();
    Ok(Json::ok(json!({
        "FunctionName": function.name(),
        "FunctionArn": lambda::arn(function.name()),
        "Runtime": "provided.al2023",
        "Handler": "bootstrap",
        "PackageType": "Zip",
        "Architectures": [architecture()],
        "Version": "$LATEST",
        "Timeout": settings.limit.as_millis().div_ceil(1000),
        "MemorySize": FUNCTION_MEMORY_MB,
        "Environment": { "Variables": variables },
        "State": "Active",
        "LastUpdateStatus": "Successful",
    })))
}

/// AWS's word for this machine's processor.
fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "aarch64" => "arm64",
        other => other,
    }
}

/// `GetFunctionRecursionConfig`: Lambda's default. Chains are not counted here.
pub(super) async fn recursion(
    State(plane): State<Arc<ControlPlane>>,
    Path(name): Path<String>,
) -> Answer {
    existing(&plane, &name)?;
    Ok(Json::ok(json!({ "RecursiveLoop": "Terminate" })))
}
