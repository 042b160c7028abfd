//! A Lambda Runtime API for one process.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use tokio::runtime::Handle;
use tokio::sync::{Mutex, Semaphore};

use crate::server;

/// Longer than any start, even at the CPU share of a small function.
const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) struct RuntimeApi {
    pub(crate) address: SocketAddr,
    signals: Receiver<Signal>,
    permits: Arc<Semaphore>,
}

/// A request of the process.
enum Signal {
    Poll(Instant),
    Answer(Answer),
    Failure(Bytes),
}

pub(crate) struct Answer {
    pub(crate) at: Instant,
    /// Since the process got the event.
    pub(crate) took: Duration,
    pub(crate) body: Bytes,
}

struct Shared {
    event: Bytes,
    /// One permit per invocation that the process may get.
    permits: Arc<Semaphore>,
    invoked_at: Mutex<Instant>,
    signals: Sender<Signal>,
}

impl RuntimeApi {
    pub(crate) fn start(runtime: &Handle, event: String) -> Result<Self> {
        let (sender, signals) = channel();
        let permits = Arc::new(Semaphore::new(0));
        let shared = Shared {
            event: event.into(),
            permits: Arc::clone(&permits),
            invoked_at: Mutex::new(Instant::now()),
            signals: sender,
        };
        let routes = Router::new()
            .route("/invocation/next", get(next))
            .route("/invocation/{request}/response", post(response))
            .route("/invocation/{request}/error", post(failure))
            .route("/init/error", post(failure))
            .with_state(Arc::new(shared));
        let routes = Router::new().nest("/2018-06-01/runtime", routes);
        let address = server::start(runtime, routes, None)?;
        Ok(Self {
            address,
            signals,
            permits,
        })
    }

    /// Lets the process have this number of invocations.
    pub(crate) fn invoke(&self, count: usize) {
        self.permits.add_permits(count);
    }

    pub(crate) fn poll(&self) -> Result<Instant> {
        match self.signal()? {
            Signal::Poll(at) => Ok(at),
            _ => bail!("the process answered without an invocation"),
        }
    }

    pub(crate) fn answer(&self) -> Result<Answer> {
        match self.signal()? {
            Signal::Answer(answer) => Ok(answer),
            _ => bail!("the process asked for another invocation without an answer"),
        }
    }

    fn signal(&self) -> Result<Signal> {
        let signal = self.signals.recv_timeout(PATIENCE);
        match signal.with_context(|| format!("no request of the process within {PATIENCE:?}"))? {
            Signal::Failure(error) => bail!("it failed: {}", String::from_utf8_lossy(&error)),
            signal => Ok(signal),
        }
    }
}

async fn next(State(shared): State<Arc<Shared>>) -> impl IntoResponse {
    // The benchmark may have ended the process, and the receiver with it.
    let _ = shared.signals.send(Signal::Poll(Instant::now()));
    if let Ok(permit) = shared.permits.acquire().await {
        permit.forget();
    }
    *shared.invoked_at.lock().await = Instant::now();
    let headers = [
        ("content-type", "application/json"),
        (
            "lambda-runtime-aws-request-id",
            "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
        ),
        ("lambda-runtime-deadline-ms", "9999999999999"),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:eu-west-1:123456789012:function:rps",
        ),
        (
            "lambda-runtime-trace-id",
            "Root=1-68d00a00-0123456789abcdef01234567;Parent=53995c3f42cd8ad8;Sampled=0",
        ),
    ];
    (headers, shared.event.clone())
}

async fn response(State(shared): State<Arc<Shared>>, body: Bytes) -> StatusCode {
    let at = Instant::now();
    let took = at - *shared.invoked_at.lock().await;
    let _ = shared
        .signals
        .send(Signal::Answer(Answer { at, took, body }));
    StatusCode::ACCEPTED
}

async fn failure(State(shared): State<Arc<Shared>>, body: Bytes) -> StatusCode {
    let _ = shared.signals.send(Signal::Failure(body));
    StatusCode::ACCEPTED
}
