//! The first invocation of a function finds its connections to AWS open.

use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

use rps_contract::names::{Function, env};
use rps_local::FunctionProcess;
use rps_testkit::http::{Answer, serve};
use rps_testkit::soon;
use rps_testkit::table::Table;
use serde_json::{Value, json};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;
use tokio::sync::Barrier;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::system::options;

/// On a busy machine a function may start before its connections are open.
const ATTEMPTS: usize = 50;

/// A proxy that counts connections.
struct Proxy {
    address: String,
    connections: Arc<AtomicUsize>,
}

impl Proxy {
    /// Forwards nothing until `first` connections are open. Otherwise an early answer could free a connection for
    /// the next request.
    async fn to(server: &str, first: usize) -> Self {
        let server = server.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("bound").to_string();
        let connections = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&connections);
        tokio::spawn(async move {
            let all_open = Arc::new(Barrier::new(first));
            loop {
                let (mut client, _) = listener.accept().await.expect("a connection");
                let is_first = counter.fetch_add(1, Relaxed) < first;
                let (server, all_open) = (server.clone(), Arc::clone(&all_open));
                tokio::spawn(async move {
                    if is_first {
                        all_open.wait().await;
                    }
                    let mut server = TcpStream::connect(server).await.expect("a server");
                    // The end of the function resets its connections.
                    let _ = copy_bidirectional(&mut client, &mut server).await;
                });
            }
        });
        Self {
            address,
            connections,
        }
    }
}

/// Connections to AWS, and to `@connections`.
type Counts = (usize, usize);

/// A Runtime API with one event. Also returns the counts at each request.
fn runtime_api(
    event: String,
    count: impl Fn() -> Counts + Send + Sync + 'static,
) -> (String, UnboundedReceiver<Counts>) {
    let (sender, counts) = unbounded_channel();
    let url = serve(move |request| {
        sender.send(count()).ok()?;
        if !request.head.starts_with("get ") {
            assert!(request.head.contains("/response "), "{}", request.head);
            return Some(Answer::new(202, "{}"));
        }
        let mut invocation = Answer::new(200, event.as_str());
        for (name, value) in [
            ("lambda-runtime-aws-request-id", "r"),
            ("lambda-runtime-deadline-ms", "9999999999999"),
            ("lambda-runtime-invoked-function-arn", "arn"),
        ] {
            invocation.set_header(name, value);
        }
        Some(invocation)
    });
    (url, counts)
}

/// Starts a function with this event. Returns the counts before and after the event. `None`: some connections
/// were not open in time.
async fn run(
    function: &FunctionProcess,
    aws: &Proxy,
    gateway: &Proxy,
    event: &Value,
) -> Option<[Counts; 2]> {
    let (to_aws, to_gateway) = (&aws.connections, &gateway.connections);
    let (to_aws, to_gateway) = (Arc::clone(to_aws), Arc::clone(to_gateway));
    let count = move || (to_aws.load(Relaxed), to_gateway.load(Relaxed));
    let (runtime_api, mut counts) = runtime_api(event.to_string(), count);
    let endpoint = format!("http://{}", aws.address);
    let mut process = Command::new(&function.program)
        .env_clear()
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_ENDPOINT_URL", &endpoint)
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
        .env("AWS_LAMBDA_FUNCTION_NAME", function.function.name())
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .env("AWS_LAMBDA_RUNTIME_API", &runtime_api["http://".len()..])
        .env("AWS_REGION", "us-east-1")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env(env::QUEUE_URL, endpoint + "/000000000000/rps-rounds")
        .env(env::SOCKET_URL, format!("ws://{}/ws", gateway.address))
        .env(env::TABLE, "rps")
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("a function");
    let before = soon(counts.recv()).await.expect("a start");
    let after = soon(counts.recv()).await.expect("a response");
    process.start_kill().expect("killed");
    let output = process.wait_with_output().await.expect("an output");
    let log = String::from_utf8_lossy(&output.stdout);
    (!log.contains("cannot open all connections")).then_some([before, after])
}

/// Stores a player who waits, another one, and a game; returns an event that makes the function use the most
/// connections at once. The players' connections are closed.
async fn event(function: Function, table: &Table) -> Value {
    let game = table.store_stuck_games(1).await.remove(0);
    let common = json!({"v": 1, "ttl": 9_999_999_999_u64, "connected_at_ms": 1});
    for item in [
        json!({"pk": "L#places", "places": {"x": "g"}}),
        json!({"pk": "C#x"}),
        json!({"pk": "C#y"}),
    ] {
        let mut item = item;
        let more = common.as_object().expect("fields").clone();
        item.as_object_mut().expect("fields").extend(more);
        table.put(item).await;
    }
    let of_player = |id: &str, body: Value| {
        let context = json!({
            "eventType": "CONNECT", "connectionId": id, "connectedAt": 1, "requestTimeEpoch": 2,
        });
        json!({"requestContext": context, "body": body.to_string()})
    };
    match function {
        Function::Connection => of_player("z", Value::Null),
        Function::JoinGame => of_player("y", json!({"action": "join-game"})),
        Function::ReceivePlay => {
            let body = json!({"action": "receive-play", "play": "rock"});
            of_player(&format!("first-{game}"), body)
        }
        Function::Decide => {
            let items = table.items().await;
            let deadline = items[&format!("G#{game}")]["deadline_ms"].as_n();
            let deadline: u64 = deadline.expect("a number").parse().expect("a time");
            let timer = json!({"v": 1, "game": game, "round": 1, "deadline_ms": deadline});
            json!({"Records": [{"messageId": "m", "body": timer.to_string()}]})
        }
    }
}

#[tokio::test]
async fn the_first_invocation_opens_no_connection() {
    let options = options();
    let functions = options.functions.clone();
    let local = rps_local::start(options).await.expect("a local AWS");
    let endpoint = &local.urls().endpoint;
    let table = Table::at(endpoint, &local.urls().table);
    for function in &functions {
        // DynamoDB and SQS have the same address here.
        let expected = match function.function {
            Function::Connection | Function::ReceivePlay => (1, 0),
            Function::JoinGame => (1 + 1, 1),
            Function::Decide => (3 + 1, 2),
        };
        let mut result = None;
        for _ in 0..ATTEMPTS {
            let aws = Proxy::to(endpoint, expected.0).await;
            let gateway = Proxy::to(endpoint, expected.1).await;
            let event = event(function.function, &table).await;
            result = run(function, &aws, &gateway, &event).await;
            if result.is_some() {
                break;
            }
        }
        let name = function.function.name();
        assert_eq!(result, Some([expected; 2]), "{name}");
    }
    let left = table.keys().await;
    assert!(!left.iter().any(|key| key.starts_with("G#")), "{left:?}");
    local.stop().await;
}
