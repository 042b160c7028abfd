//! Guarantee 8 when AWS fails: what passes is retried, what does not is answered with `try-again`.

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

use crate::support::fate::{Blow, Fate, Under};
use crate::support::world::{Sockets, Ticks, World};

/// A DynamoDB that gives these answers, one a request, and the last one for ever. Also, how many
/// requests it has seen.
fn dynamo_that_answers(script: &[(u16, &str)]) -> (DynamoStore, Arc<AtomicUsize>) {
    let script: Vec<_> = script
        .iter()
        .map(|(status, it)| (*status, (*it).to_owned()))
        .collect();
    let seen = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&seen);
    let endpoint = serve(move |_| {
        let request = counter.fetch_add(1, Relaxed);
        let (status, body) = script.get(request).or(script.last())?;
        Some(Answer::new(*status, body.as_str()))
    });
    // The functions' own configuration of the SDK.
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
    (DynamoStore::new(&sdk, config.table), seen)
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
async fn what_passes_is_retried() {
    for code in [
        "TransactionConflictException",
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
    ] {
        let failing = error(code);
        let (store, seen) = dynamo_that_answers(&[(400, &failing), (400, &failing), (200, "{}")]);
        let x = Connection {
            id: "x".into(),
            connected_at_ms: 1,
            claim: None,
        };
        assert_eq!(store.open_connection(&x).await, Ok(()), "{code}");
        assert_eq!(seen.load(Relaxed), 3, "{code}");
    }
    let (store, seen) = dynamo_that_answers(&[(500, "{}"), (200, "{}")]);
    assert_eq!(store.find_connection(&"x".into()).await, Ok(None));
    assert_eq!(seen.load(Relaxed), 2);
}

#[tokio::test]
async fn what_does_not_pass_is_answered_with_try_again() {
    for code in [
        "ThrottlingException",
        "ResourceNotFoundException",
        "AccessDeniedException",
    ] {
        let (store, _) = dynamo_that_answers(&[(400, &error(code))]);
        let try_again = Some(ServerMessage::from(ErrorCode::TryAgain).to_frame());
        let play = message(r#"{"action":"receive-play","play":"rock"}"#);
        assert_eq!(
            receive_play(&store, &System, &play).await.body,
            try_again,
            "{code}"
        );
        let (ticks, sockets) = (Ticks::default(), Sockets::default());
        let join = message(r#"{"action":"join-game"}"#);
        let answer = join_game(
            &store,
            &ticks,
            &sockets,
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

/// What Lambda does to a function that is still running.
async fn before_it_is_killed<T>(running: impl Future<Output = T>) -> T {
    let limit = Duration::from_secs(FUNCTION_TIMEOUT_S);
    let ended = tokio::time::timeout(limit, Box::pin(running)).await;
    ended.expect("the function was killed")
}

/// Each call may take its time, and still the function must not be killed before it has said so.
#[tokio::test]
async fn what_does_not_end_is_given_up_before_the_function_is_killed() {
    let world = World::new().await;
    let fate = || Fate::new(Blow::Hold(0));
    let (play_fate, join_fate, decide_fate) = (fate(), fate(), fate());
    // From here on the clock jumps to what is waited for, if nothing else happens.
    tokio::time::pause();
    let try_again = Some(ServerMessage::from(ErrorCode::TryAgain).to_frame());

    let play = message(r#"{"action":"receive-play","play":"rock"}"#);
    let store = Under(&play_fate, &world.table.store);
    let answer = before_it_is_killed(receive_play(&store, &System, &play)).await;
    assert_eq!(answer.body, try_again);

    let join = message(r#"{"action":"join-game"}"#);
    let store = Under(&join_fate, &world.table.store);
    let joining = join_game(
        &store,
        &world.ticks,
        &world.sockets,
        &System,
        world.rules,
        1,
        &join,
    );
    let answer = before_it_is_killed(joining).await;
    assert_eq!(answer.body, try_again);

    let tick = json!({"v": 1, "game": "g", "round": 1, "deadline_ms": 1}).to_string();
    let batch = json!({"Records": [{"messageId": "m", "body": tick}]});
    let batch = serde_json::from_value(batch).expect("an event");
    let store = Under(&decide_fate, &world.table.store);
    let deciding = decide_all(
        &store,
        &world.ticks,
        &world.sockets,
        &System,
        world.rules,
        batch,
    );
    let response = before_it_is_killed(deciding).await;
    let failures = response.batch_item_failures;
    assert_eq!(failures.len(), 1);
    assert_eq!(failures[0].item_identifier, "m");
}
