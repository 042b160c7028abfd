//! API Gateway's WebSocket API: the players' socket, the routes, and `@connections`.
//!
//! | module | holds |
//! |---|---|
//! | `connect` | the way in: `$connect`, and the upgrade |
//! | `socket` | one open socket: what comes in, what goes out, and why it ends |
//! | `connections` | who is connected, and what waits to be sent to them |
//! | `events` | the events the functions get |
//! | `routes` | which route a message takes |
//! | `integration` | a function's answer, and what AWS makes of it |
//! | `management` | `GET`, `POST` and `DELETE` on `@connections` |
//! | `usage` | what is counted and billed |

mod connect;
mod connections;
mod events;
mod integration;
mod management;
mod routes;
mod socket;
mod usage;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Router, routing::get};
use base64::{Engine, prelude::BASE64_URL_SAFE};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::{Options, Urls, lambda::Lambda, lock, metrics::Metrics};
use connections::{Close, Connections};

/// The id of the API, as ARNs have it.
pub(crate) const API: &str = "local";

/// The name of the stage, and the path of the socket.
pub(crate) const STAGE: &str = "ws";

/// The largest message, in and out (API Gateway quota: "WebSocket message payload size").
const LARGEST_MESSAGE_BYTES: usize = 128 * 1024;

/// The largest frame of a message that comes in (API Gateway quota: "WebSocket frame size").
const LARGEST_FRAME_BYTES: usize = 32 * 1024;

/// The WebSocket API.
pub(crate) struct Gateway {
    lambda: Arc<Lambda>,
    connections: Connections,
    idle_timeout: Duration,
    lifetime: Duration,
    /// Host and port, as AWS's `domainName`.
    domain: String,
    /// Every connection holds one from `$connect` to the end of `$disconnect`, and so does every message a
    /// function works on; taken when stopping.
    presence: Mutex<Option<mpsc::Sender<()>>>,
    /// Yields nothing until the last presence is gone.
    absence: tokio::sync::Mutex<mpsc::Receiver<()>>,
    metrics: Arc<Metrics>,
}

impl Gateway {
    pub(crate) fn new(
        lambda: Arc<Lambda>,
        options: &Options,
        urls: &Urls,
        metrics: &Arc<Metrics>,
    ) -> Self {
        let (presence, absence) = mpsc::channel(1);
        let domain = urls.endpoint.trim_start_matches("http://").to_owned();
        Self {
            lambda,
            connections: Connections::default(),
            idle_timeout: options.idle_timeout,
            lifetime: options.lifetime,
            domain,
            presence: Mutex::new(Some(presence)),
            absence: tokio::sync::Mutex::new(absence),
            metrics: Arc::clone(metrics),
        }
    }

    /// Lets nobody in any more and closes all connections.
    pub(crate) fn close(&self) {
        drop(lock(&self.presence).take());
        self.connections.close_all(&Close::GOING_AWAY);
    }

    /// The same, and waits for the messages the functions work on and for the `$disconnect`s.
    pub(crate) async fn stop(&self) {
        self.close();
        // Nothing is ever sent: this is the end of the last presence.
        self.absence.lock().await.recv().await;
    }

    /// What a connection holds while it is there; `None` when stopping.
    fn presence(&self) -> Option<mpsc::Sender<()>> {
        lock(&self.presence).clone()
    }
}

/// The socket and the management API below it. SDKs encode the `@`.
pub(crate) fn routes(gateway: Arc<Gateway>) -> Router {
    let connection = || {
        get(management::get)
            .post(management::post)
            .delete(management::delete)
    };
    Router::new()
        .route("/ws", get(connect::connect))
        .route("/ws/@connections/{id}", connection())
        .route("/ws/%40connections/{id}", connection())
        .with_state(gateway)
}

/// An id as API Gateway makes them: 11 random bytes in URL-safe base64, which end in `=`.
fn new_id() -> String {
    BASE64_URL_SAFE.encode(&Uuid::new_v4().as_bytes()[..11])
}

#[cfg(test)]
mod tests {
    use super::new_id;

    #[test]
    fn ids_look_like_those_of_aws() {
        let id = new_id();
        assert_eq!((id.len(), id.ends_with('=')), (16, true), "{id}");
        assert_ne!(id, new_id());
    }
}
