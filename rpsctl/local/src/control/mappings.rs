//! Requests that list, show, disable and enable the event source mapping.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use rps_contract::names::Function;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::control::functions::function_by_name;
use crate::control::{ControlError, ControlPlane, ControlResult, JsonResponse};
use crate::error::AwsError;
use crate::mapping::{BATCH_SIZE, InTransition, MappingStatus};
use crate::names::{EVENT_SOURCE_MAPPING, arn, function_arn};
use crate::sqs::QueueId;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct MappingFilter {
    function_name: Option<String>,
    event_source_arn: Option<String>,
}

/// `ListEventSourceMappings`.
pub(super) async fn list(
    State(plane): State<Arc<ControlPlane>>,
    Query(filter): Query<MappingFilter>,
) -> JsonResponse {
    let (function, queue) = (filter.function_name, filter.event_source_arn);
    let matches = function.is_none_or(|name| function_by_name(&name) == Some(Function::Decide))
        && queue.is_none_or(|arn| arn == QueueId::Rounds.arn());
    let mapping = matches.then(|| describe(plane.switch.status()));
    let mappings: Vec<Value> = mapping.into_iter().collect();
    JsonResponse::ok(json!({ "EventSourceMappings": mappings }))
}

/// `GetEventSourceMapping`.
pub(super) async fn get(
    State(plane): State<Arc<ControlPlane>>,
    Path(uuid): Path<String>,
) -> ControlResult {
    check_uuid(&uuid)?;
    Ok(JsonResponse::ok(describe(plane.switch.status())))
}

/// The parameters of `UpdateEventSourceMapping` that the local AWS supports.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct MappingUpdate {
    enabled: Option<bool>,
}

/// `UpdateEventSourceMapping`. The response has the transitional state, such as `Disabling`.
pub(super) async fn update(
    State(plane): State<Arc<ControlPlane>>,
    Path(uuid): Path<String>,
    body: Bytes,
) -> ControlResult {
    check_uuid(&uuid)?;
    let bad_request = |kind, message| ControlError(AwsError::bad_request(kind, message));
    let update: MappingUpdate = serde_json::from_slice(&body).map_err(|error| {
        let message = format!("The local AWS can change only the parameter Enabled: {error}");
        bad_request("InvalidParameterValueException", message)
    })?;
    let status = plane
        .switch
        .set_enabled(update.enabled)
        .map_err(|InTransition| {
            let message = "Cannot update the event source mapping because it is in use.".to_owned();
            bad_request("ResourceInUseException", message)
        })?;
    Ok(JsonResponse(StatusCode::ACCEPTED, describe(status)))
}

fn check_uuid(uuid: &str) -> Result<(), ControlError> {
    let exists = uuid == EVENT_SOURCE_MAPPING;
    exists.then_some(()).ok_or_else(ControlError::no_resource)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "milliseconds since 1970 are exact in a double for 285,000 years"
)]
fn describe(status: MappingStatus) -> Value {
    let mapping = format!("event-source-mapping:{EVENT_SOURCE_MAPPING}");
    json!({
        "UUID": EVENT_SOURCE_MAPPING,
        "EventSourceMappingArn": arn("lambda", &mapping),
        "BatchSize": BATCH_SIZE,
        "MaximumBatchingWindowInSeconds": 0,
        "EventSourceArn": QueueId::Rounds.arn(),
        "FunctionArn": function_arn(Function::Decide.name()),
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "LastModified": status.modified_ms as f64 / 1000.0,
        "State": status.state,
        "StateTransitionReason": "USER_INITIATED",
    })
}
