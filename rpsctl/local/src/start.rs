//! Starting and stopping it all.

use std::{sync::Arc, time::Duration};

use axum::{Router, serve::ListenerExt};
use rps_core::names::MAX_RECEIVE_COUNT;
use serde_json::json;
use tokio::{sync::watch, task::JoinHandle, time::timeout};

use crate::{
    ACCOUNT, DEAD_LETTER_QUEUE, Options, QUEUE, REGION, StartError, Urls,
    dynamo::Dynamo,
    front::{self, Services},
    gateway::Gateway,
    lambda::Lambda,
    mapping,
    sqs::{Queue, Sqs},
    transport::{Port, Socket},
};

/// How long requests may take to finish when everything stops.
const LAST_REQUESTS: Duration = Duration::from_secs(1);

/// The running local AWS. Without [`Local::stop`] it ends when its runtime does.
pub struct Local {
    urls: Urls,
    gateway: Arc<Gateway>,
    lambda: Arc<Lambda>,
    mapping: JoinHandle<()>,
    server: JoinHandle<()>,
    running: watch::Sender<()>,
}

/// Starts the local AWS. When this returns it is ready.
pub async fn start(options: Options) -> Result<Local, StartError> {
    check_programs(&options)?;
    let port = Port::bind(options.port).await?;
    let urls = Urls::on(port.number()?);
    let dynamo = Dynamo::start(options.data.as_deref()).await?;
    let sqs = Arc::new(Sqs::new(&urls.endpoint));
    let queue = create_queues(&sqs, options.visibility_timeout_s)?;
    let lambda = Arc::new(Lambda::new(&options, &urls));
    let gateway = Arc::new(Gateway::new(Arc::clone(&lambda), &options, &urls));
    let router = front::router(
        options.page.into_owned(),
        Arc::new(Services { dynamo, sqs }),
        Arc::clone(&gateway),
        lambda.instances(),
    );
    let running = watch::Sender::new(());
    let server = tokio::spawn(serve(port, router, running.subscribe()));
    let polling = mapping::run(queue, Arc::clone(&lambda), options.concurrency);
    Ok(Local {
        urls,
        gateway,
        lambda,
        mapping: tokio::spawn(polling),
        server,
        running,
    })
}

impl Local {
    /// Where everything is.
    #[must_use]
    pub fn urls(&self) -> &Urls {
        &self.urls
    }

    /// Closes the players' connections, lets the functions know, kills them, and gives the port back.
    /// Every process has ended when this returns.
    pub async fn stop(self) {
        // Nothing new from the queue; then the players while there are functions to tell, then those.
        self.mapping.abort();
        self.gateway.stop().await;
        self.lambda.stop().await;
        drop(self.running);
        let mut server = self.server;
        if timeout(LAST_REQUESTS, &mut server).await.is_err() {
            server.abort();
        }
    }
}

fn check_programs(options: &Options) -> Result<(), StartError> {
    let missing = options.functions.iter().find(|it| !it.program.is_file());
    missing.map_or(Ok(()), |it| {
        let name = it.function.name();
        Err(StartError::Program(name, it.program.clone()))
    })
}

async fn serve(port: Port, router: Router, mut running: watch::Receiver<()>) {
    let port = port.tap_io(Socket::send_at_once);
    let service = router.into_make_service_with_connect_info::<std::net::SocketAddr>();
    let stopped = async move { while running.changed().await.is_ok() {} };
    let served = axum::serve(port, service).with_graceful_shutdown(stopped);
    if let Err(error) = served.await {
        tracing::error!(%error, "the server ended");
    }
}

/// The clock's queue and its dead-letter queue.
fn create_queues(sqs: &Sqs, visibility_timeout_s: u32) -> Result<Arc<Queue>, StartError> {
    let redrive = json!({
        "deadLetterTargetArn": format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{DEAD_LETTER_QUEUE}"),
        "maxReceiveCount": MAX_RECEIVE_COUNT,
    });
    let (visibility, redrive) = (visibility_timeout_s.to_string(), redrive.to_string());
    let attributes = [
        ("VisibilityTimeout", visibility.as_str()),
        ("RedrivePolicy", &redrive),
    ];
    sqs.create_queue(DEAD_LETTER_QUEUE, [])
        .and_then(|_| sqs.create_queue(QUEUE, attributes))
        .map_err(|error| StartError::Queues(error.to_string()))
}
