//! API Gateway's WebSocket API: the players' socket, the routes, and `@connections`.
//!
//! | module | holds |
//! |---|---|
//! | `connect` | `$connect`, the upgrade, and `$disconnect` |
//! | `socket` | one open socket: what comes in, what goes out, and why it ends |
//! | `connections` | all connections, and the messages that wait to be sent to them |
//! | `events` | the events that the functions get |
//! | `integration` | the route of a message, and the answer of its function |
//! | `management` | `GET`, `POST` and `DELETE` on `@connections` |

mod connect;
mod connections;
mod events;
mod integration;
mod management;
mod socket;

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use tokio::sync::mpsc;
use tokio::time::sleep;

use crate::gateway::connections::{Close, Connection, Connections, Gone};
use crate::lambda::Lambda;
use crate::lock;
use crate::metrics::{Metric, Metrics, billed};
use crate::names::{API, STAGE, Urls};
use crate::options::Options;

/// The largest message, in and out (API Gateway quota: "WebSocket message payload size").
const LARGEST_MESSAGE_BYTES: usize = 128 * 1024;

/// "The number of messages sent to the $connect route integration", refused ones too.
const CONNECTS: Metric = of_stage("ConnectCount");
/// "The number of messages sent to the WebSocket API, either from or to the client."
const MESSAGES: Metric = of_stage("MessageCount");

const fn of_stage(name: &'static str) -> Metric {
    Metric::new("AWS/ApiGateway", name, &["ApiId", "Stage"], "Count")
}

pub(crate) struct Gateway {
    lambda: Arc<Lambda>,
    connections: Connections,
    idle_timeout: Duration,
    lifetime: Duration,
    /// Host and port, as AWS's `domainName`.
    domain: String,
    /// Every connection holds a clone from `$connect` to the end of `$disconnect`, and so does every message that a
    /// function works on. None while stopping.
    presence: Mutex<Option<mpsc::Sender<()>>>,
    /// Yields nothing until the last presence is dropped.
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
        Self {
            lambda,
            connections: Connections::default(),
            idle_timeout: options.idle_timeout,
            lifetime: options.lifetime,
            domain: urls.endpoint.trim_start_matches("http://").to_owned(),
            presence: Mutex::new(Some(presence)),
            absence: tokio::sync::Mutex::new(absence),
            metrics: Arc::clone(metrics),
        }
    }

    /// Accepts no more connections, and closes all.
    pub(crate) fn close(&self) {
        drop(lock(&self.presence).take());
        self.connections.close_all(&Close::GOING_AWAY);
    }

    /// Closes, and waits for the messages that functions work on and for the `$disconnect`s.
    pub(crate) async fn stop(&self) {
        self.close();
        self.absence.lock().await.recv().await;
    }

    fn presence(&self) -> Option<mpsc::Sender<()>> {
        lock(&self.presence).clone()
    }

    /// Counts a message of so many bytes from or to a client.
    fn count_message(&self, bytes: usize) {
        self.metrics.count(MESSAGES, &[API, STAGE], 1.0);
        let billed = billed::messages(bytes);
        self.metrics.count(billed::MESSAGES, &[], billed);
    }

    fn send(&self, connection: &Connection, text: String) -> Result<(), Gone> {
        let bytes = text.len();
        connection.send(text)?;
        self.count_message(bytes);
        Ok(())
    }

    fn count_minute(&self) {
        self.metrics.count(billed::CONNECTION_MINUTES, &[], 1.0);
    }

    /// Counts each minute of a connection but the first.
    async fn count_later_minutes(&self) -> Infallible {
        loop {
            sleep(Duration::from_mins(1)).await;
            self.count_minute();
        }
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

#[cfg(test)]
mod tests {
    use tokio::time::timeout;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn each_minute_counts_when_it_begins() {
        let (options, urls) = (Options::default(), Urls::at("http://127.0.0.1:1"));
        let metrics = Arc::new(Metrics::default());
        let lambda = Arc::new(Lambda::new(&options, &urls, &metrics));
        let gateway = Gateway::new(lambda, &options, &urls, &metrics);
        for (open_s, minutes) in [(59, 1.0), (61, 1.0 + 2.0), (7199, 1.0 + 2.0 + 120.0)] {
            gateway.count_minute();
            let open = Duration::from_secs(open_s);
            drop(timeout(open, gateway.count_later_minutes()).await);
            let counted = metrics.sum("rps-local/Billed", "ConnectionMinutes", &[]);
            assert!((counted - minutes).abs() < 0.5, "{open_s} s: {counted}");
        }
    }
}
