//! Guarantee 8 when AWS fails: the functions retry temporary errors, and answer others with `try-again`.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use aws_lambda_events::apigw::ApiGatewayWebsocketProxyRequest;
use rps_contract::names::FUNCTION_TIMEOUT_S;
use rps_game::{Connection, ErrorCode, Rules, ServerMessage};
use rps_handlers::config::{AwsConfig, Credentials};
use rps_handlers::inbound::queue::decide_all;
use rps_handlers::inbound::websocket::{join_game, receive_play};
use rps_handlers::outbound::aws::sdk_config;
use rps_handlers::outbound::dynamo::DynamoStore;
use rps_handlers::ports::{FindConnection, OpenConnection};
use rps_handlers::time::System;
use rps_testkit::http::{Answer, serve};
use serde_json::json;

use crate::support::faults::{Fault, FaultInjector, Faulty};
use crate::support::simulation::{SimulatedPlayers, SimulatedQueue, Simulation};

/// A DynamoDB with scripted responses, one per request; the last one repeats. Also returns the number of
/// requests.
fn scripted_dynamo(script: &[(u16, &str)]) -> (DynamoStore, Arc<AtomicUsize>) {
    let script: Vec<_> = script
        .iter()
        .map(|(status, it)| (*status, (*it).to_owned()))
        .collect();
    let requests = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&requests);
    let endpoint = serve(move |_| {
        let request = counter.fetch_add(1, Relaxed);
        let (status, body) = script.get(request).or(script.last())?;
        Some(Answer::new(*status, body.as_str()))
    });
    // The same SDK configuration as in the functions.
    let config = AwsConfig {
        region: "us-east-1".to_owned(),
        credentials: Credentials {
            access_key_id: "test".to_owned(),
            secret_access_key: "test".to_owned(),
            session_token: None,
        },
        endpoint_url: Some(endpoint),
        table: "test".to_owned(),
    };
    let sdk = sdk_config(&config).expect("a client");
    (DynamoStore::new(&sdk, config.table), requests)
}

fn error(code: &str) -> String {
    json!({"__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": "x"})
        .to_string()
}

fn message(body: &str) -> ApiGatewayWebsocketProxyRequest {
    let event = json!({"requestContext": {"connectionId": "x", "connectedAt": 1, "requestTimeEpoch": 2}, "body": body});
    serde_json::from_value(event).expect("an event")
}

#[tokio::test]
async fn temporary_errors_are_retried() {
    for code in [
        "TransactionConflictException",
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
    ] {
        let error = error(code);
        let (store, requests) = scripted_dynamo(&[(400, &error), (400, &error), (200, "{}")]);
        let x = Connection {
            id: "x".into(),
            connected_at_ms: 1,
            claim: None,
        };
        assert_eq!(store.open_connection(&x).await, Ok(()), "{code}");
        assert_eq!(requests.load(Relaxed), 3, "{code}");
    }
    let (store, requests) = scripted_dynamo(&[(500, "{}"), (200, "{}")]);
    assert_eq!(store.find_connection(&"x".into()).await, Ok(None));
    assert_eq!(requests.load(Relaxed), 2);
}

#[tokio::test]
async fn lasting_errors_are_answered_with_try_again() {
    for code in [
        "ThrottlingException",
        "ResourceNotFoundException",
        "AccessDeniedException",
    ] {
        let (store, _) = scripted_dynamo(&[(400, &error(code))]);
        let try_again = Some(ServerMessage::from(ErrorCode::TryAgain).to_frame());
        let play = message(r#"{"action":"receive-play","play":"rock"}"#);
        assert_eq!(
            receive_play(&store, &System, &play).await.body,
            try_again,
            "{code}"
        );
        let (queue, players) = (SimulatedQueue::default(), SimulatedPlayers::default());
        let join = message(r#"{"action":"join-game"}"#);
        let answer = join_game(
            &store,
            &queue,
            &players,
            &System,
            Rules::default(),
            1,
            &join,
        )
        .await;
        assert_eq!(
            (answer.status_code, answer.body),
            (200, try_again),
            "{code}"
        );
    }
}

/// Lambda kills a function after its timeout.
async fn before_the_timeout<T>(invocation: impl Future<Output = T>) -> T {
    let limit = Duration::from_secs(FUNCTION_TIMEOUT_S);
    let answer = tokio::time::timeout(limit, Box::pin(invocation)).await;
    answer.expect("the function answers before its timeout")
}

/// A slow call must leave the function time to answer.
#[tokio::test]
async fn a_function_gives_up_before_its_timeout() {
    let sim = Simulation::new().await;
    let faults = || FaultInjector::new(Fault::Pause(0));
    let (play_faults, join_faults, decide_faults) = (faults(), faults(), faults());
    // From here on tokio's clock jumps to the next timeout when all tasks wait.
    tokio::time::pause();
    let try_again = Some(ServerMessage::from(ErrorCode::TryAgain).to_frame());

    let play = message(r#"{"action":"receive-play","play":"rock"}"#);
    let store = Faulty(&play_faults, &sim.table.store);
    let answer = before_the_timeout(receive_play(&store, &System, &play)).await;
    assert_eq!(answer.body, try_again);

    let join = message(r#"{"action":"join-game"}"#);
    let store = Faulty(&join_faults, &sim.table.store);
    let joining = join_game(
        &store,
        &sim.queue,
        &sim.players,
        &System,
        sim.rules,
        1,
        &join,
    );
    let answer = before_the_timeout(joining).await;
    assert_eq!(answer.body, try_again);

    let round_timer = json!({"v": 1, "game": "g", "round": 1, "deadline_ms": 1}).to_string();
    let batch = json!({"Records": [{"messageId": "m", "body": round_timer}]});
    let batch = serde_json::from_value(batch).expect("an event");
    let store = Faulty(&decide_faults, &sim.table.store);
    let deciding = decide_all(&store, &sim.queue, &sim.players, &System, sim.rules, batch);
    let response = before_the_timeout(deciding).await;
    let failures = response.batch_item_failures;
    assert_eq!(failures.len(), 1);
    assert_eq!(failures[0].item_identifier, "m");
}
