//! Tests function processes: starts, reuse, failures, timeouts and stops.

use std::time::Duration;

use rps_contract::names::Function;
use serde_json::{Value, json};

use crate::support::player::LocalPlayer;
use crate::support::{Host, host, is_running, options, soon, until_ended, until_reaped};

#[tokio::test]
async fn the_next_invocation_reuses_a_warm_process() {
    let host = host().await;
    let mut player = LocalPlayer::connect(&host).await;
    let pid = player.pid().await;
    for _ in 0..20 {
        assert_eq!(player.pid().await, pid);
    }
}

#[tokio::test]
async fn a_concurrency_of_0_or_1_runs_one_invocation_at_a_time() {
    for concurrency in [0, 1] {
        let mut host = Host::with(|options| options.concurrency = concurrency).await;
        let mut player = LocalPlayer::connect(&host).await;
        player.send_task("slow").await;
        // Messages have no guaranteed order, so wait until the first one is in progress.
        host.log.event("MESSAGE").await;
        player.send_task("echo").await;
        assert_eq!(player.json().await, "slow");
        assert!(player.json().await["pid"].is_u64());
        host.send_message("fine", 0).await;
        host.log.batch().await;
    }
}

#[tokio::test]
async fn a_process_that_hangs_or_exits_fails_its_invocation_and_is_replaced() {
    let mut host = Host::with(|options| options.function_timeout = Duration::from_secs(3)).await;
    let mut player = LocalPlayer::connect(&host).await;
    for (task, error) in [
        ("hang", "Task timed out after 3.00 seconds"),
        ("exit", "Runtime exited: exit status: 3"),
    ] {
        let first = player.pid().await;
        player.send_task(task).await;
        assert_eq!(player.json().await["message"], "Internal server error");
        assert!(!is_running(first));
        let line = host.log.line("RequestId: ").await;
        assert!(line.ends_with(error), "{line}");
        assert_ne!(player.pid().await, first);
    }
}

#[tokio::test]
async fn a_killed_warm_process_is_replaced_without_an_error() {
    let host = host().await;
    let mut player = LocalPlayer::connect(&host).await;
    let first = player.pid().await;
    let kill = std::process::Command::new("kill")
        .args(["-KILL", &first.to_string()])
        .status();
    assert!(kill.unwrap().success());
    until_reaped(first).await;
    assert_ne!(player.pid().await, first);
}

#[tokio::test]
async fn a_process_that_does_not_start_fails_only_its_invocation() {
    let mut host = Host::start(options().env("CRASH_AT_START", "join-game")).await;
    let mut player = LocalPlayer::connect(&host).await;
    for _ in 0..2 {
        player.send_task("echo").await;
        assert_eq!(player.json().await["message"], "Internal server error");
        let (function, line) = host.log.function_line("RequestId: ").await;
        assert_eq!(function, Function::JoinGame);
        assert!(line.ends_with("INIT failed: exit status: 7"), "{line}");
    }
    player.send("another function").await;
    assert!(player.json().await["pid"].is_u64());
}

#[tokio::test]
async fn functions_get_only_the_environment_of_lambda() {
    let host = Host::start(options().env("RPS_PLAY_WINDOW_S", "3")).await;
    let mut player = LocalPlayer::connect(&host).await;
    player.send_task("env").await;
    let Value::Object(vars) = player.json().await else {
        panic!("no variables");
    };
    let urls = host.local.urls();
    for (key, value) in [
        ("AWS_LAMBDA_FUNCTION_NAME", "join-game"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ENDPOINT_URL", &urls.endpoint),
        ("RPS_TABLE", &urls.table),
        ("RPS_QUEUE_URL", &urls.queue_url),
        ("RPS_SOCKET_URL", &urls.url),
        ("RPS_PLAY_WINDOW_S", "3"),
    ] {
        assert_eq!(vars[key], value, "{key}");
    }
    for key in vars.keys() {
        let known = ["AWS_", "RPS_", "_X_AMZN_", "TZ"];
        assert!(known.iter().any(|known| key.starts_with(known)), "{key}");
    }
}

#[tokio::test]
async fn a_stop_waits_for_running_invocations() {
    let mut host = Host::with(|options| options.function_timeout = Duration::from_mins(1)).await;
    let mut player = LocalPlayer::connect(&host).await;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("now");
    let wait = json!({ "action": "join-game", "do": "wait", "file": file });
    host.send_message(&format!("wait {}", file.display()), 0)
        .await;
    host.log.batch().await;
    player.send(wait.to_string()).await;
    host.log.event("MESSAGE").await;
    let Host { local, mut log } = host;
    let finish = async {
        // The stop has begun.
        assert_eq!(player.close_code().await, 1001);
        std::fs::write(&file, "").unwrap();
    };
    tokio::join!(soon(local.stop()), finish);
    let mut done = Vec::new();
    while done.len() < 2 {
        done.push(log.function_line("DONE").await.0);
    }
    assert!(done.contains(&Function::JoinGame) && done.contains(&Function::Decide));
}

#[tokio::test]
async fn a_drop_without_a_stop_kills_the_functions() {
    let host = host().await;
    let mut player = LocalPlayer::connect(&host).await;
    let pid = player.pid().await;
    player.send_task("hang").await;
    drop(host);
    until_ended(pid).await;
}

#[tokio::test]
async fn a_stop_ends_all_processes_and_releases_the_port() {
    // The hanging function must outlast the stop's timeout.
    let mut host = Host::with(|options| options.function_timeout = Duration::from_mins(1)).await;
    let mut player = LocalPlayer::connect(&host).await;
    player.send("another function").await;
    player.json().await;
    player.send_task("echo").await;
    player.json().await;
    player.send_task("hang").await;
    let mut pids = Vec::new();
    while pids.len() < 4 {
        // `$connect`, `$default`, `echo` and `hang`.
        pids.push(host.log.line("PID ").await.parse().unwrap());
    }
    assert!(pids.iter().any(|pid| is_running(*pid)));
    let address = host.local.urls().endpoint.replace("http://", "");
    soon(host.local.stop()).await;
    for pid in pids {
        assert!(!is_running(pid), "{pid}");
    }
    // Another test's process may hold a copy of the listener between its fork and its exec.
    soon(async {
        while tokio::net::TcpListener::bind(&address).await.is_err() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn functions_end_when_the_local_aws_is_killed() {
    let (mut host, url) = crate::support::host::start().await;
    let mut player = LocalPlayer::connect_to(&url).await;
    let pid = player.pid().await;
    assert!(is_running(pid));
    host.start_kill().unwrap();
    host.wait().await.unwrap();
    until_ended(pid).await;
}
