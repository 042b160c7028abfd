//! The tests' function. It logs every event and performs the event's task, which is its member `do`.

use std::time::Duration;

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};

use super::http;

/// Runs as a function until the local AWS ends. Returns at once if the local AWS has not started this process.
pub(crate) fn run() {
    let Ok(name) = std::env::var("AWS_LAMBDA_FUNCTION_NAME") else {
        return;
    };
    if std::env::var("CRASH_AT_START").is_ok_and(|function| function == name) {
        std::process::exit(7);
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    // Ignore the error: it means that the local AWS has ended.
    drop(runtime.block_on(lambda_runtime::run(service_fn(handle))));
}

async fn handle(event: LambdaEvent<Value>) -> Result<Value, Error> {
    let event = event.payload;
    println!("PID {}", std::process::id());
    println!("EVENT {event}");
    if let Some(records) = event["Records"].as_array() {
        return batch(records).await;
    }
    let body: Value =
        serde_json::from_str(event["body"].as_str().unwrap_or("{}")).unwrap_or_default();
    let query = event["queryStringParameters"]["do"].as_str();
    let task = body["do"].as_str().or(query).unwrap_or_default();
    let reply = match task {
        "fail" => return Err("on purpose".into()),
        "exit" => std::process::exit(3),
        "hang" => std::future::pending().await,
        "nonsense" => return Ok(json!("nonsense")),
        "empty" => return Ok(json!({ "statusCode": 200 })),
        "refuse" => return Ok(json!({ "statusCode": 403, "body": "not you" })),
        "slow" => {
            tokio::time::sleep(Duration::from_millis(500)).await;
            json!("slow")
        }
        "wait" => {
            wait_for(body["file"].as_str().unwrap()).await;
            json!("waited")
        }
        "log" => log_at_each_level(),
        "say" => {
            println!("{}", body["line"].as_str().unwrap());
            json!("said")
        }
        "length" => json!(event["body"].as_str().unwrap_or_default().len()),
        "post" => post_to(&event).await,
        "env" => environment(),
        _ => json!({ "pid": std::process::id(), "event": event }),
    };
    Ok(json!({ "statusCode": 200, "body": reply.to_string() }))
}

fn log_at_each_level() -> Value {
    for level in ["INFO", "WARN", "ERROR"] {
        println!("{}", json!({ "level": level, "fields": {} }));
    }
    println!("a panic's line");
    json!("logged")
}

fn environment() -> Value {
    let variables = std::env::vars();
    variables.map(|(key, value)| (key, json!(value))).collect()
}

async fn wait_for(file: &str) {
    while !std::path::Path::new(file).exists() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    println!("DONE");
}

async fn post_to(event: &Value) -> Value {
    let management = std::env::var("RPS_SOCKET_URL")
        .unwrap()
        .replacen("ws", "http", 1);
    let id = event["requestContext"]["connectionId"].as_str().unwrap();
    let url = format!("{management}/@connections/{}", id.replace('=', "%3D"));
    let response = http::request("POST", &url, &[], b"hello").await;
    println!("POSTED {}", response.status);
    json!("posted")
}

/// Handles a batch. The message `fail` fails alone, `fail-batch` fails the batch, `unknown` reports an unknown
/// message, and `wait FILE` waits until the file exists.
async fn batch(records: &[Value]) -> Result<Value, Error> {
    let mut failures = Vec::new();
    for record in records {
        let body = record["body"].as_str().unwrap_or_default();
        if let Some(file) = body.strip_prefix("wait ") {
            wait_for(file).await;
        }
        match body {
            "fail" => failures.push(json!({ "itemIdentifier": record["messageId"] })),
            "fail-batch" => return Err("on purpose".into()),
            "unknown" => failures.push(json!({ "itemIdentifier": "another" })),
            _ => {}
        }
    }
    Ok(json!({ "batchItemFailures": failures }))
}
