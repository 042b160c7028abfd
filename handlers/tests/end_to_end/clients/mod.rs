//! The sample clients of `docs/clients/` play against the real functions, and against a scripted server
//! that sends rare sequences of messages.

mod resume;
mod scripted;

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use rps_testkit::PATIENCE;
use tokio::process::Command;
use tokio::time::timeout;

use super::system::TestSystem;

/// How long an impatient client waits. On a busy machine it connects and joins within this time.
const IMPATIENT: Duration = Duration::from_secs(5);

/// The number of copies of clients. Two tests may write one at the same time.
static COPIES: AtomicUsize = AtomicUsize::new(0);

/// A sample client and its interpreter.
#[derive(Clone)]
struct Client {
    program: PathBuf,
    args: Vec<&'static str>,
    file: PathBuf,
}

/// The result of a client's process.
struct ClientResult {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Client {
    async fn javascript() -> Self {
        // Before version 22, Node needs an option for WebSockets.
        let choices: [&[_]; 2] = [&[], &["--experimental-websocket"]];
        for args in choices {
            let test = [args, &["-e", "WebSocket"]].concat();
            if let Some(program) = find_program("node", &test).await {
                return Self {
                    program,
                    args: args.to_vec(),
                    file: published("client.js"),
                };
            }
        }
        panic!("install Node with WebSocket");
    }

    async fn python() -> Self {
        // Requires `websockets` 15 or later.
        let test = [
            "-c",
            "import inspect, websockets.sync.client as it; inspect.signature(it.connect).bind('', ping_interval=None); \
             import importlib.metadata as of; assert int(of.version('websockets').split('.')[0]) >= 15",
        ];
        let program = find_program("python3", &test).await;
        Self {
            program: program
                .expect("install Python and its package websockets, version 15 or later"),
            args: Vec::new(),
            file: published("client.py"),
        }
    }

    /// A copy of the client that waits [`IMPATIENT`] instead of nine minutes, and gives up after 3 instead of 12 tries.
    fn impatient(mut self) -> Self {
        let mut source = std::fs::read_to_string(&self.file).expect("a client");
        let is_python = self.file.extension().is_some_and(|it| it == "py");
        let replacements = if is_python {
            let seconds = IMPATIENT.as_secs();
            [
                ("9 * 60)", format!("{seconds})")),
                ("tries >= 12", "tries >= 3".to_owned()),
            ]
        } else {
            let milliseconds = IMPATIENT.as_millis();
            [
                ("9 * 60_000", milliseconds.to_string()),
                ("tries < 12", "tries < 3".to_owned()),
            ]
        };
        for (original, replacement) in replacements {
            assert_eq!(source.matches(original).count(), 1, "{original}");
            source = source.replace(original, &replacement);
        }
        let name = self.file.file_name().expect("a name").display();
        let name = format!("{}-{name}", COPIES.fetch_add(1, Relaxed));
        self.file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::write(&self.file, source).expect("written");
        self
    }

    /// Runs the client to its end.
    async fn play(self, url: String) -> ClientResult {
        let mut command = Command::new(&self.program);
        command.args(&self.args).arg(self.file).arg(url);
        command.stdin(Stdio::null()).kill_on_drop(true);
        // Ignores the developer's proxy.
        command.env("no_proxy", "*");
        let output = timeout(PATIENCE, command.output()).await;
        let output = output.expect("in time").expect("started");
        let text = |bytes| String::from_utf8(bytes).expect("text");
        ClientResult {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }
}

impl ClientResult {
    /// Asserts the exit code and returns stdout.
    fn expect_code(self, code: i32) -> String {
        let Self { stdout, stderr, .. } = self;
        assert_eq!(self.code, Some(code), "{stdout}{stderr}");
        stdout
    }

    /// Asserts that the client reported a closed connection.
    fn expect_closed(self) {
        self.expect_failure("The connection closed.");
    }

    /// Asserts that the client failed with this last line.
    fn expect_failure(self, text: &str) {
        let output = format!("{}{}", self.stdout, self.stderr);
        let last = last_line(&output);
        assert_eq!((self.code, last), (Some(1), text), "{output}");
    }
}

fn last_line(output: &str) -> &str {
    output.lines().last().unwrap_or_default()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn published(client: &str) -> PathBuf {
    root().join("docs/clients").join(client)
}

/// Finds a program that passes the test: in `target/ci`, or else in the path.
async fn find_program(name: &str, test: &[&str]) -> Option<PathBuf> {
    for program in [root().join("target/ci/bin").join(name), name.into()] {
        let run = Command::new(&program).args(test).output().await;
        if run.is_ok_and(|run| run.status.success()) {
            return Some(program);
        }
    }
    None
}

/// Two clients play each other and print matching results.
async fn play(system: &TestSystem, one: &Client, other: &Client) {
    let url = system.url().to_owned();
    let (one, other) = tokio::join!(one.clone().play(url.clone()), other.clone().play(url));
    let outputs = [one.expect_code(0), other.expect_code(0)];
    let mut results = outputs.each_ref().map(|output| {
        let (verdict, plays) = last_line(output)
            .trim_end_matches('.')
            .split_once(": ")
            .expect("both");
        (verdict, plays.split_once(" against ").expect("two plays"))
    });
    results.sort_unstable();
    let [(one, (you, opponent)), (other, plays)] = results;
    let verdicts = [
        ("drawn, draw-limit", "drawn, draw-limit"),
        ("lost, plays", "won, plays"),
    ];
    assert!(verdicts.contains(&(one, other)), "{results:?}");
    assert_eq!((opponent, you), plays, "{results:?}");
}

#[tokio::test]
#[ignore = "needs Node and Python"]
async fn the_clients_play_each_other_and_themselves() {
    let clients = [Client::javascript().await, Client::python().await];
    let system = TestSystem::new().await;
    for (i, one) in clients.iter().enumerate() {
        for other in &clients[i..] {
            play(&system, one, other).await;
        }
    }
    system.end().await;
}
