//! The four functions, wired: configuration, adapters, service, Runtime API.

use std::process::ExitCode;

use lambda_runtime::{Error, LambdaEvent, service_fn};
use rps_contract::names::Function;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tracing::{error, warn};

use crate::config::{Config, ConfigError};
use crate::inbound::{queue, websocket};
use crate::outbound::aws::sdk_config;
use crate::outbound::dynamo::DynamoStore;
use crate::outbound::gateway::Gateway;
use crate::outbound::queue::SqsClock;
use crate::ports::Failure;

/// Runs one function until Lambda ends it.
#[must_use]
pub fn run(function: Function) -> ExitCode {
    match function {
        Function::Connection => connection(),
        Function::JoinGame => join_game(),
        Function::ReceivePlay => receive_play(),
        Function::Decide => decide(),
    }
}

// One entry each, so that a binary holds only what its function needs.

/// Runs `connection`: `$connect`, `$disconnect` and `$default`.
#[must_use]
pub fn connection() -> ExitCode {
    start(Function::Connection, async |config| {
        let aws = Aws::new(&config)?;
        let gateway = &aws.gateway(&config)?;
        let origins = &config.allowed_origins()?;
        let store = &aws.warm().await;
        handle(async |event| websocket::connection(store, gateway, origins, &event).await).await
    })
}

/// Runs `join-game`.
#[must_use]
pub fn join_game() -> ExitCode {
    start(Function::JoinGame, async |config| {
        let aws = Aws::new(&config)?;
        let (clock, gateway) = (&aws.clock(&config)?, &aws.gateway(&config)?);
        let (rules, shards) = (config.rules()?, config.lobby_shards()?);
        let store = &aws.warm().await;
        handle(async |event| {
            websocket::join_game(store, clock, gateway, rules, shards, &event).await
        })
        .await
    })
}

/// Runs `receive-play`.
#[must_use]
pub fn receive_play() -> ExitCode {
    start(Function::ReceivePlay, async |config| {
        let store = &Aws::new(&config)?.warm().await;
        handle(async |event| websocket::receive_play(store, &event).await).await
    })
}

/// Runs `decide`.
#[must_use]
pub fn decide() -> ExitCode {
    start(Function::Decide, async |config| {
        let aws = Aws::new(&config)?;
        let (clock, gateway) = (&aws.clock(&config)?, &aws.gateway(&config)?);
        let rules = config.rules()?;
        let store = &aws.warm().await;
        handle(async |event| queue::decide_all(store, clock, gateway, rules, event).await).await
    })
}

fn start(function: Function, serve: impl AsyncFnOnce(Config) -> Result<(), Error>) -> ExitCode {
    // JSON lines on stdout, which Lambda takes into the function's log group.
    tracing_subscriber::fmt()
        .json()
        .with_current_span(false)
        .with_span_list(false)
        .init();
    // One invocation at a time, one thread: a pool of threads costs time at start and gains nothing.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let served = runtime.map_err(Error::from).and_then(|runtime| {
        let config = Config::from_env()?;
        runtime.block_on(serve(config))
    });
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            error!(function = function.name(), "{error}");
            ExitCode::FAILURE
        }
    }
}

/// Answers events, one at a time, for as long as Lambda has some. No event makes a function fail.
async fn handle<E, R>(answer: impl AsyncFn(E) -> R) -> Result<(), Error>
where
    E: DeserializeOwned,
    R: Serialize,
{
    let answer = &answer;
    let service =
        service_fn(async |event: LambdaEvent<E>| Ok::<_, Error>(answer(event.payload).await));
    Box::pin(lambda_runtime::run(service)).await
}

/// The adapters, which share one connector.
struct Aws {
    shared: aws_types::SdkConfig,
    store: DynamoStore,
}

impl Aws {
    fn new(config: &Config) -> Result<Self, Failure> {
        let shared = sdk_config(config)?;
        let store = DynamoStore::new(&shared, config.table.clone());
        Ok(Self { shared, store })
    }

    fn clock(&self, config: &Config) -> Result<SqsClock, ConfigError> {
        Ok(SqsClock::new(&self.shared, config.queue_url()?))
    }

    fn gateway(&self, config: &Config) -> Result<Gateway, ConfigError> {
        Ok(Gateway::new(&self.shared, config.management_url()?))
    }

    /// The store, with its connection open. If that fails the first invocation opens it.
    async fn warm(self) -> DynamoStore {
        if let Err(failure) = self.store.warm_up().await {
            warn!(%failure, "the first invocation will be slower");
        }
        self.store
    }
}
