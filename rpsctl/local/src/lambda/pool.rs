//! The processes of one function.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::body::Bytes;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Instant,
};
use uuid::Uuid;

use super::{
    InvokeError, environment,
    instance::{Instance, Invoked},
    process,
    registry::Instances,
    usage::Spent,
};
use crate::{FunctionProcess, OnLog, Options, Urls, clock, lock, metrics::Metrics};

/// What can be set of a function.
pub(crate) struct Settings {
    /// Its environment variables, but for those that Lambda sets.
    pub(crate) variables: Vec<(String, String)>,
    /// Longest it may run.
    pub(crate) limit: Duration,
}

/// The processes of one function.
pub(super) struct Pool {
    program: FunctionProcess,
    pub(super) settings: Settings,
    reserved: Vec<(String, String)>,
    runtime_api: String,
    on_log: OnLog,
    /// One permit per process that may exist.
    places: Arc<Semaphore>,
    /// Warm processes without work, the most recently used last.
    idle: Mutex<Vec<Arc<Instance>>>,
    instances: Arc<Instances>,
    metrics: Arc<Metrics>,
}

impl Pool {
    pub(super) fn new(
        program: FunctionProcess,
        options: &Options,
        urls: &Urls,
        instances: Arc<Instances>,
        metrics: Arc<Metrics>,
    ) -> Self {
        Self {
            settings: Settings {
                variables: environment::variables(options, urls),
                limit: options.function_timeout,
            },
            reserved: environment::reserved(program.function),
            runtime_api: format!("{}/_lambda", urls.endpoint),
            on_log: Arc::clone(&options.on_log),
            places: Arc::new(Semaphore::new(options.places())),
            idle: Mutex::default(),
            program,
            instances,
            metrics,
        }
    }

    /// Waits for a place among the function's processes.
    pub(super) async fn place(&self) -> Result<OwnedSemaphorePermit, InvokeError> {
        let place = Arc::clone(&self.places).acquire_owned().await;
        place.map_err(|_closed| InvokeError::Stopping)
    }

    /// Lets nobody in any more.
    pub(super) fn close(&self) {
        self.places.close();
    }

    /// Runs one invocation. The caller holds a place.
    pub(super) async fn run(&self, event: Bytes) -> Result<Bytes, InvokeError> {
        let (request_id, invoked_ms) = (Uuid::new_v4().to_string(), clock::now_ms());
        let mut spent = Spent::default();
        let result = self.run_as(&request_id, event, &mut spent).await;
        if let Err(error) = &result {
            self.log(&format!("RequestId: {request_id} Error: {error}"));
        }
        let name = self.program.function.name();
        spent.count(&self.metrics, name, invoked_ms, result.is_err());
        result
    }

    async fn run_as(
        &self,
        request_id: &str,
        event: Bytes,
        spent: &mut Spent,
    ) -> Result<Bytes, InvokeError> {
        loop {
            let warm = self.take_idle();
            let was_warm = warm.is_some();
            let begun = Instant::now();
            let instance = match warm {
                Some(instance) => Ok(instance),
                None => self.start().await,
            };
            spent.init = begun.elapsed();
            let instance = instance?;
            let begun = Instant::now();
            let invoked = instance
                .invoke(request_id, event.clone(), self.settings.limit)
                .await;
            spent.run = begun.elapsed();
            match invoked {
                Invoked::Done(result) => {
                    lock(&self.idle).push(instance);
                    return result;
                }
                Invoked::Lost(error) => return Err(error),
                // A warm one that ended of its own accord between two invocations: another takes over.
                Invoked::NotTaken(_) if was_warm => {}
                Invoked::NotTaken(how) => return Err(InvokeError::Exited(how)),
            }
        }
    }

    fn take_idle(&self) -> Option<Arc<Instance>> {
        let mut idle = lock(&self.idle);
        while let Some(instance) = idle.pop() {
            if instance.is_alive() {
                return Some(instance);
            }
        }
        None
    }

    /// A cold start.
    async fn start(&self) -> Result<Arc<Instance>, InvokeError> {
        let instance = Arc::new(Instance::new(self.program.function));
        self.instances.enter(&instance)?;
        let address = format!("{}/{}", self.runtime_api, instance.id());
        let environment = [&self.reserved[..], &self.settings.variables].concat();
        let started = process::start(&self.program, &environment, &address, &self.on_log);
        let child = started.map_err(|error| {
            instance.end("it was never started".to_owned());
            self.instances.remove(instance.id());
            InvokeError::Init(format!("{}: {error}", self.program.program.display()))
        })?;
        let (watched, instances) = (Arc::clone(&instance), Arc::clone(&self.instances));
        tokio::spawn(async move {
            child.watch(&watched).await;
            instances.remove(watched.id());
        });
        instance.init().await?;
        Ok(instance)
    }

    fn log(&self, line: &str) {
        (self.on_log)(self.program.function, line);
    }
}
