//! Who may invoke a function: API Gateway, from the function's routes.

use std::sync::Arc;

use axum::extract::{Path, State};
use rps_contract::names::{Function, ROUTES, Route};
use serde_json::{Value, json};

use super::{Answer, ControlPlane, Json, Refusal, functions::existing};
use crate::{
    ACCOUNT, REGION,
    gateway::{API, STAGE},
    lambda,
};

/// `GetPolicy`. A function without routes has none: the mapping invokes `decide` by its role.
pub(super) async fn get(
    State(plane): State<Arc<ControlPlane>>,
    Path(name): Path<String>,
) -> Answer {
    let (function, _) = existing(&plane, &name)?;
    let statements = statements(function);
    if statements.is_empty() {
        return Err(Refusal::NoResource);
    }
    let policy = json!({ "Version": "2012-10-17", "Id": "default", "Statement": statements });
    Ok(Json::ok(json!({ "Policy": policy.to_string() })))
}

fn statements(function: Function) -> Vec<Value> {
    let routes = ROUTES.iter().filter(|route| route.function == function);
    routes.map(statement).collect()
}

/// As `AddPermission` writes it.
fn statement(route: &Route) -> Value {
    let source = format!(
        "arn:aws:execute-api:{REGION}:{ACCOUNT}:{API}/{STAGE}/{}",
        route.key
    );
    json!({
        "Sid": format!("route-{}", route.key.trim_start_matches('$')),
        "Effect": "Allow",
        "Principal": { "Service": "apigateway.amazonaws.com" },
        "Action": "lambda:InvokeFunction",
        "Resource": lambda::arn(route.function.name()),
        "Condition": { "ArnLike": { "AWS:SourceArn": source } },
    })
}
