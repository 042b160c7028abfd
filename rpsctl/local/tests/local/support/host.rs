//! A local AWS in a separate process.

use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::{options, soon};

/// The environment variable that makes a process run as a local AWS.
const IS_HOST: &str = "RPS_TEST_IS_HOST";

/// Runs a local AWS for ever, if [`start`] has started this process.
pub(crate) fn run() {
    if std::env::var_os(IS_HOST).is_none() {
        return;
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let local = rps_local::start(options()).await.unwrap();
        println!("READY {}", local.urls().url);
        std::future::pending::<()>().await;
    });
}

/// Starts a local AWS. Returns its process and its WebSocket URL.
pub(crate) async fn start() -> (Child, String) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["host_process", "--exact", "--ignored", "--nocapture"])
        .env(IS_HOST, "1")
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let url = soon(async {
        loop {
            let line = lines.next_line().await.unwrap().expect("the host ended");
            if let Some((_, url)) = line.split_once("READY ") {
                return url.to_owned();
            }
        }
    })
    .await;
    (child, url)
}
