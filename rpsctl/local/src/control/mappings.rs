//! The event source mapping: looked up, disabled and enabled again.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{Path, Query, State},
    http::StatusCode,
};
use rps_contract::names::Function;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, ControlPlane, Json, Refusal, functions};
use crate::{
    ACCOUNT, EVENT_SOURCE_MAPPING, REGION, lambda,
    mapping::{BATCH, InTransition, Status},
};

/// What `ListEventSourceMappings` can be asked for.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Filter {
    function_name: Option<String>,
    event_source_arn: Option<String>,
}

/// `ListEventSourceMappings`.
pub(super) async fn list(
    State(plane): State<Arc<ControlPlane>>,
    Query(filter): Query<Filter>,
) -> Json {
    let of_function = filter
        .function_name
        .is_none_or(|name| functions::named(&name) == Some(Function::Decide));
    let of_queue = filter
        .event_source_arn
        .is_none_or(|arn| arn == plane.queue_arn);
    let found = (of_function && of_queue).then(|| describe(&plane, plane.switch.status()));
    let found: Vec<Value> = found.into_iter().collect();
    Json::ok(json!({ "EventSourceMappings": found }))
}

/// `GetEventSourceMapping`.
pub(super) async fn get(
    State(plane): State<Arc<ControlPlane>>,
    Path(uuid): Path<String>,
) -> Answer {
    known(&uuid)?;
    Ok(Json::ok(describe(&plane, plane.switch.status())))
}

/// What of `UpdateEventSourceMapping` is done here.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Update {
    enabled: Option<bool>,
}

/// `UpdateEventSourceMapping`: the answer has the state on the way to the one that was asked for.
pub(super) async fn update(
    State(plane): State<Arc<ControlPlane>>,
    Path(uuid): Path<String>,
    body: Bytes,
) -> Answer {
    known(&uuid)?;
    let update: Update = serde_json::from_slice(&body).map_err(|error| {
        Refusal::Parameter(format!(
            "The local AWS changes nothing but Enabled: {error}"
        ))
    })?;
    let turned = plane.switch.turn(update.enabled);
    let status = turned.map_err(|InTransition| Refusal::MappingInUse)?;
    Ok(Json(StatusCode::ACCEPTED, describe(&plane, status)))
}

fn known(uuid: &str) -> Result<(), Refusal> {
    let known = uuid == EVENT_SOURCE_MAPPING;
    known.then_some(()).ok_or(Refusal::NoResource)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "milliseconds since 1970 are exact in a double for 285,000 years"
)]
fn describe(plane: &ControlPlane, status: Status) -> Value {
    json!({
        "UUID": EVENT_SOURCE_MAPPING,
        "EventSourceMappingArn": format!(
            "arn:aws:lambda:{REGION}:{ACCOUNT}:event-source-mapping:{EVENT_SOURCE_MAPPING}"
        ),
        "BatchSize": BATCH,
        "MaximumBatchingWindowInSeconds": 0,
        "EventSourceArn": plane.queue_arn,
        "FunctionArn": lambda::arn(Function::Decide.name()),
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "LastModified": status.modified_ms as f64 / 1000.0,
        "State": status.state.name(),
        "StateTransitionReason": "USER_INITIATED",
    })
}
