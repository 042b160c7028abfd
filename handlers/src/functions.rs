//! Wires each of the four functions: configuration, adapters, service, Runtime API.

use std::process::ExitCode;

use aws_smithy_runtime_api::client::http::SharedHttpConnector;
use aws_types::SdkConfig;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use rps_contract::names::Function;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tracing::error;

use crate::config::{
    AwsConfig, ConnectionConfig, DecideConfig, FromVariables, JoinConfig, PlayConfig,
};
use crate::inbound::admission::Admission;
use crate::inbound::{queue, websocket};
use crate::outbound::aws::sdk_config;
use crate::outbound::dynamo::DynamoStore;
use crate::outbound::gateway::Gateway;
use crate::outbound::http::Connector;
use crate::outbound::queue::SqsQueue;
use crate::outbound::warm_up::warm_up;
use crate::time::System;

pub fn run(function: Function) -> ExitCode {
    match function {
        Function::Connection => connection(),
        Function::JoinGame => join_game(),
        Function::ReceivePlay => receive_play(),
        Function::Decide => decide(),
    }
}

// One entry point per function, so that each binary links only the code of its function.

pub fn connection() -> ExitCode {
    start(Function::Connection, async |config: ConnectionConfig| {
        let (aws, store) = &connect(config.aws, 1, &[]).await?;
        let gateway = &Gateway::lazy(aws, config.management_url);
        let admission = &Admission {
            accepts_players: config.accept_players,
            blocked_cidrs: config.blocked_cidrs,
            allowed_origins: config.allowed_origins,
            logs_sources: config.log_source_addresses,
        };
        handle(async |event| {
            websocket::connection(store, gateway, &System, admission, &event).await
        })
        .await
    })
}

pub fn join_game() -> ExitCode {
    start(Function::JoinGame, async |config: JoinConfig| {
        let urls = [&*config.queue_url, &config.management_url];
        let (aws, store) = &connect(config.aws, 1, &urls).await?;
        let queue = &SqsQueue::new(aws, config.queue_url);
        let gateway = &Gateway::new(aws, config.management_url);
        let (rules, places) = (config.rules, config.lobby_places);
        handle(async |event| {
            websocket::join_game(store, queue, gateway, &System, rules, places, &event).await
        })
        .await
    })
}

pub fn receive_play() -> ExitCode {
    start(Function::ReceivePlay, async |config: PlayConfig| {
        let (aws, store) = &connect(config.aws, 1, &[]).await?;
        let queue = &SqsQueue::lazy(aws, config.queue_url);
        handle(async |event| websocket::receive_play(store, queue, &System, &event).await).await
    })
}

pub fn decide() -> ExitCode {
    start(Function::Decide, async |config: DecideConfig| {
        // The end of a game deletes two items and reads a third at once, and sends to both players at once.
        let urls = [
            &*config.queue_url,
            &config.management_url,
            &config.management_url,
        ];
        let (aws, store) = &connect(config.aws, 3, &urls).await?;
        let queue = &SqsQueue::new(aws, config.queue_url);
        let gateway = &Gateway::new(aws, config.management_url);
        let rules = config.rules;
        handle(async |event| queue::decide_all(store, queue, gateway, &System, rules, event).await)
            .await
    })
}

fn start<C: FromVariables>(
    function: Function,
    serve: impl AsyncFnOnce(C) -> Result<(), Error>,
) -> ExitCode {
    // Lambda writes stdout to the function's log group.
    tracing_subscriber::fmt()
        .json()
        .with_current_span(false)
        .with_span_list(false)
        .init();
    // One thread: a function handles one invocation at a time, and a thread pool would slow the start.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let result = runtime.map_err(Error::from).and_then(|runtime| {
        let config = C::from_env()?;
        runtime.block_on(serve(config))
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            error!(function = function.name(), "{error}");
            ExitCode::FAILURE
        }
    }
}

/// Handles events one at a time until Lambda stops the process. No event makes the function fail.
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

/// Creates the SDK configuration and the store. Opens this number of connections to DynamoDB, and one to the
/// host of each URL.
async fn connect(
    config: AwsConfig,
    to_dynamo: usize,
    urls: &[&str],
) -> Result<(SdkConfig, DynamoStore), Error> {
    let connector = SharedHttpConnector::new(Connector::new()?);
    let aws = sdk_config(&config, connector.clone());
    let store = DynamoStore::new(&aws, config.table);
    warm_up(&connector, &store, to_dynamo, urls).await;
    Ok((aws, store))
}
