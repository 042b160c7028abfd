//! The Lambda Runtime API, with one address per process (source: "Using the Lambda runtime API for custom
//! runtimes", Lambda developer guide).

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::clock;
use crate::lambda::InvokeError;
use crate::lambda::instance::Instances;
use crate::names::function_arn;

/// The largest result of an invocation (Lambda quota: 6 MB).
const MAX_RESULT_BYTES: usize = 6 * 1024 * 1024;

pub(crate) fn routes(instances: Arc<Instances>) -> Router {
    let runtime = Router::new()
        .route("/invocation/next", get(next))
        .route("/invocation/{request}/response", post(response))
        .route("/invocation/{request}/error", post(error))
        .route("/init/error", post(init_error))
        .layer(DefaultBodyLimit::max(MAX_RESULT_BYTES))
        .with_state(instances);
    Router::new().nest("/_lambda/{instance}/2018-06-01/runtime", runtime)
}

async fn next(State(instances): State<Arc<Instances>>, Path(instance): Path<String>) -> Response {
    let Some(instance) = instances.get(&instance) else {
        return error_response(StatusCode::FORBIDDEN, "UnknownInstance");
    };
    let Some((request_id, deadline_ms, event)) = instance.next().await else {
        return error_response(StatusCode::INTERNAL_SERVER_ERROR, "Stopping");
    };
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("lambda-runtime-aws-request-id", request_id),
        ("lambda-runtime-deadline-ms", deadline_ms.to_string()),
        (
            "lambda-runtime-invoked-function-arn",
            function_arn(instance.function.name()),
        ),
        ("lambda-runtime-trace-id", trace_id()),
    ];
    (headers, event).into_response()
}

async fn response(
    State(instances): State<Arc<Instances>>,
    Path((instance, request)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    deliver(&instances, &instance, &request, Ok(body))
}

async fn error(
    State(instances): State<Arc<Instances>>,
    Path((instance, request)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let error = InvokeError::Failed(diagnostic(&body));
    deliver(&instances, &instance, &request, Err(error))
}

async fn init_error(
    State(instances): State<Arc<Instances>>,
    Path(instance): Path<String>,
    body: Bytes,
) -> Response {
    let Some(instance) = instances.get(&instance) else {
        return error_response(StatusCode::FORBIDDEN, "UnknownInstance");
    };
    instance.init_failed(diagnostic(&body));
    accepted()
}

fn deliver(
    instances: &Instances,
    instance: &str,
    request: &str,
    result: Result<Bytes, InvokeError>,
) -> Response {
    let instance = instances.get(instance);
    if instance.is_some_and(|instance| instance.deliver(request, result)) {
        accepted()
    } else {
        error_response(StatusCode::BAD_REQUEST, "InvalidRequestID")
    }
}

fn accepted() -> Response {
    let body = json!({ "status": "OK" }).to_string();
    (StatusCode::ACCEPTED, body).into_response()
}

fn error_response(status: StatusCode, kind: &str) -> Response {
    let body = json!({ "errorType": kind, "errorMessage": kind }).to_string();
    (status, body).into_response()
}

/// The runtime's error report in one line.
fn diagnostic(body: &[u8]) -> String {
    let error: Value = serde_json::from_slice(body).unwrap_or_default();
    match (error["errorType"].as_str(), error["errorMessage"].as_str()) {
        (Some(kind), Some(message)) => format!("{kind}: {message}"),
        _ => String::from_utf8_lossy(body).into_owned(),
    }
}

/// An X-Ray trace id without sampling.
fn trace_id() -> String {
    let random = Uuid::new_v4().simple().to_string();
    let (root, parent) = (&random[..24], &random[8..24]);
    let seconds = clock::now_ms() / 1000;
    format!("Root=1-{seconds:08x}-{root};Parent={parent};Sampled=0")
}
