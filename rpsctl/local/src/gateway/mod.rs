//! API Gateway's WebSocket API: connections, routes and `@connections`.
//!
//! | module | contents |
//! |---|---|
//! | `connect` | `$connect`, the WebSocket upgrade, and `$disconnect` |
//! | `socket` | an open socket: incoming and outgoing messages, and its end |
//! | `connections` | the open connections and their queues of outgoing messages |
//! | `events` | the functions' events |
//! | `integration` | a message's route, its function's response, and the reply |
//! | `management` | `GET`, `POST` and `DELETE` on `@connections` |
//! | `throttle` | the stage's throttle |

mod connect;
mod connections;
mod events;
mod integration;
mod management;
mod socket;
mod throttle;

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::sleep;

use crate::faults::FaultInjector;
use crate::gateway::connections::{ClientConnection, Close, ConnectionClosed, OpenConnections};
use crate::gateway::throttle::Buckets;
use crate::lambda::Lambda;
use crate::lock;
use crate::metrics::{LocalMetric, Metrics, billed};
use crate::names::{API, STAGE, Urls};
use crate::options::Options;

/// The largest message in both directions (API Gateway quota: "WebSocket message payload size").
const MAX_MESSAGE_BYTES: usize = 128 * 1024;

/// "The number of messages sent to the $connect route integration", including rejected connections.
const CONNECTS: LocalMetric = of_stage("ConnectCount");
/// "The number of messages sent to the WebSocket API, either from or to the client."
const MESSAGES: LocalMetric = of_stage("MessageCount");

const fn of_stage(name: &'static str) -> LocalMetric {
    LocalMetric::new("AWS/ApiGateway", name, &["ApiId", "Stage"], "Count")
}

pub(crate) struct ApiGateway {
    lambda: Arc<Lambda>,
    connections: OpenConnections,
    /// The server's free connections.
    free_connections: Arc<Semaphore>,
    throttle: Buckets,
    idle_timeout: Duration,
    lifetime: Duration,
    /// Host and port, for the events' `domainName`.
    domain: String,
    /// Each connection holds a clone until the end of its `$disconnect`, and each message until its function has
    /// finished. `None` during a stop.
    work_guard: Mutex<Option<mpsc::Sender<()>>>,
    /// Returns when the last guard is dropped.
    all_work_done: tokio::sync::Mutex<mpsc::Receiver<()>>,
    metrics: Arc<Metrics>,
    faults: Arc<FaultInjector>,
}

impl ApiGateway {
    pub(crate) fn new(
        lambda: &Arc<Lambda>,
        options: &Options,
        urls: &Urls,
        metrics: &Arc<Metrics>,
        faults: &Arc<FaultInjector>,
        free_connections: Arc<Semaphore>,
    ) -> Arc<Self> {
        let (work_guard, all_work_done) = mpsc::channel(1);
        Arc::new(Self {
            lambda: Arc::clone(lambda),
            connections: OpenConnections::default(),
            free_connections,
            throttle: options.throttle.map(Buckets::new).unwrap_or_default(),
            idle_timeout: options.idle_timeout,
            lifetime: options.lifetime,
            domain: urls.endpoint.trim_start_matches("http://").to_owned(),
            work_guard: Mutex::new(Some(work_guard)),
            all_work_done: tokio::sync::Mutex::new(all_work_done),
            metrics: Arc::clone(metrics),
            faults: Arc::clone(faults),
        })
    }

    /// Closes all connections and accepts no more.
    pub(crate) fn close(&self) {
        drop(lock(&self.work_guard).take());
        self.connections.close_all(&Close::GOING_AWAY);
    }

    /// Closes all connections. Waits for the messages in progress and for the `$disconnect` events.
    pub(crate) async fn stop(&self) {
        self.close();
        self.all_work_done.lock().await.recv().await;
    }

    fn work_guard(&self) -> Option<mpsc::Sender<()>> {
        lock(&self.work_guard).clone()
    }

    /// Counts a message from or to a client.
    fn count_message(&self, bytes: usize) {
        self.metrics.count(MESSAGES, &[API, STAGE], 1.0);
        let billed = billed::messages(bytes);
        self.metrics.count(billed::MESSAGES, &[], billed);
    }

    fn send(&self, connection: &ClientConnection, text: String) -> Result<(), ConnectionClosed> {
        let bytes = text.len();
        connection.send(text)?;
        self.count_message(bytes);
        Ok(())
    }

    fn count_minute(&self) {
        self.metrics.count(billed::CONNECTION_MINUTES, &[], 1.0);
    }

    /// Counts each minute of a connection after the first.
    async fn count_later_minutes(&self) -> Infallible {
        loop {
            sleep(Duration::from_mins(1)).await;
            self.count_minute();
        }
    }
}

/// The routes of the WebSocket and the management API. SDKs encode the `@`.
/// The players' socket.
pub(crate) fn socket(gateway: Arc<ApiGateway>) -> Router {
    let route = get(connect::connect);
    Router::new().route("/ws", route).with_state(gateway)
}

pub(crate) fn management(gateway: Arc<ApiGateway>) -> Router {
    let connection = || {
        get(management::get)
            .post(management::post)
            .delete(management::delete)
    };
    Router::new()
        .route("/ws/@connections/{id}", connection())
        .route("/ws/%40connections/{id}", connection())
        .with_state(gateway)
}

#[cfg(test)]
mod tests {
    use tokio::time::timeout;

    use super::*;

    /// A gateway without functions.
    pub(super) fn gateway(free_connections: usize) -> Arc<ApiGateway> {
        let (options, urls) = (Options::default(), Urls::at("http://127.0.0.1:1"));
        let metrics = Arc::new(Metrics::default());
        let faults = Arc::default();
        let lambda = Arc::new(Lambda::new(&options, &urls, &metrics, &faults));
        let free_connections = Arc::new(Semaphore::new(free_connections));
        ApiGateway::new(
            &lambda,
            &options,
            &urls,
            &metrics,
            &faults,
            free_connections,
        )
    }

    #[tokio::test(start_paused = true)]
    async fn each_minute_of_a_connection_counts_when_it_begins() {
        let gateway = gateway(0);
        for (open_s, minutes) in [(59, 1.0), (61, 1.0 + 2.0), (7199, 1.0 + 2.0 + 120.0)] {
            gateway.count_minute();
            let open = Duration::from_secs(open_s);
            drop(timeout(open, gateway.count_later_minutes()).await);
            let sum = gateway
                .metrics
                .sum("rps-local/Billed", "ConnectionMinutes", &[]);
            assert!((sum - minutes).abs() < 0.5, "{open_s} s: {sum}");
        }
    }
}
