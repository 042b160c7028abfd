//! Reads and writes one open socket until it ends.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::yield_now;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::error::ProtocolError;

use crate::gateway::connect::ConnectionGuard;
use crate::gateway::connections::{ClientConnection, Close, Phase};
use crate::gateway::events::ProxyEvent;
use crate::gateway::{ApiGateway, integration};

/// How long a closing socket may take to send the queued messages.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// The most messages of one connection in progress. Further messages get an error, so that no client can exhaust
/// the memory.
const MAX_MESSAGES_IN_PROGRESS: usize = 32;

impl ConnectionGuard {
    pub(super) async fn serve(self, socket: WebSocket, queue: mpsc::Receiver<Message>) {
        let (out, incoming) = socket.split();
        tokio::select! {
            () = read(&self, incoming) => {}
            () = write(&self.connection, out, queue) => {}
            () = wait_until_abandoned(&self.connection) => {}
            () = self.gateway.faults.until_dropped() => {}
            // Counting never returns: its result type has no values.
            never = self.gateway.count_later_minutes() => match never {},
        }
    }
}

/// Handles incoming messages until the client closes the socket or it fails.
async fn read(guard: &ConnectionGuard, mut incoming: SplitStream<WebSocket>) {
    let (gateway, connection) = (&guard.gateway, &guard.connection);
    let slots = Arc::new(Semaphore::new(MAX_MESSAGES_IN_PROGRESS));
    loop {
        let message = tokio::select! {
            message = incoming.next() => message,
            () = wait_until_expired(gateway, connection) => {
                return close(connection, Close::GOING_AWAY).await;
            }
        };
        match message {
            Some(Ok(Message::Text(text))) => {
                // Do not wait for a free slot: this loop must also handle closes, pings and the deadline.
                let Ok(slot) = Arc::clone(&slots).try_acquire_owned() else {
                    reject(gateway, connection, &text);
                    // Let the writer send errors, so that a burst of them does not fill the queue.
                    yield_now().await;
                    continue;
                };
                let (gateway, connection) = (Arc::clone(gateway), Arc::clone(connection));
                // A stop waits for messages in progress, even if their connection is closed.
                let work_guard = guard.work_guard.clone();
                tokio::spawn(async move {
                    on_message(&gateway, &connection, &text).await;
                    drop((slot, work_guard));
                });
            }
            Some(Ok(Message::Binary(_))) => return close(connection, Close::BINARY).await,
            Some(Ok(Message::Close(frame))) => closed_by_client(connection, frame),
            // The library answers pings.
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Err(error)) => match violation(error) {
                Some(violation) => return close(connection, violation).await,
                None => return,
            },
            None => return,
        }
    }
}

/// Invokes the function for one message and sends its reply to the client.
async fn on_message(gateway: &ApiGateway, connection: &ClientConnection, body: &str) {
    // Ignore messages that arrive after the close.
    if !connection.is_open() {
        return;
    }
    connection.touch();
    gateway.count_message(body.len());
    let Some(route) = integration::route_of(body) else {
        return;
    };
    let event = ProxyEvent::message(connection, &gateway.domain, route.key, body);
    let result = gateway.integrate(route, &event).await;
    if let Some(reply) = integration::reply(route, result, connection, &event) {
        // The client may have disconnected meanwhile and does not need the reply.
        drop(gateway.send(connection, reply));
    }
}

/// Replies to a message with the error "Too Many Requests".
fn reject(gateway: &ApiGateway, connection: &ClientConnection, body: &str) {
    gateway.count_message(body.len());
    let Some(route) = integration::route_of(body) else {
        return;
    };
    let event = ProxyEvent::message(connection, &gateway.domain, route.key, body);
    // Sending fails if the client has disconnected or does not read; it needs no error then.
    let error = integration::too_many_requests(connection, &event);
    drop(gateway.send(connection, error));
}

/// Sends the queued messages, the close frame last.
async fn write(
    connection: &ClientConnection,
    mut out: SplitSink<WebSocket, Message>,
    mut queue: mpsc::Receiver<Message>,
) {
    while let Some(message) = queue.recv().await {
        let is_last = matches!(message, Message::Close(_));
        if out.send(message).await.is_err() {
            connection.closed_by_client(Close::ABNORMAL);
            break;
        }
        if is_last {
            return;
        }
    }
    // The client closed the connection, or the socket failed; `read` finds the reason.
    std::future::pending::<()>().await;
}

/// Waits until the connection is cut or takes too long to close.
async fn wait_until_abandoned(connection: &ClientConnection) {
    let mut phase = connection.phase();
    let not_open = phase.wait_for(|phase| *phase != Phase::Open).await;
    let is_closing = not_open.is_ok_and(|phase| *phase != Phase::Cut);
    if is_closing {
        sleep(CLOSE_TIMEOUT).await;
    }
}

/// Closes the connection from this side. `write` returns when it has sent the close frame; if it cannot,
/// `wait_until_abandoned` returns.
async fn close(connection: &ClientConnection, close: Close) {
    // The error means that the connection is already closing, for another reason.
    drop(connection.close(close));
    sleep(CLOSE_TIMEOUT).await;
}

fn closed_by_client(connection: &ClientConnection, frame: Option<CloseFrame>) {
    let close = frame.map_or(Close::NO_STATUS, |frame| Close {
        code: frame.code,
        reason: frame.reason.to_string().into(),
    });
    connection.closed_by_client(close);
}

/// The close code for a client's protocol violation; `None` if the socket failed.
fn violation(error: axum::Error) -> Option<Close> {
    match *error.into_inner().downcast::<Error>().ok()? {
        Error::Capacity(_) => Some(Close::TOO_LONG),
        Error::Utf8(_) => Some(Close::NOT_UTF_8),
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => None,
        Error::Protocol(_) => Some(Close::PROTOCOL),
        _ => None,
    }
}

/// Waits until the connection is idle for too long or too old.
async fn wait_until_expired(gateway: &ApiGateway, connection: &ClientConnection) {
    while let Some(deadline) = connection.deadline(gateway.idle_timeout, gateway.lifetime) {
        if deadline <= Instant::now() {
            return;
        }
        sleep_until(deadline).await;
    }
    std::future::pending::<()>().await;
}
