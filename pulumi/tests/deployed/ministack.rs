//! Runs MiniStack, an AWS emulator in one process on a loopback port.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

use super::tools::{Tools, aws};

pub(crate) const REGION: &str = "eu-west-1";

const START_TIMEOUT: Duration = Duration::from_mins(1);

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
        // MiniStack unpacks the functions into this folder and does not delete them.
        let folder = concat!(env!("CARGO_TARGET_TMPDIR"), "/ministack");
        let _ = fs::remove_dir_all(folder);
        fs::create_dir_all(folder).expect("a folder");
        // Kept for failed tests.
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
            // Enforce the roles' policies. The key below has all permissions.
            .env("AUTH", "true")
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("PATH", tools.path())
            // The functions inherit this variable.
            .env("AWS_ENDPOINT_URL", &endpoint)
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a file"))
            .stderr(log)
            // A process group, so that `drop` can end the functions too.
            .process_group(0);
        let child = start.spawn().expect("MiniStack starts");
        let this = Self {
            child,
            tools,
            endpoint,
            port,
        };
        let ready = timeout(START_TIMEOUT, async {
            // MiniStack sends no event when it is ready, so poll it.
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
        let request = b"GET /_ministack/health HTTP/1.0\r\nHost: localhost\r\n\r\n";
        let mut response = String::new();
        socket.write_all(request).await.is_ok()
            && socket.read_to_string(&mut response).await.is_ok()
            && response.starts_with("HTTP/1.1 200")
    }

    /// Whether the socket URL belongs to this MiniStack.
    pub(crate) fn has(&self, socket: &str) -> bool {
        socket.starts_with(&format!("ws://127.0.0.1:{}/", self.port))
    }

    /// All existing resources, one per line.
    pub(crate) async fn inventory(&self) -> String {
        self.list("inventory").await
    }

    /// The role with which API Gateway writes the logs of all APIs.
    pub(crate) async fn logging_role(&self) -> String {
        self.list("logging-role").await
    }

    /// The limit of the lobby's places in the environment of `join-game`.
    pub(crate) async fn lobby_places(&self) -> String {
        self.list("lobby-places").await.trim().to_owned()
    }

    /// All log lines of the functions.
    pub(crate) async fn log_lines(&self) -> String {
        self.list("logs").await
    }

    async fn list(&self, contents: &str) -> String {
        let mut command = Command::new(self.tools.python());
        command.arg(aws().join("contents.py"));
        command.args([contents, &self.endpoint, REGION]);
        let output = command.output().await.expect("python starts");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{stderr}");
        String::from_utf8(output.stdout).expect("text")
    }
}

impl Drop for MiniStack {
    /// Ends MiniStack and its functions.
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
