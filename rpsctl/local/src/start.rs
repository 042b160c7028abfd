//! Starts and stops the local AWS.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::cloudwatch::CloudWatch;
use crate::control::ControlPlane;
use crate::dynamo::Dynamo;
use crate::error::StartError;
use crate::faults::FaultInjector;
use crate::front::{self, Services};
use crate::gateway::ApiGateway;
use crate::guard::Guard;
use crate::lambda::Lambda;
use crate::logs::Logs;
use crate::mapping::{Mapping, MappingSwitch};
use crate::metrics::Metrics;
use crate::names::Urls;
use crate::options::Options;
use crate::server::serve;
use crate::sqs::{QueueId, Sqs};
use crate::transport::Port;

/// How long a stop waits for running invocations and the last `$disconnect` events.
const FUNCTIONS_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a stop waits for unfinished requests.
const REQUESTS_TIMEOUT: Duration = Duration::from_secs(1);

/// The running local AWS. Call [`Local::stop`] to end it in order. A drop kills the functions during their work
/// and sends no `$disconnect` events.
pub struct Local {
    urls: Urls,
    gateway: Arc<ApiGateway>,
    lambda: Arc<Lambda>,
    mapping: Mapping,
    server: JoinHandle<()>,
    running: watch::Sender<bool>,
}

/// Starts the local AWS and returns when it is ready.
pub async fn start(mut options: Options) -> Result<Local, StartError> {
    check_programs(&options)?;
    let port = Port::bind(options.port).await?;
    let urls = Urls::at(&format!("http://127.0.0.1:{}", port.number()?));
    let metrics = Arc::new(Metrics::default());
    let faults = Arc::new(FaultInjector::new(options.faults, &metrics));
    let (dynamo, round_timers) = Dynamo::open(options.data.as_deref(), &metrics, &faults)?;
    let sqs = Sqs::new(&urls, options.visibility_timeout_s, &metrics, &faults);
    let put = |round_timer| sqs.put(QueueId::Rounds, round_timer);
    round_timers.into_iter().for_each(put);
    let logs = Arc::new(Logs::new(&metrics));
    options.on_log = logs.wrap(options.on_log);
    let lambda = Arc::new(Lambda::new(&options, &urls, &metrics, &faults));
    let free = port.free_connections();
    let gateway = ApiGateway::new(&lambda, &options, &urls, &metrics, &faults, free);
    let switch = Arc::new(MappingSwitch::new());
    let router = front::router(
        Arc::new(Services {
            dynamo,
            sqs: Arc::clone(&sqs),
            cloudwatch: CloudWatch::start(metrics, Arc::clone(&sqs)),
            logs,
        }),
        Arc::clone(&gateway),
        lambda.instances(),
        Arc::new(ControlPlane::new(&lambda, &switch)),
    );
    let router = Guard::new(&options).protect(router);
    let running = watch::Sender::new(true);
    let server = tokio::spawn(serve(port, router, running.subscribe()));
    let mapping = Mapping::start(switch, sqs, Arc::clone(&lambda), options.parallelism());
    Ok(Local {
        urls,
        gateway,
        lambda,
        mapping,
        server,
        running,
    })
}

impl Local {
    #[must_use]
    pub fn urls(&self) -> &Urls {
        &self.urls
    }

    /// Closes the players' connections, waits for the functions to finish their work, ends their processes, and
    /// releases the port.
    pub async fn stop(mut self) {
        // Stop the queue and the connections first, because their unfinished work needs the functions.
        let last_work = async { tokio::join!(self.mapping.stop(), self.gateway.stop()) };
        if timeout(FUNCTIONS_TIMEOUT, last_work).await.is_err() {
            let seconds = FUNCTIONS_TIMEOUT.as_secs();
            tracing::warn!("killing functions that did not finish their work within {seconds} s");
        }
        self.lambda.stop().await;
        self.running.send_replace(false);
        // The drop aborts the requests that take longer.
        drop(timeout(REQUESTS_TIMEOUT, &mut self.server).await);
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        self.gateway.close();
        self.lambda.kill();
        self.running.send_replace(false);
        self.server.abort();
    }
}

fn check_programs(options: &Options) -> Result<(), StartError> {
    let mut functions = options.functions.iter();
    let missing = functions.find(|process| !process.program.is_file());
    missing.map_or(Ok(()), |process| {
        let name = process.function.name();
        Err(StartError::Program(name, process.program.clone()))
    })
}
