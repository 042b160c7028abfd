//! Helpers for the tests of all crates.

#![allow(
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    reason = "a panic is how a test fails"
)]

pub mod attack;
pub mod frames;
pub mod game;
pub mod http;
pub mod player;
pub mod plot;
pub mod proxy;
pub mod rpsctl;
pub mod table;
pub mod tables;

use std::sync::LazyLock;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::time::{sleep, timeout};

/// Long enough for a busy machine. Only a failing test waits this long.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// Waits for an event. Panics if it does not happen in time.
pub async fn soon<T>(event: impl Future<Output = T>) -> T {
    let event = timeout(PATIENCE, event).await;
    event.expect("it happens in time")
}

/// Polls a condition until it holds.
pub async fn until(mut condition: impl AsyncFnMut() -> bool) {
    soon(async {
        while !condition().await {
            sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
}

/// Runs a future in a test that is not async.
pub fn wait<T>(future: impl Future<Output = T>) -> T {
    static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build();
        runtime.expect("a runtime")
    });
    RUNTIME.block_on(future)
}
