//! Lambda: functions as processes of their own that speak the Runtime API.
//!
//! A function starts cold when it is needed, stays warm for the next invocation, and is killed when it
//! runs too long. Every process has an address of its own (`/_lambda/{instance}`), because only so can
//! be told who asks for work, and whom to kill.

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
pub(crate) use self::pool::Settings;
pub(crate) use self::runtime_api::routes;
use crate::lambda::pool::Pool;
use crate::metrics::Metrics;
use crate::names::Urls;
use crate::options::Options;

/// Why an invocation has no result. The text of the timeout is the one Lambda writes to the function's
/// log; the others are ours.
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
    #[error("the function has no program")]
    NoProgram,
    #[error("the local AWS is stopping")]
    Stopping,
}

pub(crate) struct Lambda {
    pools: HashMap<Function, Arc<Pool>>,
    instances: Arc<Instances>,
}

impl Lambda {
    pub(crate) fn new(options: &Options, urls: &Urls, metrics: &Arc<Metrics>) -> Self {
        let instances = Arc::new(Instances::default());
        let pools = options.functions.iter().map(|program| {
            let (instances, metrics) = (Arc::clone(&instances), Arc::clone(metrics));
            let pool = Pool::new(program.clone(), options, urls, instances, metrics);
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

    /// The function's settings; none without a program.
    pub(crate) fn settings(&self, function: Function) -> Option<&Settings> {
        self.pools.get(&function).map(|pool| &pool.settings)
    }

    /// Waits for a free place among the function's processes, invokes the function, and waits for its result. A caller
    /// that stops waiting does not stop the function.
    pub(crate) async fn invoke(
        &self,
        function: Function,
        event: Bytes,
    ) -> Result<Bytes, InvokeError> {
        let pool = self.pools.get(&function).ok_or(InvokeError::NoProgram)?;
        let place = Arc::clone(&pool.places).acquire_owned().await;
        let place = place.map_err(|_closed| InvokeError::Stopping)?;
        let pool = Arc::clone(pool);
        let running = tokio::spawn(async move {
            let result = pool.run(event).await;
            drop(place);
            result
        });
        running.await.unwrap_or(Err(InvokeError::Stopping))
    }

    /// Kills every process, and starts no more.
    pub(crate) fn kill(&self) {
        for pool in self.pools.values() {
            pool.places.close();
        }
        self.instances.kill();
    }

    pub(crate) async fn stop(&self) {
        self.kill();
        self.instances.ended().await;
    }
}
