//! `@connections`: what functions and operators can do with a connection (source: "Use @connections
//! commands in your backend service", API Gateway developer guide).

use std::sync::Arc;

use axum::{
    body::{Body, to_bytes},
    extract::{Path, State},
    http::{Response, StatusCode, header},
};
use serde_json::json;

use super::{
    Gateway, LARGEST_MESSAGE_BYTES,
    connections::{Close, Gone},
};
use crate::{clock::iso_8601, front::aws_error};

/// `GetConnection`.
pub(super) async fn get(
    State(gateway): State<Arc<Gateway>>,
    Path(id): Path<String>,
) -> Response<Body> {
    let Ok(connection) = gateway.connections.open(&id) else {
        return gone(&Gone);
    };
    let body = json!({
        "connectedAt": iso_8601(connection.connected_at_ms),
        "identity": { "sourceIp": connection.source_ip, "userAgent": connection.user_agent },
        "lastActiveAt": iso_8601(connection.last_active_at_ms()),
    });
    let mut response = Response::new(Body::from(body.to_string()));
    let json = header::HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

/// `PostToConnection`.
pub(super) async fn post(
    State(gateway): State<Arc<Gateway>>,
    Path(id): Path<String>,
    body: Body,
) -> Response<Body> {
    let Ok(body) = to_bytes(body, LARGEST_MESSAGE_BYTES).await else {
        let message = "The data is larger than 128 KB.";
        return aws_error(413, "PayloadTooLargeException", message);
    };
    let text = String::from_utf8_lossy(&body).into_owned();
    let sent = gateway
        .connections
        .open(&id)
        .and_then(|connection| gateway.send(&connection, text));
    sent.map_or_else(|it| gone(&it), |()| Response::new(Body::empty()))
}

/// `DeleteConnection`.
pub(super) async fn delete(
    State(gateway): State<Arc<Gateway>>,
    Path(id): Path<String>,
) -> Response<Body> {
    let closed = gateway
        .connections
        .open(&id)
        .and_then(|connection| connection.close(Close::DELETED));
    if let Err(it) = closed {
        return gone(&it);
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// The connection is not there, not yet there, or no longer.
fn gone(_: &Gone) -> Response<Body> {
    aws_error(410, "GoneException", "The connection is gone.")
}
