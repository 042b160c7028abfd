//! Starts and watches a function's operating system process.

use std::io;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use rps_contract::names::Function;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

use crate::lambda::instance::Instance;
use crate::options::{FunctionProcess, OnLog};

/// How long to read log lines after the process has exited. A child of the process may keep the pipe open.
const LAST_LINES: Duration = Duration::from_millis(500);

pub(super) struct Process {
    child: Child,
    lines: Vec<JoinHandle<()>>,
}

pub(super) fn start(
    program: &FunctionProcess,
    environment: &[(String, String)],
    runtime_api: &str,
    on_log: &OnLog,
) -> io::Result<Process> {
    let mut child = Command::new(&program.program)
        .args(&program.args)
        .env_clear()
        .envs(environment.iter().map(|(key, value)| (key, value)))
        .env("AWS_LAMBDA_RUNTIME_API", runtime_api)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // A separate process group: Ctrl-C must reach only the host, which then stops the functions in order.
        .process_group(0)
        .kill_on_drop(true)
        .spawn()?;
    let mut lines = Vec::new();
    if let Some(out) = child.stdout.take() {
        lines.push(forward_lines(out, program.function, on_log));
    }
    if let Some(err) = child.stderr.take() {
        lines.push(forward_lines(err, program.function, on_log));
    }
    Ok(Process { child, lines })
}

impl Process {
    /// Waits until the process exits or the instance is killed, and reports the end to the instance.
    pub(super) async fn watch(mut self, instance: &Instance) {
        let status = tokio::select! {
            status = self.child.wait() => status,
            () = instance.wait_for_kill() => match self.child.kill().await {
                Ok(()) => self.child.wait().await,
                Err(error) => Err(error),
            },
        };
        instance.exit();
        let last_lines = async {
            for lines in self.lines {
                drop(lines.await);
            }
        };
        drop(tokio::time::timeout(LAST_LINES, last_lines).await);
        instance.end(status.map_or_else(|error| error.to_string(), |status| status.to_string()));
    }
}

fn forward_lines(
    pipe: impl AsyncRead + Unpin + Send + 'static,
    function: Function,
    on_log: &OnLog,
) -> JoinHandle<()> {
    let on_log = Arc::clone(on_log);
    tokio::spawn(async move {
        let mut lines = BufReader::new(pipe).split(b'\n');
        while let Ok(Some(line)) = lines.next_segment().await {
            on_log(function, String::from_utf8_lossy(&line).trim_end());
        }
    })
}
