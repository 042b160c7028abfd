//! Lambda: functions as processes of their own that speak the Runtime API.
//!
//! A function starts cold when it is needed, stays warm for the next invocation, and is killed when it
//! runs too long. Every process has an address of its own (`/_lambda/{instance}`), because only so can
//! be told who asks for work, and whom to kill.

mod environment;
mod instance;
mod pool;
mod process;
mod registry;
mod runtime_api;
mod usage;

use std::{collections::HashMap, sync::Arc, time::Duration};

use axum::body::Bytes;
use rps_contract::names::Function;

pub(crate) use environment::arn;
pub(crate) use pool::Settings;
pub(crate) use registry::Instances;
pub(crate) use runtime_api::routes;

use crate::{Options, Urls, metrics::Metrics};
use pool::Pool;

/// Why an invocation has no result. The text of the timeout is the one Lambda writes to the function's
/// log; the others are ours.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum InvokeError {
    /// The function answered with an error.
    #[error("the function failed: {0}")]
    Failed(String),
    /// The function ran too long and was killed.
    #[error("Task timed out after {:.2} seconds", .0.as_secs_f64())]
    TimedOut(Duration),
    /// The process ended in the middle of the invocation.
    #[error("Runtime exited: {0}")]
    Exited(String),
    /// The process did not come up.
    #[error("INIT failed: {0}")]
    Init(String),
    /// No program was given for the function.
    #[error("the function has no program")]
    NoProgram,
    /// The local AWS is being stopped.
    #[error("the local AWS is stopping")]
    Stopping,
}

/// The functions.
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

    /// The running processes, for the Runtime API.
    pub(crate) fn instances(&self) -> Arc<Instances> {
        Arc::clone(&self.instances)
    }

    /// The function's settings; none without a program.
    pub(crate) fn settings(&self, function: Function) -> Option<&Settings> {
        self.pools.get(&function).map(|pool| &pool.settings)
    }

    /// Invokes the function and waits for its result, and before that for a free place among its
    /// processes. Who stops waiting for the result does not stop the function.
    pub(crate) async fn invoke(
        &self,
        function: Function,
        event: Bytes,
    ) -> Result<Bytes, InvokeError> {
        let pool = self.pools.get(&function).ok_or(InvokeError::NoProgram)?;
        let place = pool.place().await?;
        let pool = Arc::clone(pool);
        let running = tokio::spawn(async move {
            let result = pool.run(event).await;
            drop(place);
            result
        });
        running.await.unwrap_or(Err(InvokeError::Stopping))
    }

    /// Kills every process, and starts none any more.
    pub(crate) fn kill(&self) {
        for pool in self.pools.values() {
            pool.close();
        }
        self.instances.kill();
    }

    /// The same, and waits for their ends.
    pub(crate) async fn stop(&self) {
        self.kill();
        self.instances.ended().await;
    }
}
