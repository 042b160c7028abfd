//! Handles `$connect`, the WebSocket upgrade, and `$disconnect`.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::ws::Message;
use axum::extract::{ConnectInfo, State, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use tokio::runtime::Handle;
use tokio::sync::mpsc;

use crate::gateway::connections::{ClientConnection, Close};
use crate::gateway::events::ProxyEvent;
use crate::gateway::integration::{self, IntegrationError, ProxyResponse};
use crate::gateway::{API, ApiGateway, CONNECTS, MAX_MESSAGE_BYTES, STAGE};

/// The largest incoming frame (API Gateway quota: "WebSocket frame size").
const MAX_FRAME_BYTES: usize = 32 * 1024;

/// The initial size of both socket buffers. The library's default of 128 KB would cost 256 KB per idle player.
const SOCKET_BUFFER_BYTES: usize = 4 * 1024;

/// The connections that players leave free. The functions need connections to finish a player's request.
const RESERVED_CONNECTIONS: usize = 100;

/// A connection after `$connect`. Dropping the guard removes the connection and sends `$disconnect`.
pub(super) struct ConnectionGuard {
    pub(super) gateway: Arc<ApiGateway>,
    pub(super) connection: Arc<ClientConnection>,
    pub(super) work_guard: mpsc::Sender<()>,
    runtime: Handle,
}

/// `GET /ws`.
pub(super) async fn connect(
    State(gateway): State<Arc<ApiGateway>>,
    ConnectInfo(client): ConnectInfo<SocketAddr>,
    uri: Uri,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    // A separate task finishes `$connect` even if the client disconnects meanwhile.
    let result = tokio::spawn(invoke_connect(gateway, client, uri, headers)).await;
    match result {
        Ok(Ok((guard, queue))) => upgrade
            .read_buffer_size(SOCKET_BUFFER_BYTES)
            .write_buffer_size(SOCKET_BUFFER_BYTES)
            .max_frame_size(MAX_FRAME_BYTES)
            .max_message_size(MAX_MESSAGE_BYTES)
            .on_upgrade(|socket| guard.serve(socket, queue)),
        Ok(Err((status, body))) => error_response(status, body),
        Err(_) => error_response(StatusCode::INTERNAL_SERVER_ERROR, String::new()),
    }
}

fn error_response(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// Invokes the function of `$connect`. Returns the connection and its queue of outgoing messages, or the status and
/// body of the response that rejects the upgrade.
async fn invoke_connect(
    gateway: Arc<ApiGateway>,
    client: SocketAddr,
    uri: Uri,
    headers: HeaderMap,
) -> Result<(ConnectionGuard, mpsc::Receiver<Message>), (StatusCode, String)> {
    let unavailable = || (StatusCode::SERVICE_UNAVAILABLE, String::new());
    let work_guard = gateway.work_guard().ok_or_else(unavailable)?;
    let route = integration::route("$connect").ok_or_else(unavailable)?;
    let user_agent = headers.get(header::USER_AGENT);
    let user_agent = user_agent.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let (connection, queue) = ClientConnection::new(client.ip().to_string(), user_agent);
    let event = ProxyEvent::connect(&connection, &gateway.domain, &headers, &uri);
    let result = if gateway.free_connections.available_permits() < RESERVED_CONNECTIONS {
        Err(IntegrationError::Throttled)
    } else {
        gateway.integrate(route, &event).await
    };
    if !matches!(result, Err(IntegrationError::Throttled)) {
        gateway.metrics.count(CONNECTS, &[API, STAGE], 1.0);
    }
    if let Some((status, message)) = rejection(result) {
        let body = integration::error(message, &connection, &event);
        return Err((status, body));
    }
    gateway.count_minute();
    let connection = Arc::new(connection);
    // From now on, `@connections` finds the connection. Posted messages wait in the queue for the upgrade.
    gateway.connections.insert(Arc::clone(&connection));
    if gateway.work_guard().is_none() {
        // A stop has begun meanwhile, and may have closed the other connections before this one was inserted.
        drop(connection.close(Close::GOING_AWAY));
    }
    let guard = ConnectionGuard {
        gateway,
        connection,
        work_guard,
        runtime: Handle::current(),
    };
    Ok((guard, queue))
}

/// The status and message for the client, if the function rejects the connection or fails.
fn rejection(
    result: Result<ProxyResponse, IntegrationError>,
) -> Option<(StatusCode, &'static str)> {
    let status = match result {
        Ok(response) if response.is_success() => return None,
        Ok(response) => StatusCode::from_u16(response.status_code).unwrap_or_default(),
        Err(IntegrationError::Function) => StatusCode::BAD_GATEWAY,
        Err(IntegrationError::Timeout) => StatusCode::GATEWAY_TIMEOUT,
        Err(IntegrationError::Throttled) => StatusCode::TOO_MANY_REQUESTS,
    };
    Some(match status {
        status if status.is_server_error() => (status, "Internal server error"),
        status if status.is_client_error() => {
            (status, status.canonical_reason().unwrap_or_default())
        }
        // Any other status, such as a redirect, is a bug in the function.
        _ => (StatusCode::INTERNAL_SERVER_ERROR, "Internal server error"),
    })
}

impl Drop for ConnectionGuard {
    fn drop(&mut self) {
        self.gateway.connections.remove(&self.connection.id);
        let end = self.connection.end();
        let (gateway, work_guard) = (Arc::clone(&self.gateway), self.work_guard.clone());
        let event = ProxyEvent::disconnect(&self.connection, &gateway.domain, &end);
        self.runtime.spawn(async move {
            if let Some(route) = integration::route("$disconnect") {
                // No client gets the response, and the function's log has the failures. `$disconnect` is best effort:
                // if the throttle refuses it, nobody sends it again.
                drop(gateway.integrate(route, &event).await);
            }
            drop(work_guard);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::tests::gateway;

    #[tokio::test]
    async fn players_do_not_get_the_last_connections() {
        // Without functions, an invocation fails.
        for (free, expected, message) in [
            (RESERVED_CONNECTIONS, 502, "Internal server error"),
            (RESERVED_CONNECTIONS - 1, 429, "Too Many Requests"),
        ] {
            let client = ([127, 0, 0, 1], 1).into();
            let uri = Uri::from_static("/ws");
            let result = invoke_connect(gateway(free), client, uri, HeaderMap::new()).await;
            let (status, body) = result.err().unwrap();
            assert_eq!(status.as_u16(), expected, "{free} free connections");
            assert!(body.contains(message), "{body}");
        }
    }
}
