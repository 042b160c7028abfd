//! Lambda's control plane: its functions and the mapping as operators see them.
//!
//! | module | holds |
//! |---|---|
//! | `mappings` | the event source mapping: looked up, disabled and enabled again |
//! | `functions` | a function's configuration and its setting against recursion |
//! | `policy` | who may invoke a function |
//! | `refusal` | the errors of this API |

mod functions;
mod mappings;
mod policy;
mod refusal;

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    http::{Response, StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use serde_json::Value;

use crate::{lambda::Lambda, mapping::Switch, sqs::Queue};
use refusal::Refusal;

/// What the control plane looks at, and the switch it turns.
pub(crate) struct ControlPlane {
    lambda: Arc<Lambda>,
    switch: Arc<Switch>,
    queue_arn: String,
}

impl ControlPlane {
    /// Of these functions, and of the mapping from that queue.
    pub(crate) fn new(lambda: &Arc<Lambda>, switch: &Arc<Switch>, queue: &Queue) -> Self {
        Self {
            lambda: Arc::clone(lambda),
            switch: Arc::clone(switch),
            queue_arn: queue.arn().to_owned(),
        }
    }
}

/// The operations, at the paths AWS has them.
pub(crate) fn routes(plane: Arc<ControlPlane>) -> Router {
    let mapping = get(mappings::get).put(mappings::update);
    let mappings = Router::new()
        // The API reference ends this path with a slash, the SDKs do not.
        .route("/2015-03-31/event-source-mappings/", get(mappings::list))
        .route("/2015-03-31/event-source-mappings", get(mappings::list))
        .route("/2015-03-31/event-source-mappings/{uuid}", mapping);
    let functions = Router::new()
        .route("/2015-03-31/functions/{name}/policy", get(policy::get))
        .route(
            "/2015-03-31/functions/{name}/configuration",
            get(functions::configuration),
        )
        .route(
            "/2024-08-31/functions/{name}/recursion-config",
            get(functions::recursion),
        );
    mappings.merge(functions).with_state(plane)
}

/// What an operation answers.
type Answer = Result<Json, Refusal>;

/// A status and a body.
struct Json(StatusCode, Value);

impl Json {
    fn ok(body: Value) -> Self {
        Self(StatusCode::OK, body)
    }
}

impl IntoResponse for Json {
    fn into_response(self) -> Response<Body> {
        let json = [(header::CONTENT_TYPE, "application/json")];
        (self.0, json, self.1.to_string()).into_response()
    }
}
