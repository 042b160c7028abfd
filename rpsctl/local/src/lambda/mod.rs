//! Lambda: each function runs in separate processes that use the Runtime API.
//!
//! A process starts cold on demand, stays warm for the next invocation, and is killed at the timeout. Every process
//! has its own Runtime API address (`/_lambda/{instance}`), which identifies the process of a request.

mod instance;
mod pool;
mod process;
mod runtime_api;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use rps_contract::names::Function;

pub(crate) use self::instance::Instances;
pub(crate) use self::pool::FunctionSettings;
pub(crate) use self::runtime_api::routes;
use crate::faults::FaultInjector;
use crate::lambda::pool::Pool;
use crate::metrics::Metrics;
use crate::names::Urls;
use crate::options::Options;

/// Why an invocation failed. The timeout's text is Lambda's own log text; the others have no counterpart there.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum InvokeError {
    #[error("the function failed: {0}")]
    Failed(String),
    #[error("Task timed out after {:.2} seconds", .0.as_secs_f64())]
    TimedOut(Duration),
    #[error("Runtime exited: {0}")]
    Exited(String),
    #[error("INIT failed: {0}")]
    Init(String),
    #[error("the function has no program; start the local AWS with one")]
    NoProgram,
    #[error("the local AWS is stopping")]
    Stopping,
}

pub(crate) struct Lambda {
    pools: HashMap<Function, Arc<Pool>>,
    instances: Arc<Instances>,
}

impl Lambda {
    pub(crate) fn new(
        options: &Options,
        urls: &Urls,
        metrics: &Arc<Metrics>,
        faults: &Arc<FaultInjector>,
    ) -> Self {
        let instances = Arc::new(Instances::default());
        let pools = options.functions.iter().map(|program| {
            let (instances, metrics) = (Arc::clone(&instances), Arc::clone(metrics));
            let faults = Arc::clone(faults);
            let pool = Pool::new(program.clone(), options, urls, instances, metrics, faults);
            (program.function, Arc::new(pool))
        });
        Self {
            pools: pools.collect(),
            instances,
        }
    }

    pub(crate) fn instances(&self) -> Arc<Instances> {
        Arc::clone(&self.instances)
    }

    /// Returns `None` if the function has no program.
    pub(crate) fn settings(&self, function: Function) -> Option<&FunctionSettings> {
        self.pools.get(&function).map(|pool| &pool.settings)
    }

    /// Waits for a free process slot, invokes the function, and returns its result. If the caller drops the future,
    /// the function continues.
    pub(crate) async fn invoke(
        &self,
        function: Function,
        event: Bytes,
    ) -> Result<Bytes, InvokeError> {
        let pool = self.pools.get(&function).ok_or(InvokeError::NoProgram)?;
        let slot = Arc::clone(&pool.slots).acquire_owned().await;
        let slot = slot.map_err(|_closed| InvokeError::Stopping)?;
        let pool = Arc::clone(pool);
        let running = tokio::spawn(async move {
            let result = pool.run(event).await;
            drop(slot);
            result
        });
        running.await.unwrap_or(Err(InvokeError::Stopping))
    }

    /// Kills all processes and starts no more.
    pub(crate) fn kill(&self) {
        for pool in self.pools.values() {
            pool.slots.close();
        }
        self.instances.kill();
    }

    pub(crate) async fn stop(&self) {
        self.kill();
        self.instances.wait_for_end().await;
    }
}
