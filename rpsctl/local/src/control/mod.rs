//! Lambda's control plane: operators' requests about functions and the event source mapping.

mod functions;
mod mappings;

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};

use crate::error::AwsError;
use crate::lambda::Lambda;
use crate::mapping::MappingSwitch;

pub(crate) struct ControlPlane {
    lambda: Arc<Lambda>,
    switch: Arc<MappingSwitch>,
}

impl ControlPlane {
    pub(crate) fn new(lambda: &Arc<Lambda>, switch: &Arc<MappingSwitch>) -> Self {
        Self {
            lambda: Arc::clone(lambda),
            switch: Arc::clone(switch),
        }
    }
}

/// The operations, at AWS's paths.
pub(crate) fn routes(plane: Arc<ControlPlane>) -> Router {
    let mapping = get(mappings::get).put(mappings::update);
    let mappings = Router::new()
        // In the API reference, this path ends with a slash; SDKs send it without one.
        .route("/2015-03-31/event-source-mappings/", get(mappings::list))
        .route("/2015-03-31/event-source-mappings", get(mappings::list))
        .route("/2015-03-31/event-source-mappings/{uuid}", mapping);
    let functions = Router::new()
        .route(
            "/2015-03-31/functions/{name}/policy",
            get(functions::policy),
        )
        .route(
            "/2015-03-31/functions/{name}/configuration",
            get(functions::configuration),
        )
        .route(
            "/2019-09-30/functions/{name}/concurrency",
            get(functions::concurrency),
        )
        .route(
            "/2024-08-31/functions/{name}/recursion-config",
            get(functions::recursion),
        );
    mappings.merge(functions).with_state(plane)
}

type ControlResult = Result<JsonResponse, ControlError>;

struct JsonResponse(StatusCode, Value);

impl JsonResponse {
    fn ok(body: Value) -> Self {
        Self(StatusCode::OK, body)
    }
}

impl IntoResponse for JsonResponse {
    fn into_response(self) -> Response {
        let json = [(CONTENT_TYPE, "application/json")];
        (self.0, json, self.1.to_string()).into_response()
    }
}

/// An error in the format of Lambda's REST API.
struct ControlError(AwsError);

impl ControlError {
    fn not_found(message: impl Into<String>) -> Self {
        let kind = "ResourceNotFoundException";
        Self(AwsError::new(StatusCode::NOT_FOUND, kind, message))
    }

    fn no_resource() -> Self {
        Self::not_found("The resource you requested does not exist.")
    }
}

impl IntoResponse for ControlError {
    fn into_response(self) -> Response {
        let Self(error) = self;
        // The API model has two spellings of this member.
        let message = match error.kind {
            "InvalidParameterValueException" => "message",
            _ => "Message",
        };
        let body = json!({ "Type": "User", message: error.message });
        (error.header(), JsonResponse(error.status, body)).into_response()
    }
}
