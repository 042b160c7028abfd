//! The clients of `docs/clients/` play, with the real functions and with a server that sends what may happen to
//! a client once in a million games.

mod scripted;

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rps_testkit::PATIENCE;
use tokio::process::Command;
use tokio::time::timeout;

use super::stage::Stage;

/// How long an impatient client waits: on a busy machine it connects and joins within that.
const IMPATIENT: Duration = Duration::from_secs(5);

/// A client, and what runs it.
#[derive(Clone)]
struct Client {
    program: PathBuf,
    args: Vec<&'static str>,
    file: PathBuf,
}

/// How a client ended, and what it printed: in words, and of errors.
struct Ended {
    code: Option<i32>,
    printed: String,
    errors: String,
}

impl Client {
    async fn javascript() -> Self {
        // Before its version 22, Node has WebSockets only if asked.
        let choices: [&[_]; 2] = [&[], &["--experimental-websocket"]];
        for args in choices {
            let test = [args, &["-e", "WebSocket"]].concat();
            if let Some(program) = found("node", &test).await {
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
        // From version 15 on.
        let test = [
            "-c",
            "import inspect, websockets.sync.client as it; inspect.signature(it.connect).bind('', ping_interval=None); \
             import importlib.metadata as of; assert int(of.version('websockets').split('.')[0]) >= 15",
        ];
        let program = found("python3", &test).await;
        Self {
            program: program
                .expect("install Python and its package websockets, version 15 or later"),
            args: Vec::new(),
            file: published("client.py"),
        }
    }

    /// The same client, but its nine minutes are [`IMPATIENT`].
    fn impatient(mut self) -> Self {
        let source = std::fs::read_to_string(&self.file).expect("a client");
        let is_python = self.file.extension().is_some_and(|it| it == "py");
        let (minutes, instead) = if is_python {
            ("9 * 60)", format!("{})", IMPATIENT.as_secs()))
        } else {
            ("9 * 60_000", IMPATIENT.as_millis().to_string())
        };
        assert_eq!(source.matches(minutes).count(), 1);
        let name = self.file.file_name().expect("a name");
        self.file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::write(&self.file, source.replace(minutes, &instead)).expect("written");
        self
    }

    /// Plays to the end.
    async fn play(self, url: String) -> Ended {
        let mut command = Command::new(&self.program);
        command.args(&self.args).arg(self.file).arg(url);
        command.stdin(Stdio::null()).kill_on_drop(true);
        // Not by a proxy of whoever runs the tests.
        command.env("no_proxy", "*");
        let output = timeout(PATIENCE, command.output()).await;
        let output = output.expect("in time").expect("started");
        let text = |bytes| String::from_utf8(bytes).expect("text");
        Ended {
            code: output.status.code(),
            printed: text(output.stdout),
            errors: text(output.stderr),
        }
    }
}

impl Ended {
    /// What it printed, if it ended with that code.
    fn with(self, code: i32) -> String {
        let Self {
            printed, errors, ..
        } = self;
        assert_eq!(self.code, Some(code), "{printed}{errors}");
        printed
    }

    /// It ended without an end of the game, and said why.
    fn says_closed(self) {
        let said = format!("{}{}", self.printed, self.errors);
        let last = said.lines().last();
        assert_eq!(
            (self.code, last),
            (Some(1), Some("The connection closed.")),
            "{said}"
        );
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn published(client: &str) -> PathBuf {
    root().join("docs/clients").join(client)
}

/// The program, installed for these tests or by whoever runs them, if it does that.
async fn found(name: &str, test: &[&str]) -> Option<PathBuf> {
    for program in [root().join("target/ci/bin").join(name), name.into()] {
        let run = Command::new(&program).args(test).output().await;
        if run.is_ok_and(|run| run.status.success()) {
            return Some(program);
        }
    }
    None
}

/// Two clients play each other, and tell the same story.
async fn play(stage: &Stage, one: &Client, other: &Client) {
    let url = stage.url().to_owned();
    let (one, other) = tokio::join!(one.clone().play(url.clone()), other.clone().play(url));
    let printed = [one.with(0), other.with(0)];
    let mut stories = printed.each_ref().map(|printed| {
        let (_, last) = printed.trim_end().rsplit_once('\n').expect("lines");
        let (verdict, plays) = last.trim_end_matches('.').split_once(": ").expect("both");
        (verdict, plays.split_once(" against ").expect("two plays"))
    });
    stories.sort_unstable();
    let [(one, (you, opponent)), (other, plays)] = stories;
    let verdicts = [
        ("drawn, draw-limit", "drawn, draw-limit"),
        ("lost, plays", "won, plays"),
    ];
    assert!(verdicts.contains(&(one, other)), "{stories:?}");
    assert_eq!((opponent, you), plays, "{stories:?}");
}

#[tokio::test]
#[ignore = "needs Node and Python"]
async fn they_play_each_other_and_themselves() {
    let clients = [Client::javascript().await, Client::python().await];
    let stage = Stage::new().await;
    for (i, one) in clients.iter().enumerate() {
        for other in &clients[i..] {
            play(&stage, one, other).await;
        }
    }
    stage.end().await;
}
