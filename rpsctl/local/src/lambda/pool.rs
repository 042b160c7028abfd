//! Runs one function's invocations in a pool of processes.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Bytes;
use rps_contract::names::{FUNCTION_MEMORY_MB, Function, env};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};
use uuid::Uuid;

use crate::faults::FaultInjector;
use crate::lambda::instance::{Instance, Instances, InvokeOutcome};
use crate::lambda::{InvokeError, process};
use crate::metrics::{LocalMetric, Metrics, billed};
use crate::names::{LOG_STREAM, REGION, Urls, log_group};
use crate::options::{FunctionProcess, OnLog, Options};
use crate::{clock, lock};

const INVOCATIONS: LocalMetric = LocalMetric::for_function("Invocations", "Count");
const ERRORS: LocalMetric = LocalMetric::for_function("Errors", "Count");
const THROTTLES: LocalMetric = LocalMetric::for_function("Throttles", "Count");
const DURATION: LocalMetric = LocalMetric::for_function("Duration", "Milliseconds");

/// The settings that operators control.
pub(crate) struct FunctionSettings {
    /// Environment variables, without the ones that Lambda sets.
    pub(crate) variables: Vec<(String, String)>,
    pub(crate) timeout: Duration,
}

#[derive(Default)]
struct InvocationTimes {
    /// Until the process requested its first event; almost zero for a warm process.
    init: Duration,
    /// From the event to the result.
    run: Duration,
}

pub(super) struct Pool {
    program: FunctionProcess,
    pub(super) settings: FunctionSettings,
    reserved_variables: Vec<(String, String)>,
    runtime_api: String,
    on_log: OnLog,
    /// One permit per possible process.
    pub(super) slots: Arc<Semaphore>,
    /// Warm processes, the most recently used last.
    idle: Mutex<Vec<Arc<Instance>>>,
    instances: Arc<Instances>,
    metrics: Arc<Metrics>,
    faults: Arc<FaultInjector>,
}

impl Pool {
    pub(super) fn new(
        program: FunctionProcess,
        options: &Options,
        urls: &Urls,
        instances: Arc<Instances>,
        metrics: Arc<Metrics>,
        faults: Arc<FaultInjector>,
    ) -> Self {
        Self {
            settings: FunctionSettings {
                variables: variables(options, urls),
                timeout: options.function_timeout,
            },
            reserved_variables: reserved_variables(program.function),
            runtime_api: format!("{}/_lambda", urls.endpoint),
            on_log: Arc::clone(&options.on_log),
            slots: Arc::new(Semaphore::new(options.parallelism())),
            idle: Mutex::default(),
            program,
            instances,
            metrics,
            faults,
        }
    }

    /// Runs one invocation. The caller must hold a slot.
    pub(super) async fn run(&self, event: Bytes) -> Result<Bytes, InvokeError> {
        let (request_id, started_ms) = (Uuid::new_v4().to_string(), clock::now_ms());
        let mut times = InvocationTimes::default();
        let result = self.run_as(&request_id, event, &mut times).await;
        if let Err(error) = &result {
            let line = format!("RequestId: {request_id} Error: {error}");
            (self.on_log)(self.program.function, &line);
        }
        self.count(&times, started_ms, result.is_err());
        result
    }

    /// Counts the invocation in the minute of its start, as Lambda does.
    fn count(&self, times: &InvocationTimes, started_ms: u64, is_error: bool) {
        let function = self.program.function.name();
        for (metric, value) in [
            (INVOCATIONS, 1.0),
            (ERRORS, f64::from(u8::from(is_error))),
            // Invocations wait for a slot, so there are no throttles.
            (THROTTLES, 0.0),
            (DURATION, times.run.as_secs_f64() * 1000.0),
        ] {
            self.metrics.add(metric, &[function], value, started_ms);
        }
        let gb_seconds = billed::gb_seconds(FUNCTION_MEMORY_MB, times.init + times.run);
        self.metrics
            .add(billed::GB_SECONDS, &[], gb_seconds, started_ms);
    }

    async fn run_as(
        &self,
        request_id: &str,
        event: Bytes,
        times: &mut InvocationTimes,
    ) -> Result<Bytes, InvokeError> {
        loop {
            let warm = self.take_idle();
            let was_warm = warm.is_some();
            let init_start = Instant::now();
            let instance = match warm {
                Some(instance) => Ok(instance),
                None => self.start().await,
            };
            times.init = init_start.elapsed();
            let instance = instance?;
            let run_start = Instant::now();
            let outcome = self.invoke(&instance, request_id, event.clone()).await;
            times.run = run_start.elapsed();
            match outcome {
                InvokeOutcome::Done(result) => {
                    lock(&self.idle).push(instance);
                    return result;
                }
                InvokeOutcome::Interrupted(error) => return Err(error),
                // The warm process exited between two invocations; use another one.
                InvokeOutcome::NotDelivered(_) if was_warm => {}
                InvokeOutcome::NotDelivered(reason) => return Err(InvokeError::Exited(reason)),
            }
        }
    }

    /// Invokes the function in a process, which a fault may kill.
    async fn invoke(&self, instance: &Instance, request_id: &str, event: Bytes) -> InvokeOutcome {
        let invocation = instance.invoke(request_id, event, self.settings.timeout);
        let Some(kill_after) = self.faults.kill_after() else {
            return invocation.await;
        };
        // The result of a faster invocation is lost too: the process dies before its caller gets it.
        drop(timeout(kill_after, invocation).await);
        instance.kill();
        let status = instance.wait_for_end().await;
        InvokeOutcome::Interrupted(InvokeError::Exited(status))
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
        let environment = [&self.reserved_variables[..], &self.settings.variables].concat();
        let started = process::start(&self.program, &environment, &address, &self.on_log);
        let child = started.map_err(|error| {
            instance.end("the process did not start".to_owned());
            self.instances.remove(&instance.id);
            InvokeError::Init(format!("{}: {error}", self.program.program.display()))
        })?;
        let (running, instances) = (Arc::clone(&instance), Arc::clone(&self.instances));
        tokio::spawn(async move {
            child.watch(&running).await;
            instances.remove(&running.id);
        });
        instance.init().await?;
        Ok(instance)
    }
}

/// The environment variables that Lambda sets for every process, except the Runtime API's address.
fn reserved_variables(function: Function) -> Vec<(String, String)> {
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

/// The function's configured environment variables. A process gets these and the reserved ones, and inherits none.
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
