//! `@connections`: requests of functions and operators about a connection (source: "Use @connections commands in
//! your backend service", API Gateway developer guide).

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::clock::iso_8601;
use crate::error::AwsError;
use crate::gateway::connections::{Close, ConnectionClosed};
use crate::gateway::{ApiGateway, MAX_MESSAGE_BYTES};

impl From<ConnectionClosed> for AwsError {
    fn from(_: ConnectionClosed) -> Self {
        Self::new(StatusCode::GONE, "GoneException", "The connection is gone.")
    }
}

/// `GetConnection`.
pub(super) async fn get(
    State(gateway): State<Arc<ApiGateway>>,
    Path(id): Path<String>,
) -> Result<Response, AwsError> {
    let connection = gateway.connections.open(&id)?;
    let body = json!({
        "connectedAt": iso_8601(connection.connected_at_ms),
        "identity": { "sourceIp": connection.source_ip, "userAgent": connection.user_agent },
        "lastActiveAt": iso_8601(connection.last_active_at_ms()),
    });
    Ok(([(CONTENT_TYPE, "application/json")], body.to_string()).into_response())
}

/// `PostToConnection`.
pub(super) async fn post(
    State(gateway): State<Arc<ApiGateway>>,
    Path(id): Path<String>,
    body: Body,
) -> Result<(), AwsError> {
    let body = to_bytes(body, MAX_MESSAGE_BYTES).await.map_err(|_| {
        let (status, kind) = (StatusCode::PAYLOAD_TOO_LARGE, "PayloadTooLargeException");
        AwsError::new(status, kind, "The data is larger than 128 KB.")
    })?;
    let text = String::from_utf8_lossy(&body).into_owned();
    let connection = gateway.connections.open(&id)?;
    Ok(gateway.send(&connection, text)?)
}

/// `DeleteConnection`.
pub(super) async fn delete(
    State(gateway): State<Arc<ApiGateway>>,
    Path(id): Path<String>,
) -> Result<StatusCode, AwsError> {
    gateway.connections.open(&id)?.close(Close::DELETED)?;
    Ok(StatusCode::NO_CONTENT)
}
