//! Starting and stopping it all.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::cloudwatch::CloudWatch;
use crate::control::ControlPlane;
use crate::dynamo::Dynamo;
use crate::error::StartError;
use crate::front::{self, Services};
use crate::gateway::Gateway;
use crate::lambda::Lambda;
use crate::logs::Logs;
use crate::mapping::{Mapping, Switch};
use crate::metrics::Metrics;
use crate::names::Urls;
use crate::options::Options;
use crate::sqs::{QueueId, Sqs};
use crate::transport::{Port, Socket};

/// How long functions may take, when everything stops, over what they have begun and the last
/// `$disconnect`s.
const FAREWELL: Duration = Duration::from_secs(5);

/// How long requests may take to finish when everything stops.
const LAST_REQUESTS: Duration = Duration::from_secs(1);

/// The running local AWS. Dropped without [`Local::stop`] it ends at once: the functions are killed, in the
/// middle of their work and without a word about the players who leave.
pub struct Local {
    urls: Urls,
    gateway: Arc<Gateway>,
    lambda: Arc<Lambda>,
    mapping: Mapping,
    server: JoinHandle<()>,
    running: watch::Sender<bool>,
}

/// Starts the local AWS. When this returns it is ready.
pub async fn start(mut options: Options) -> Result<Local, StartError> {
    check_programs(&options)?;
    let port = Port::bind(options.port).await?;
    let urls = Urls::at(&format!("http://127.0.0.1:{}", port.number()?));
    let metrics = Arc::new(Metrics::default());
    let (dynamo, unfinished) = Dynamo::start(options.data.as_deref(), &metrics).await?;
    let sqs = Arc::new(Sqs::new(&urls, options.visibility_timeout_s, &metrics));
    for message in unfinished {
        sqs.put(QueueId::Rounds, message);
    }
    let logs = Arc::new(Logs::new(&metrics));
    options.on_log = logs.before(options.on_log);
    let lambda = Arc::new(Lambda::new(&options, &urls, &metrics));
    let gateway = Arc::new(Gateway::new(Arc::clone(&lambda), &options, &urls, &metrics));
    let switch = Arc::new(Switch::new());
    let cloudwatch = CloudWatch::start(metrics, Arc::clone(&sqs));
    let router = front::router(
        Arc::new(Services {
            dynamo,
            sqs: Arc::clone(&sqs),
            cloudwatch,
            logs,
        }),
        Arc::clone(&gateway),
        lambda.instances(),
        Arc::new(ControlPlane::new(&lambda, &switch)),
    );
    let running = watch::Sender::new(true);
    let server = tokio::spawn(serve(port, router, running.subscribe()));
    let mapping = Mapping::start(switch, sqs, Arc::clone(&lambda), options.places());
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

    /// Closes the players' connections, lets the functions know and finish their work, kills them, and
    /// gives the port back. Every process has ended when this returns.
    pub async fn stop(mut self) {
        // Nothing new from the queue or the players; what is begun needs the functions, which go last.
        let last_work = async { tokio::join!(self.mapping.stop(), self.gateway.stop()) };
        if timeout(FAREWELL, last_work).await.is_err() {
            tracing::warn!("functions are killed in the middle of their work");
        }
        self.lambda.stop().await;
        self.running.send_replace(false);
        // Requests that take longer are cut off when this is dropped.
        drop(timeout(LAST_REQUESTS, &mut self.server).await);
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
    let missing = options.functions.iter().find(|it| !it.program.is_file());
    missing.map_or(Ok(()), |it| {
        let name = it.function.name();
        Err(StartError::Program(name, it.program.clone()))
    })
}

async fn serve(port: Port, router: Router, mut running: watch::Receiver<bool>) {
    let port = port.tap_io(Socket::send_at_once);
    let service = router.into_make_service_with_connect_info::<std::net::SocketAddr>();
    let stopped = async move { drop(running.wait_for(|running| !running).await) };
    let served = axum::serve(port, service).with_graceful_shutdown(stopped);
    if let Err(error) = served.await {
        tracing::error!(%error, "the server ended");
    }
}
