//! Starts and stops the local AWS.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use futures_util::future::join_all;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::cloudwatch::CloudWatch;
use crate::control::ControlPlane;
use crate::dynamo::Dynamo;
use crate::error::StartError;
use crate::faults::FaultInjector;
use crate::front::{self, Services};
use crate::gateway::{self, ApiGateway};
use crate::guard::Guard;
use crate::lambda::Lambda;
use crate::logs::Logs;
use crate::mapping::{Mapping, MappingSwitch};
use crate::metrics::Metrics;
use crate::names::Urls;
use crate::options::Options;
use crate::page::page;
use crate::server::serve;
use crate::sqs::{QueueId, Sqs};
use crate::transport::{Port, max_connections};

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
    let listeners = Listeners::bind(&options).await?;
    let urls = listeners.urls()?;
    let metrics = Arc::new(Metrics::default());
    let faults = Arc::new(FaultInjector::new(options.faults, &metrics));
    let (dynamo, round_timers) = Dynamo::open(options.data.as_deref(), &metrics, &faults)?;
    let sqs = Sqs::new(&urls, options.visibility_timeout_s, &metrics, &faults);
    let put = |round_timer| sqs.put(QueueId::Rounds, round_timer);
    round_timers.into_iter().for_each(put);
    let logs = Arc::new(Logs::new(&metrics));
    options.on_log = logs.wrap(options.on_log);
    let lambda = Arc::new(Lambda::new(&options, &urls, &metrics, &faults));
    let free = Arc::clone(&listeners.free_connections);
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
    let running = watch::Sender::new(true);
    let server = listeners.serve(router, &options, &gateway, &running);
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

struct Listeners {
    loopback: Port,
    /// For other machines.
    lan: Option<Port>,
    /// Of both.
    free_connections: Arc<Semaphore>,
}

impl Listeners {
    async fn bind(options: &Options) -> Result<Self, StartError> {
        let free_connections = Arc::new(Semaphore::new(max_connections()));
        let bind = |ip: IpAddr, port| Port::bind((ip, port).into(), Arc::clone(&free_connections));
        let loopback = bind(Ipv4Addr::LOCALHOST.into(), options.port).await?;
        let lan = match options.lan {
            Some(ip) => Some(bind(ip, loopback.address()?.port()).await?),
            None => None,
        };
        Ok(Self {
            loopback,
            lan,
            free_connections,
        })
    }

    fn urls(&self) -> Result<Urls, StartError> {
        let mut urls = Urls::at(&format!("http://{}", self.loopback.address()?));
        if let Some(lan) = &self.lan {
            urls.lan = Some(format!("http://{}/", lan.address()?));
        }
        Ok(urls)
    }

    /// Serves everything on the loopback address, and the page and the players' socket to other machines.
    fn serve(
        self,
        router: Router,
        options: &Options,
        gateway: &Arc<ApiGateway>,
        running: &watch::Sender<bool>,
    ) -> JoinHandle<()> {
        let router = Guard::new(options, None).protect(router);
        let mut servers = vec![serve(self.loopback, router, running.subscribe())];
        if let Some(lan) = self.lan {
            let players = page().merge(gateway::socket(Arc::clone(gateway)));
            let players = Guard::new(options, options.lan).protect(players);
            servers.push(serve(lan, players, running.subscribe()));
        }
        tokio::spawn(async { drop(join_all(servers).await) })
    }
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
