//! The processes of one function.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Bytes;
use rps_contract::names::{FUNCTION_MEMORY_MB, Function, env};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use uuid::Uuid;

use crate::lambda::instance::{Instance, Instances, Invoked};
use crate::lambda::{InvokeError, process};
use crate::metrics::{Metric, Metrics, billed};
use crate::names::{LOG_STREAM, REGION, Urls, log_group};
use crate::options::{FunctionProcess, OnLog, Options};
use crate::{clock, lock};

const INVOCATIONS: Metric = Metric::of_function("Invocations", "Count");
const ERRORS: Metric = Metric::of_function("Errors", "Count");
const THROTTLES: Metric = Metric::of_function("Throttles", "Count");
const DURATION: Metric = Metric::of_function("Duration", "Milliseconds");

/// What operators can set of a function.
pub(crate) struct Settings {
    /// Its environment variables, but for those that Lambda sets.
    pub(crate) variables: Vec<(String, String)>,
    pub(crate) limit: Duration,
}

#[derive(Default)]
struct Spent {
    /// Until the process asked for work; hardly anything where one was warm.
    init: Duration,
    /// From the event to the result.
    run: Duration,
}

pub(super) struct Pool {
    program: FunctionProcess,
    pub(super) settings: Settings,
    reserved: Vec<(String, String)>,
    runtime_api: String,
    on_log: OnLog,
    /// One permit per process that may exist.
    pub(super) places: Arc<Semaphore>,
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
                variables: variables(options, urls),
                limit: options.function_timeout,
            },
            reserved: reserved(program.function),
            runtime_api: format!("{}/_lambda", urls.endpoint),
            on_log: Arc::clone(&options.on_log),
            places: Arc::new(Semaphore::new(options.places())),
            idle: Mutex::default(),
            program,
            instances,
            metrics,
        }
    }

    /// Runs one invocation. The caller holds a place.
    pub(super) async fn run(&self, event: Bytes) -> Result<Bytes, InvokeError> {
        let (request_id, invoked_ms) = (Uuid::new_v4().to_string(), clock::now_ms());
        let mut spent = Spent::default();
        let result = self.run_as(&request_id, event, &mut spent).await;
        if let Err(error) = &result {
            let line = format!("RequestId: {request_id} Error: {error}");
            (self.on_log)(self.program.function, &line);
        }
        self.count(&spent, invoked_ms, result.is_err());
        result
    }

    /// Counts the invocation in the minute it was begun, as Lambda does.
    fn count(&self, spent: &Spent, invoked_ms: u64, is_error: bool) {
        let function = self.program.function.name();
        for (metric, value) in [
            (INVOCATIONS, 1.0),
            (ERRORS, f64::from(u8::from(is_error))),
            // An invocation that finds no place waits for one.
            (THROTTLES, 0.0),
            (DURATION, spent.run.as_secs_f64() * 1000.0),
        ] {
            self.metrics.add(metric, &[function], value, invoked_ms);
        }
        let gb_seconds = billed::gb_seconds(FUNCTION_MEMORY_MB, spent.init + spent.run);
        self.metrics
            .add(billed::GB_SECONDS, &[], gb_seconds, invoked_ms);
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

    async fn start(&self) -> Result<Arc<Instance>, InvokeError> {
        let instance = Arc::new(Instance::new(self.program.function));
        self.instances.insert(&instance)?;
        let address = format!("{}/{}", self.runtime_api, instance.id);
        let environment = [&self.reserved[..], &self.settings.variables].concat();
        let started = process::start(&self.program, &environment, &address, &self.on_log);
        let child = started.map_err(|error| {
            instance.end("it was never started".to_owned());
            self.instances.remove(&instance.id);
            InvokeError::Init(format!("{}: {error}", self.program.program.display()))
        })?;
        let (watched, instances) = (Arc::clone(&instance), Arc::clone(&self.instances));
        tokio::spawn(async move {
            child.watch(&watched).await;
            instances.remove(&watched.id);
        });
        instance.init().await?;
        Ok(instance)
    }
}

/// What Lambda itself sets for every process of the function. The Runtime API's address is added for each.
fn reserved(function: Function) -> Vec<(String, String)> {
    let name = function.name();
    let memory_mb = FUNCTION_MEMORY_MB.to_string();
    let log_group = log_group(function);
    owned(&[
        ("AWS_LAMBDA_FUNCTION_NAME", name),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", &memory_mb),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", &log_group),
        ("AWS_LAMBDA_LOG_STREAM_NAME", LOG_STREAM),
        ("AWS_REGION", REGION),
        ("AWS_DEFAULT_REGION", REGION),
        ("AWS_ACCESS_KEY_ID", "local"),
        ("AWS_SECRET_ACCESS_KEY", "local"),
        ("TZ", ":UTC"),
    ])
}

/// What the function was created with. With the reserved ones that is all: nothing is inherited.
fn variables(options: &Options, urls: &Urls) -> Vec<(String, String)> {
    let mut variables = owned(&[
        ("AWS_ENDPOINT_URL", &urls.endpoint),
        (env::TABLE, &urls.table),
        (env::QUEUE_URL, &urls.queue_url),
        (env::SOCKET_URL, &urls.url),
    ]);
    variables.extend(options.environment.iter().cloned());
    variables
}

fn owned(variables: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    variables.iter().map(owned).collect()
}
