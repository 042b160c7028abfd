//! MiniStack: an AWS in one process on loopback.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

use super::tools::{Tools, aws};

/// The region.
pub(crate) const REGION: &str = "eu-west-1";

/// How long it may take to start.
const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) struct MiniStack {
    child: Child,
    tools: &'static Tools,
    pub(crate) endpoint: String,
    port: u16,
}

impl MiniStack {
    pub(crate) async fn start(tools: &'static Tools) -> Self {
        let port = free_port();
        let endpoint = format!("http://127.0.0.1:{port}");
        // It unpacks the functions there, and leaves them.
        let folder = concat!(env!("CARGO_TARGET_TMPDIR"), "/ministack");
        let _ = fs::remove_dir_all(folder);
        fs::create_dir_all(folder).expect("a folder");
        // What to read when a test fails.
        let log = concat!(env!("CARGO_TARGET_TMPDIR"), "/ministack.log");
        let log = File::create(log).expect("a file");
        let mut start = Command::new(tools.ministack());
        start
            .env("BIND_HOST", "127.0.0.1")
            .env("GATEWAY_PORT", port.to_string())
            .env("MINISTACK_HOST", "127.0.0.1")
            .env("MINISTACK_REGION", REGION)
            .env("PERSIST_STATE", "0")
            .env("TMPDIR", folder)
            // Everybody may do only what their policies say; this key may do everything.
            .env("AUTH", "true")
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("PATH", tools.path())
            // The functions inherit it.
            .env("AWS_ENDPOINT_URL", &endpoint)
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a file"))
            .stderr(log)
            // With the functions that it starts, so that they can be ended together.
            .process_group(0);
        let child = start.spawn().expect("MiniStack starts");
        let this = Self {
            child,
            tools,
            endpoint,
            port,
        };
        let ready = timeout(PATIENCE, async {
            // Nothing tells when it is ready but the answer.
            while !this.is_healthy().await {
                sleep(Duration::from_millis(50)).await;
            }
        });
        ready.await.expect("MiniStack is ready in time");
        this
    }

    async fn is_healthy(&self) -> bool {
        let Ok(mut socket) = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).await else {
            return false;
        };
        let ask = b"GET /_ministack/health HTTP/1.0\r\nHost: localhost\r\n\r\n";
        let mut answer = String::new();
        socket.write_all(ask).await.is_ok()
            && socket.read_to_string(&mut answer).await.is_ok()
            && answer.starts_with("HTTP/1.1 200")
    }

    /// Whether that socket is here.
    pub(crate) fn has(&self, socket: &str) -> bool {
        socket.starts_with(&format!("ws://127.0.0.1:{}/", self.port))
    }

    /// All that exists in it, one line a thing.
    pub(crate) async fn inventory(&self) -> String {
        self.ask("inventory").await
    }

    /// All that functions have logged.
    pub(crate) async fn log_lines(&self) -> String {
        self.ask("logs").await
    }

    async fn ask(&self, contents: &str) -> String {
        let mut ask = Command::new(self.tools.python());
        ask.arg(aws().join("contents.py"));
        ask.args([contents, &self.endpoint, REGION]);
        let answer = ask.output().await.expect("python starts");
        let complaint = String::from_utf8_lossy(&answer.stderr);
        assert!(answer.status.success(), "{complaint}");
        String::from_utf8(answer.stdout).expect("text")
    }
}

impl Drop for MiniStack {
    /// Ends it, and the functions that it runs.
    fn drop(&mut self) {
        if let Some(leader) = self.child.id() {
            let group = format!("-{leader}");
            let _ = std::process::Command::new("kill")
                .args(["-KILL", "--", &group])
                .status();
        }
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.local_addr().expect("an address").port()
}
