//! One open socket: what comes in, what goes out, and why it ends.

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

use crate::gateway::connect::Connected;
use crate::gateway::connections::{Close, Connection, Phase};
use crate::gateway::events::Event;
use crate::gateway::{Gateway, integration};

/// How long a closing socket may take to get rid of what is queued.
const LAST_FRAMES: Duration = Duration::from_secs(5);

/// Messages of one connection that functions may work on at a time; the next one is refused, so that no
/// client can fill the memory.
const MESSAGES_AT_A_TIME: usize = 32;

impl Connected {
    pub(super) async fn serve(self, socket: WebSocket, queue: mpsc::Receiver<Message>) {
        let (out, incoming) = socket.split();
        tokio::select! {
            () = read(&self, incoming) => {}
            () = write(&self.connection, out, queue) => {}
            () = give_up(&self.connection) => {}
            never = self.gateway.count_later_minutes() => match never {},
        }
    }
}

/// Takes what comes in until the client closes or the socket breaks.
async fn read(connected: &Connected, mut incoming: SplitStream<WebSocket>) {
    let (gateway, connection) = (&connected.gateway, &connected.connection);
    let places = Arc::new(Semaphore::new(MESSAGES_AT_A_TIME));
    loop {
        let message = tokio::select! {
            message = incoming.next() => message,
            () = time_up(gateway, connection) => {
                return close(connection, Close::GOING_AWAY).await;
            }
        };
        match message {
            Some(Ok(Message::Text(text))) => {
                // Waiting for a place here would be deaf to a close, a ping and the time.
                let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
                    refuse(gateway, connection, &text);
                    // A burst of refusals must not fill the queue before any of it can go out.
                    yield_now().await;
                    continue;
                };
                let (gateway, connection) = (Arc::clone(gateway), Arc::clone(connection));
                // A stop waits for what is begun, also when the connection is gone by then.
                let presence = connected.presence.clone();
                tokio::spawn(async move {
                    on_message(&gateway, &connection, &text).await;
                    drop((place, presence));
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

/// Gives one message to its function, and the client the reply.
async fn on_message(gateway: &Gateway, connection: &Connection, body: &str) {
    // After the close nothing that was still on its way counts.
    if !connection.is_open() {
        return;
    }
    connection.touch();
    gateway.count_message(body.len());
    let Some(route) = integration::route_of(body) else {
        return;
    };
    let event = Event::message(connection, &gateway.domain, route.key, body);
    let answer = gateway.integrate(route, &event).await;
    if let Some(reply) = integration::reply(route, answer, connection, &event) {
        // The client may be gone by now, and with it whoever cares for the reply.
        drop(gateway.send(connection, reply));
    }
}

/// Refuses one message too many.
fn refuse(gateway: &Gateway, connection: &Connection, body: &str) {
    gateway.count_message(body.len());
    let Some(route) = integration::route_of(body) else {
        return;
    };
    let event = Event::message(connection, &gateway.domain, route.key, body);
    // A client that is gone, or does not read, hears of nothing.
    let refusal = integration::error("Too Many Requests", connection, &event);
    drop(gateway.send(connection, refusal));
}

/// Sends what is queued until the close frame has gone out.
async fn write(
    connection: &Connection,
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
    // The client has closed, or the socket is broken: the reading side finds out how.
    std::future::pending::<()>().await;
}

/// Waits until nothing can be hoped for: the connection was cut, or closing takes too long.
async fn give_up(connection: &Connection) {
    let mut phase = connection.phase();
    let not_open = phase.wait_for(|phase| *phase != Phase::Open).await;
    let is_closing = not_open.is_ok_and(|phase| *phase != Phase::Cut);
    if is_closing {
        sleep(LAST_FRAMES).await;
    }
}

/// Closes from this side. The writing side ends it all when the close frame is out; `give_up` when it
/// never gets there.
async fn close(connection: &Connection, close: Close) {
    // It may be closing already, for another reason.
    drop(connection.close(close));
    sleep(LAST_FRAMES).await;
}

fn closed_by_client(connection: &Connection, frame: Option<CloseFrame>) {
    let close = frame.map_or(Close::UNSAID, |frame| Close {
        code: frame.code,
        reason: frame.reason.to_string().into(),
    });
    connection.closed_by_client(close);
}

/// What a client did that ends its connection; `None` when the socket broke.
fn violation(error: axum::Error) -> Option<Close> {
    match *error.into_inner().downcast::<Error>().ok()? {
        Error::Capacity(_) => Some(Close::TOO_LONG),
        Error::Utf8(_) => Some(Close::NOT_UTF_8),
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => None,
        Error::Protocol(_) => Some(Close::PROTOCOL),
        _ => None,
    }
}

/// Waits until the connection is idle for too long, or too old.
async fn time_up(gateway: &Gateway, connection: &Connection) {
    while let Some(deadline) = connection.deadline(gateway.idle_timeout, gateway.lifetime) {
        if deadline <= Instant::now() {
            return;
        }
        sleep_until(deadline).await;
    }
    std::future::pending::<()>().await;
}
