//! `$connect`, the upgrade, and `$disconnect` at the end.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::ws::Message;
use axum::extract::{ConnectInfo, State, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use tokio::runtime::Handle;
use tokio::sync::mpsc;

use crate::gateway::connections::{Close, Connection};
use crate::gateway::events::Event;
use crate::gateway::integration::{self, Answer, Failure};
use crate::gateway::{API, CONNECTS, Gateway, LARGEST_MESSAGE_BYTES, STAGE};

/// The largest frame of a message that comes in (API Gateway quota: "WebSocket frame size").
const LARGEST_FRAME_BYTES: usize = 32 * 1024;

/// What the buffers of a socket hold before they grow; the library's own 128 KB would be two of those for
/// every idle player.
const SOCKET_BUFFER_BYTES: usize = 4 * 1024;

/// A connection whose `$connect` has returned. However it ends, dropping it sends `$disconnect`.
pub(super) struct Connected {
    pub(super) gateway: Arc<Gateway>,
    pub(super) connection: Arc<Connection>,
    pub(super) presence: mpsc::Sender<()>,
    runtime: Handle,
}

/// `GET /ws`.
pub(super) async fn connect(
    State(gateway): State<Arc<Gateway>>,
    ConnectInfo(client): ConnectInfo<SocketAddr>,
    uri: Uri,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    // A task of its own: a client that goes away meanwhile must not leave a `$connect` without an end.
    let asked = tokio::spawn(ask(gateway, client, uri, headers)).await;
    match asked {
        Ok(Ok((connected, queue))) => upgrade
            .read_buffer_size(SOCKET_BUFFER_BYTES)
            .write_buffer_size(SOCKET_BUFFER_BYTES)
            .max_frame_size(LARGEST_FRAME_BYTES)
            .max_message_size(LARGEST_MESSAGE_BYTES)
            .on_upgrade(|socket| connected.serve(socket, queue)),
        Ok(Err((status, body))) => refusal(status, body),
        Err(_) => refusal(StatusCode::INTERNAL_SERVER_ERROR, String::new()),
    }
}

fn refusal(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// Asks the function of `$connect`. Ok has what waits to go out, too; Err is the status and the body that refuse the
/// upgrade.
async fn ask(
    gateway: Arc<Gateway>,
    client: SocketAddr,
    uri: Uri,
    headers: HeaderMap,
) -> Result<(Connected, mpsc::Receiver<Message>), (StatusCode, String)> {
    let unavailable = || (StatusCode::SERVICE_UNAVAILABLE, String::new());
    let presence = gateway.presence().ok_or_else(unavailable)?;
    let route = integration::route("$connect").ok_or_else(unavailable)?;
    let user_agent = headers.get(header::USER_AGENT);
    let user_agent = user_agent.map(|it| String::from_utf8_lossy(it.as_bytes()).into_owned());
    let (connection, queue) = Connection::new(client.ip().to_string(), user_agent);
    let event = Event::connect(&connection, &gateway.domain, &headers, &uri);
    gateway.metrics.count(CONNECTS, &[API, STAGE], 1.0);
    let answer = gateway.integrate(route, &event).await;
    if let Some((status, message)) = refused(answer) {
        let body = integration::error(message, &connection, &event);
        return Err((status, body));
    }
    gateway.count_minute();
    let connection = Arc::new(connection);
    // From here on `@connections` knows it: what is posted waits in the queue for the upgrade.
    gateway.connections.insert(Arc::clone(&connection));
    if gateway.presence().is_none() {
        // Everything began to stop meanwhile, and the closing of all may have missed this one.
        drop(connection.close(Close::GOING_AWAY));
    }
    let connected = Connected {
        gateway,
        connection,
        presence,
        runtime: Handle::current(),
    };
    Ok((connected, queue))
}

/// The status and the message with which the function's answer refuses the connection.
fn refused(answer: Result<Answer, Failure>) -> Option<(StatusCode, &'static str)> {
    let status = match answer {
        Ok(answer) if answer.is_success() => return None,
        Ok(answer) => StatusCode::from_u16(answer.status_code).unwrap_or_default(),
        Err(Failure::Function) => StatusCode::BAD_GATEWAY,
        Err(Failure::Timeout) => StatusCode::GATEWAY_TIMEOUT,
    };
    Some(match status {
        status if status.is_server_error() => (status, "Internal server error"),
        status if status.is_client_error() => {
            (status, status.canonical_reason().unwrap_or_default())
        }
        // What is no refusal (a redirect, say) is a function that does not know its trade.
        _ => (StatusCode::INTERNAL_SERVER_ERROR, "Internal server error"),
    })
}

impl Drop for Connected {
    fn drop(&mut self) {
        self.gateway.connections.remove(&self.connection.id);
        let end = self.connection.end();
        let (gateway, presence) = (Arc::clone(&self.gateway), self.presence.clone());
        let event = Event::disconnect(&self.connection, &gateway.domain, &end);
        self.runtime.spawn(async move {
            if let Some(route) = integration::route("$disconnect") {
                // Nobody waits for the answer, and a failure is in the function's log.
                drop(gateway.integrate(route, &event).await);
            }
            drop(presence);
        });
    }
}
