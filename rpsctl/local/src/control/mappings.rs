//! The event source mapping: looked up, disabled and enabled again.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use rps_contract::names::Function;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::control::functions::named;
use crate::control::{Answer, ControlPlane, Json, Refusal};
use crate::error::AwsError;
use crate::mapping::{BATCH, InTransition, Status};
use crate::names::{EVENT_SOURCE_MAPPING, arn, function_arn};
use crate::sqs::QueueId;

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
    let (function, queue) = (filter.function_name, filter.event_source_arn);
    let matches = function.is_none_or(|name| named(&name) == Some(Function::Decide))
        && queue.is_none_or(|arn| arn == QueueId::Rounds.arn());
    let found = matches.then(|| describe(plane.switch.status()));
    let found: Vec<Value> = found.into_iter().collect();
    Json::ok(json!({ "EventSourceMappings": found }))
}

/// `GetEventSourceMapping`.
pub(super) async fn get(
    State(plane): State<Arc<ControlPlane>>,
    Path(uuid): Path<String>,
) -> Answer {
    known(&uuid)?;
    Ok(Json::ok(describe(plane.switch.status())))
}

/// The part of `UpdateEventSourceMapping` that is done here.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Update {
    enabled: Option<bool>,
}

/// `UpdateEventSourceMapping`: the answer has the state on the way to the requested one.
pub(super) async fn update(
    State(plane): State<Arc<ControlPlane>>,
    Path(uuid): Path<String>,
    body: Bytes,
) -> Answer {
    known(&uuid)?;
    let refusal = |kind, message| Refusal(AwsError::bad_request(kind, message));
    let update: Update = serde_json::from_slice(&body).map_err(|error| {
        let message = format!("The local AWS changes nothing but Enabled: {error}");
        refusal("InvalidParameterValueException", message)
    })?;
    let status = plane.switch.turn(update.enabled).map_err(|InTransition| {
        let message = "Cannot update the event source mapping because it is in use.".to_owned();
        refusal("ResourceInUseException", message)
    })?;
    Ok(Json(StatusCode::ACCEPTED, describe(status)))
}

fn known(uuid: &str) -> Result<(), Refusal> {
    let known = uuid == EVENT_SOURCE_MAPPING;
    known.then_some(()).ok_or_else(Refusal::no_resource)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "milliseconds since 1970 are exact in a double for 285,000 years"
)]
fn describe(status: Status) -> Value {
    let mapping = format!("event-source-mapping:{EVENT_SOURCE_MAPPING}");
    json!({
        "UUID": EVENT_SOURCE_MAPPING,
        "EventSourceMappingArn": arn("lambda", &mapping),
        "BatchSize": BATCH,
        "MaximumBatchingWindowInSeconds": 0,
        "EventSourceArn": QueueId::Rounds.arn(),
        "FunctionArn": function_arn(Function::Decide.name()),
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "LastModified": status.modified_ms as f64 / 1000.0,
        "State": status.state,
        "StateTransitionReason": "USER_INITIATED",
    })
}
