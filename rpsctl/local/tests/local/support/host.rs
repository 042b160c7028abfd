//! A host in a process of its own.

use std::process::Stdio;

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use super::{options, soon};

/// Runs as a host for ever.
pub(crate) fn run() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let local = rps_local::start(options()).await.unwrap();
        println!("READY {}", local.urls().url);
        std::future::pending::<()>().await;
    });
}

/// Starts one; gives the process and its socket's URL.
pub(crate) async fn start() -> (Child, String) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["host_process", "--exact", "--ignored", "--nocapture"])
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
