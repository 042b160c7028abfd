//! Running `rpsctl`, and `rpsctl local` for the length of a test.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio};

use serde_json::Value;

/// Returns the folder of cargo's output, `target/debug`.
fn built() -> PathBuf {
    let test = std::env::current_exe().expect("this test's path");
    let folder = test.ancestors().nth(2);
    folder.expect("the parent of `deps`").to_owned()
}

/// Prepares to run rpsctl with these arguments, all its streams piped, and without the developer's settings.
pub fn rpsctl<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Command {
    // Cargo builds it for rpsctl's own tests and for those of the workspace.
    let executable = built().join("rpsctl");
    assert!(executable.is_file(), "run `cargo build -p rpsctl` first");
    let mut command = Command::new(executable);
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("AWS_") || name.starts_with("RPSCTL_") {
            command.env_remove(&*name);
        }
    }
    command
        .args(args)
        .env("HOME", built())
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// What a run printed, and how it ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Self {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }
}

/// Runs it to its end.
pub fn run<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Ended {
    say(args, "")
}

/// Runs it to its end with these environment variables.
pub fn run_with<S: AsRef<OsStr>>(env: &[(&str, &str)], args: impl IntoIterator<Item = S>) -> Ended {
    let mut command = rpsctl(args);
    let output = command
        .envs(env.iter().copied())
        .stdin(Stdio::null())
        .output();
    output.expect("rpsctl runs").into()
}

/// Runs it to its end with these lines on stdin.
pub fn say<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>, lines: &str) -> Ended {
    let mut child = rpsctl(args).spawn().expect("rpsctl starts");
    let mut stdin = child.stdin.take().expect("piped");
    // A run that reads nothing may be gone already.
    let _ = stdin.write_all(lines.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("rpsctl ends").into()
}

#[expect(clippy::return_self_not_must_use, reason = "each is an assertion")]
impl Ended {
    #[track_caller]
    pub fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        self
    }

    /// Asserts that it ended with code 0 and wrote nothing to stderr.
    #[track_caller]
    pub fn quietly(self) -> Self {
        assert_eq!(self.stderr, "", "{self:?}");
        self.ends(0)
    }

    /// Asserts that stderr contains these words.
    #[track_caller]
    pub fn notes(&self, words: &str) {
        assert!(self.stderr.contains(words), "{words}: {self:?}");
    }

    /// Asserts that stdout contains these words.
    #[track_caller]
    pub fn prints(&self, words: &str) {
        assert!(self.stdout.contains(words), "{words}: {self:?}");
    }

    /// The lines of JSON on stdout.
    pub fn rows(&self) -> Vec<Value> {
        let rows = self.stdout.lines();
        let rows = rows.map(|row| serde_json::from_str(row).expect("JSON"));
        rows.collect()
    }

    /// It failed with this code, said exactly this, and printed nothing else.
    #[track_caller]
    pub fn says(&self, code: i32, message: &str) {
        let expected = (Some(code), "", format!("rpsctl: {message}\n"));
        let ended = (self.code, &*self.stdout, self.stderr.clone());
        assert_eq!(ended, expected);
    }
}

/// `rpsctl local` on a free port, with a play window of one second.
pub struct Game {
    child: Child,
    stdout: BufReader<ChildStdout>,
    /// The ready line.
    pub ready: Value,
}

impl Game {
    pub fn start() -> Self {
        Self::with_window("1")
    }

    /// With so many seconds to play.
    pub fn with_window(seconds: &str) -> Self {
        let args = ["local", "--port", "0", "--play-window-s", seconds];
        // Nobody reads the notes while the game runs, and a full pipe would stop it.
        let mut child = rpsctl(args).stderr(Stdio::null()).spawn().expect("starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("piped"));
        let mut line = String::new();
        stdout.read_line(&mut line).expect("a ready line");
        let ready = serde_json::from_str(&line).expect("the ready line is JSON");
        Self {
            child,
            stdout,
            ready,
        }
    }

    /// The players' socket.
    pub fn url(&self) -> &str {
        self.ready["url"].as_str().expect("a URL")
    }

    /// The players' page.
    pub fn page(&self) -> &str {
        self.ready["page"].as_str().expect("a URL")
    }

    /// The endpoint of AWS.
    pub fn endpoint(&self) -> &str {
        self.ready["endpoint"].as_str().expect("a URL")
    }

    /// The processes it has started.
    pub fn children(&self) -> Vec<u32> {
        processes()
            .filter(|(_, parent)| *parent == self.child.id())
            .map(|(id, _)| id)
            .collect()
    }

    /// Sends a signal and waits for the end: how it ended, and what more was on stdout.
    pub fn end(mut self, signal: &str) -> (ExitStatus, String) {
        send(signal, self.child.id());
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).expect("UTF-8");
        (self.child.wait().expect("ends"), rest)
    }
}

impl Drop for Game {
    /// A test that fails leaves nothing behind either.
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            send("TERM", self.child.id());
            let _ = self.child.wait();
        }
    }
}

/// Sends a signal.
pub fn send(signal: &str, process: u32) {
    let kill = format!("kill -{signal} {process}");
    let sent = Command::new("sh").args(["-c", &kill]).status();
    assert!(sent.expect("sh runs").success(), "{kill}");
}

/// Whether the process still runs.
pub fn is_alive(process: u32) -> bool {
    processes().any(|(id, _)| id == process)
}

/// All processes with their parents.
fn processes() -> impl Iterator<Item = (u32, u32)> {
    let entries = std::fs::read_dir("/proc").expect("/proc");
    entries.filter_map(|entry| {
        let id = entry.ok()?.file_name().to_str()?.parse().ok()?;
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        // After the name, which may hold anything but ends with the last parenthesis: state, parent.
        let (_, fields) = stat.rsplit_once(')')?;
        let parent = fields.split_whitespace().nth(1)?.parse().ok()?;
        Some((id, parent))
    })
}
