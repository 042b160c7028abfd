//! The way in: `$connect`, the upgrade, and `$disconnect` at the end.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    body::Body,
    extract::{ConnectInfo, State, WebSocketUpgrade},
    http::{HeaderMap, Response, StatusCode, Uri, header},
};
use tokio::sync::mpsc;

use super::{
    Gateway, LARGEST_FRAME_BYTES, LARGEST_MESSAGE_BYTES,
    connections::{Close, Connection, Outgoing},
    events::Event,
    integration::{self, Failure},
    routes,
};

/// What the buffers of a socket hold before they grow; the library's own 128 KB would be two of those for
/// every idle player.
const SOCKET_BUFFER_BYTES: usize = 4 * 1024;

/// A connection whose `$connect` has returned. However it ends, dropping it sends `$disconnect`.
pub(super) struct Connected {
    pub(super) gateway: Arc<Gateway>,
    pub(super) connection: Arc<Connection>,
    /// What waits to go out; taken by the socket.
    pub(super) queue: Option<mpsc::Receiver<Outgoing>>,
    /// How it ended.
    pub(super) end: Close,
    pub(super) presence: mpsc::Sender<()>,
    runtime: tokio::runtime::Handle,
}

/// `GET /ws`.
pub(super) async fn connect(
    State(gateway): State<Arc<Gateway>>,
    ConnectInfo(client): ConnectInfo<SocketAddr>,
    uri: Uri,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response<Body> {
    // A task of its own: a client that goes away meanwhile must not leave a `$connect` without an end.
    let asked = tokio::spawn(ask(gateway, client, uri, headers)).await;
    match asked {
        Ok(Ok(connected)) => upgrade
            .read_buffer_size(SOCKET_BUFFER_BYTES)
            .write_buffer_size(SOCKET_BUFFER_BYTES)
            .max_frame_size(LARGEST_FRAME_BYTES)
            .max_message_size(LARGEST_MESSAGE_BYTES)
            .on_upgrade(|socket| connected.serve(socket)),
        Ok(Err(refusal)) => refusal,
        Err(_) => refusal(StatusCode::INTERNAL_SERVER_ERROR, String::new()),
    }
}

/// Asks the function of `$connect`. Err is the answer that refuses the upgrade.
async fn ask(
    gateway: Arc<Gateway>,
    client: SocketAddr,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Connected, Response<Body>> {
    let unavailable = || refusal(StatusCode::SERVICE_UNAVAILABLE, String::new());
    let presence = gateway.presence().ok_or_else(unavailable)?;
    let route = routes::keyed("$connect").ok_or_else(unavailable)?;
    let (connection, queue) = Connection::new(client.ip().to_string(), user_agent(&headers));
    let event = Event::connect(&connection, &gateway.domain, &headers, &uri);
    gateway.count_connect();
    let status = match gateway.integrate(route, &event).await {
        Ok(answer) if answer.is_success() => None,
        Ok(answer) => Some(answer.status_code),
        Err(Failure::Function) => Some(502),
        Err(Failure::Timeout) => Some(504),
    };
    if let Some(status) = status {
        // What is no refusal (a redirect, say) is a function that does not know its trade.
        let status = StatusCode::from_u16(status)
            .ok()
            .filter(|status| status.is_client_error() || status.is_server_error());
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let message = match status {
            status if status.is_server_error() => "Internal server error",
            status => status.canonical_reason().unwrap_or_default(),
        };
        return Err(refusal(
            status,
            integration::error(message, &connection, &event),
        ));
    }
    gateway.count_minute();
    let connection = Arc::new(connection);
    // From here on `@connections` knows it: what is posted waits in the queue for the upgrade.
    gateway.connections.enter(Arc::clone(&connection));
    if gateway.presence().is_none() {
        // Everything began to stop meanwhile, and the closing of all may have missed this one.
        drop(connection.close(Close::GOING_AWAY));
    }
    Ok(Connected {
        gateway,
        connection,
        queue: Some(queue),
        end: Close::with(Close::ABNORMAL),
        presence,
        runtime: tokio::runtime::Handle::current(),
    })
}

fn user_agent(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::USER_AGENT)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}

fn refusal(status: StatusCode, body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let json = header::HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

impl Drop for Connected {
    fn drop(&mut self) {
        self.gateway.connections.leave(&self.connection.id);
        self.connection.closed_by_client(self.end.clone());
        let (gateway, presence) = (Arc::clone(&self.gateway), self.presence.clone());
        let event = Event::disconnect(&self.connection, &gateway.domain, self.end.clone());
        self.runtime.spawn(async move {
            if let Some(route) = routes::keyed("$disconnect") {
                // Nobody waits for what it says, and a failure is in the function's log.
                drop(gateway.integrate(route, &event).await);
            }
            drop(presence);
        });
    }
}
