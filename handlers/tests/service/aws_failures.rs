//! Guarantee 8 when AWS fails: the functions retry temporary errors, and answer others with `try-again`.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::thread;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::SharedHttpConnector;
use rps_contract::names::FUNCTION_TIMEOUT_S;
use rps_game::{Connection, ErrorCode, GAME_VERSION, Game, RoundTimer, Rules, ServerMessage};
use rps_handlers::config::{AwsConfig, Credentials};
use rps_handlers::inbound::events::WebSocketEvent;
use rps_handlers::inbound::queue::decide_all;
use rps_handlers::inbound::websocket::{join_game, receive_play};
use rps_handlers::outbound::aws::sdk_config;
use rps_handlers::outbound::dynamo::DynamoStore;
use rps_handlers::outbound::http::Connector;
use rps_handlers::outbound::warm_up::warm_up;
use rps_handlers::ports::{
    ChangeGame, FindConnection, FindGame, OpenConnection, RemoveGame, StartGame,
};
use rps_handlers::time::System;
use rps_testkit::http::{Answer, serve};
use rps_testkit::soon;
use rps_testkit::table::Table;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::Instant;

use crate::log_lines::log_of;
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
    (clients(endpoint).1, requests)
}

/// The connector and the store of a function.
pub(crate) fn clients(endpoint: String) -> (SharedHttpConnector, DynamoStore) {
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
    let connector = SharedHttpConnector::new(Connector::new().expect("a connector"));
    let sdk = sdk_config(&config, connector.clone());
    (connector, DynamoStore::new(&sdk, config.table))
}

pub(crate) fn error(code: &str) -> String {
    json!({"__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": "x"})
        .to_string()
}

fn message(body: &str) -> WebSocketEvent {
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

/// Only a condition that does not hold is a result.
#[tokio::test]
async fn a_refused_call_is_an_error() {
    let (store, _) = scripted_dynamo(&[(400, &error("AccessDeniedException"))]);
    let players = ["x".into(), "y".into()];
    let game = Game::start("g".into(), players, Rules::default(), 1);
    let timer = game.round_timer();
    for (result, operation) in [
        (store.find_game(&game.id).await.map(drop), "GetItem"),
        (store.start_game(&game).await.map(drop), "PutItem"),
        (store.close_round(&timer).await.map(drop), "UpdateItem"),
        (store.remove_open_game(&game).await.map(drop), "DeleteItem"),
    ] {
        let failure = result.expect_err("refused");
        assert_eq!(failure.operation, operation);
        assert!(failure.causes().contains("AccessDenied"), "{failure}");
    }
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
        let (queue, players) = (SimulatedQueue::default(), SimulatedPlayers::default());
        let answer = receive_play(&store, &queue, &System, &play).await;
        assert_eq!(answer.body, try_again, "{code}");
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

/// If AWS executes the attempt late, the connection was never opened.
#[tokio::test(start_paused = true)]
async fn a_connection_without_an_answer_is_not_stored_again() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let (_, store) = clients(url);
    let connection = Connection {
        id: "x".into(),
        connected_at_ms: 1,
        claim: None,
    };
    let attempts = async {
        let mut silent = Vec::new();
        loop {
            silent.push(listener.accept().await);
            assert_eq!(silent.len(), 1, "another attempt");
        }
    };
    tokio::select! {
        () = attempts => {}
        result = store.open_connection(&connection) => assert!(result.is_err()),
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
    let sim = Simulation::new();
    let faults = || FaultInjector::new(Fault::Pause(0));
    let (play_faults, join_faults, decide_faults) = (faults(), faults(), faults());
    // From here on tokio's clock jumps to the next timeout when all tasks wait.
    tokio::time::pause();
    let try_again = Some(ServerMessage::from(ErrorCode::TryAgain).to_frame());

    let play = message(r#"{"action":"receive-play","play":"rock"}"#);
    let store = Faulty(&play_faults, &sim.store);
    let answer = before_the_timeout(receive_play(&store, &sim.queue, &System, &play)).await;
    assert_eq!(answer.body, try_again);

    let join = message(r#"{"action":"join-game"}"#);
    let store = Faulty(&join_faults, &sim.store);
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
    let store = Faulty(&decide_faults, &sim.store);
    let deciding = decide_all(&store, &sim.queue, &sim.players, &System, sim.rules, batch);
    let response = before_the_timeout(deciding).await;
    let failures = response.batch_item_failures;
    assert_eq!(failures.len(), 1);
    assert_eq!(failures[0].item_identifier, "m");
}

/// A later release may be able to read them.
#[tokio::test]
async fn messages_and_items_of_a_later_release_are_kept() {
    let table = Table::embedded().await;
    let game = table.store_stuck_games(1).await.remove(0);
    let item = table.items().await.remove(&format!("G#{game}"));
    let deadline = item.expect("stored").remove("deadline_ms");
    let deadline = deadline.and_then(|it| it.as_n().ok()?.parse().ok());
    let timer = RoundTimer {
        v: 1,
        game: game.as_str().into(),
        round: 1,
        deadline_ms: deadline.expect("a number"),
        early: false,
        room: None,
        house: false,
    };
    let connection = json!({"pk": "C#x", "v": 1, "connected_at_ms": 1, "game": game, "seat": "first", "claimed_by": "j", "claimed_at_ms": 1});
    table.put(connection).await;
    table.set(&format!("G#{game}"), "v", GAME_VERSION + 1).await;
    let items = table.items().await;
    let (queue, players) = (SimulatedQueue::default(), SimulatedPlayers::default());
    let bodies = ["not of the game", r#"{"v":3,"what":"else"}"#].map(str::to_owned);
    let later = serde_json::to_string(&RoundTimer {
        v: 3,
        ..timer.clone()
    })
    .expect("JSON");
    let now = serde_json::to_string(&timer).expect("JSON");
    for body in bodies.into_iter().chain([later, now]) {
        let batch = json!({"Records": [{"messageId": "m", "body": body}]});
        let batch = serde_json::from_value(batch).expect("an event");
        let rules = Rules::default();
        let response = decide_all(&table.store, &queue, &players, &System, rules, batch);
        assert_eq!(response.await.batch_item_failures.len(), 1, "{body}");
    }
    let play = message(r#"{"action":"receive-play","play":"rock"}"#);
    let answer = receive_play(&table.store, &queue, &System, &play).await;
    let try_again = ServerMessage::from(ErrorCode::TryAgain).to_frame();
    assert_eq!(answer.body, Some(try_again));
    assert_eq!(table.items().await, items);
}

#[tokio::test(start_paused = true)]
async fn silent_hosts_delay_the_start_by_200_ms_and_one_log_line_names_one() {
    // The listeners accept connections, and nobody answers.
    let silent = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").expect("a port"));
    let [dynamo, gateway] = silent
        .each_ref()
        .map(|listener| format!("http://{}", listener.local_addr().expect("bound")));
    let (connector, store) = clients(dynamo);
    for (to_dynamo, host) in [(3, "DynamoDB"), (0, &gateway)] {
        let start = Instant::now();
        let urls = [&*gateway; 2];
        let ((), log) = log_of(warm_up(&connector, &store, to_dynamo, &urls)).await;
        // The paused clock advances by whole milliseconds.
        assert!(start.elapsed() <= Duration::from_millis(201));
        let line = json!({
            "message": "cannot open all connections to AWS; the first invocation will be slower",
            "failure": format!("{host}: no answer within 200ms"),
        });
        assert_eq!(log, [line]);
    }
}

/// AWS closes idle connections, perhaps just when a function uses one again.
#[tokio::test]
async fn a_call_on_a_closed_connection_opens_another() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("bound");
    // Answers the first request of each connection, and closes it at the second.
    thread::spawn(move || {
        for client in listener.incoming() {
            let mut client = client.expect("a connection");
            thread::spawn(move || {
                let mut request = [0; 4096];
                let mut end = 0;
                while !request[..end].ends_with(b"}") {
                    match client.read(&mut request[end..]) {
                        Ok(count) if count > 0 => end += count,
                        _ => return,
                    }
                }
                let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
                client.write_all(answer).expect("written");
                let _ = client.read(&mut request);
            });
        }
    });
    let (connector, store) = clients(format!("http://{address}"));
    warm_up(&connector, &store, 1, &[]).await;
    for _ in 0..3 {
        assert_eq!(store.find_connection(&"x".into()).await, Ok(None));
    }
}

/// A host may send the head and the body of its answer in two packets.
#[tokio::test(start_paused = true)]
async fn a_connection_is_kept_until_the_end_of_the_answer() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let server = tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.expect("a connection");
        for _ in 0..2 {
            let count = client.read(&mut [0; 4096]).await.expect("a request");
            assert!(count > 0, "the function closed the connection");
            let head = b"HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\n";
            client.write_all(head).await.expect("written");
            tokio::time::sleep(Duration::from_millis(50)).await;
            client.write_all(b"{}").await.expect("written");
        }
    });
    let (connector, store) = clients(url.clone());
    for _ in 0..2 {
        warm_up(&connector, &store, 0, &[&url]).await;
    }
    soon(server).await.expect("two requests");
}
