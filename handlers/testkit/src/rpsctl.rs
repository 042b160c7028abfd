//! Runs `rpsctl` commands, and `rpsctl local` during a test.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio};
use std::time::Duration;

use serde_json::Value;

/// Returns cargo's output folder, `target/debug`.
fn output_folder() -> PathBuf {
    let test = std::env::current_exe().expect("this test's path");
    let folder = test.ancestors().nth(2);
    folder.expect("the parent of `deps`").to_owned()
}

/// Creates an rpsctl command with piped streams and without the developer's settings.
pub fn rpsctl<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Command {
    // Cargo builds it for rpsctl's tests and for workspace tests.
    let executable = output_folder().join("rpsctl");
    assert!(executable.is_file(), "run `cargo build --bin rpsctl` first");
    let mut command = Command::new(executable);
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("AWS_") || name.starts_with("RPSCTL_") {
            command.env_remove(&*name);
        }
    }
    command
        .args(args)
        .env("HOME", output_folder())
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// The exit code and output of a command.
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

/// Runs a command to its end.
pub fn run<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Ended {
    say(args, "")
}

/// Runs a command with these environment variables.
pub fn run_with<S: AsRef<OsStr>>(env: &[(&str, &str)], args: impl IntoIterator<Item = S>) -> Ended {
    let mut command = rpsctl(args);
    let output = command
        .envs(env.iter().copied())
        .stdin(Stdio::null())
        .output();
    output.expect("rpsctl runs").into()
}

/// Runs a command with these lines on stdin.
pub fn say<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>, lines: &str) -> Ended {
    let mut child = rpsctl(args).spawn().expect("rpsctl starts");
    let mut stdin = child.stdin.take().expect("piped");
    // A command that reads no input may have ended already.
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

    /// Asserts exit code 0 and an empty stderr.
    #[track_caller]
    pub fn quietly(self) -> Self {
        assert_eq!(self.stderr, "", "{self:?}");
        self.ends(0)
    }

    /// Asserts that stderr contains `words`.
    #[track_caller]
    pub fn notes(&self, words: &str) {
        assert!(self.stderr.contains(words), "{words}: {self:?}");
    }

    /// Asserts that stdout contains `words`.
    #[track_caller]
    pub fn prints(&self, words: &str) {
        assert!(self.stdout.contains(words), "{words}: {self:?}");
    }

    /// Parses each line of stdout as JSON.
    pub fn rows(&self) -> Vec<Value> {
        let rows = self.stdout.lines();
        let rows = rows.map(|row| serde_json::from_str(row).expect("JSON"));
        rows.collect()
    }

    /// Asserts the exit code, exactly this error message, and an empty stdout.
    #[track_caller]
    pub fn says(&self, code: i32, message: &str) {
        let expected = (Some(code), "", format!("rpsctl: {message}\n"));
        let ended = (self.code, &*self.stdout, self.stderr.clone());
        assert_eq!(ended, expected);
    }
}

/// `rpsctl local` on a free port, with a play window of one second.
pub struct LocalSystem {
    child: Child,
    stdout: BufReader<ChildStdout>,
    /// The ready line.
    pub ready: Value,
}

impl LocalSystem {
    pub fn start() -> Self {
        Self::with_window("1")
    }

    /// Starts a game with this play window.
    pub fn with_window(seconds: &str) -> Self {
        Self::with(&["--play-window-s", seconds])
    }

    pub fn with(options: &[&str]) -> Self {
        let args = ["local", "--port", "0"].iter().chain(options);
        // The test does not read stderr; a full pipe would block the process.
        Self::ready(rpsctl(args).stderr(Stdio::null()).spawn().expect("starts"))
    }

    /// Starts a game with one bot and a play window of two seconds. Returns also the lines of its log.
    pub fn with_a_bot() -> (Self, impl Iterator<Item = String> + use<>) {
        Self::with_log(&["--bots", "1", "--play-window-s", "2"])
    }

    /// Starts a game, and returns also the lines of its log. The caller must read them.
    pub fn with_log(options: &[&str]) -> (Self, impl Iterator<Item = String> + use<>) {
        let args = ["local", "--port", "0"].iter().chain(options);
        let mut child = rpsctl(args).spawn().expect("starts");
        let log = BufReader::new(child.stderr.take().expect("piped"));
        (Self::ready(child), log.lines().map_while(Result::ok))
    }

    /// Waits for the ready line.
    fn ready(mut child: Child) -> Self {
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

    /// The players' WebSocket URL.
    pub fn url(&self) -> &str {
        self.ready["url"].as_str().expect("a URL")
    }

    /// The URL of the players' page.
    pub fn page(&self) -> &str {
        self.ready["page"].as_str().expect("a URL")
    }

    /// The URL of the AWS endpoint.
    pub fn endpoint(&self) -> &str {
        self.ready["endpoint"].as_str().expect("a URL")
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The ids of the child processes.
    pub fn children(&self) -> Vec<u32> {
        processes()
            .filter(|(_, parent)| *parent == self.child.id())
            .map(|(id, _)| id)
            .collect()
    }

    /// The CPU time of all child processes, including the ended ones.
    pub fn children_cpu_time(&self) -> Duration {
        let running = self.children().into_iter().map(cpu_time);
        ticks(self.child.id(), [13, 14]) + running.sum::<Duration>()
    }

    /// Starts bots that play here.
    pub fn start_bots(&self, options: &[&str]) -> Child {
        let target = ["--url", self.url(), "--output", "json"];
        let command = ["bots"].iter().chain(options).chain(&target);
        rpsctl(command).spawn().expect("starts")
    }

    /// The numbers of messages in the queue.
    pub fn queue_status(&self) -> Value {
        let command = ["queue", "status", "--output", "json", "--endpoint-url"];
        let status = run(command.iter().chain(&[self.endpoint()]));
        status.rows().remove(0)
    }

    /// Sends a signal and waits for the end. Returns the exit status and the rest of stdout.
    pub fn end(mut self, signal: &str) -> (ExitStatus, String) {
        send(signal, self.child.id());
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).expect("UTF-8");
        (self.child.wait().expect("ends"), rest)
    }
}

impl Drop for LocalSystem {
    /// Ends the process also when the test fails.
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            send("TERM", self.child.id());
            let _ = self.child.wait();
        }
    }
}

pub fn send(signal: &str, process: u32) {
    let kill = format!("kill -{signal} {process}");
    let sent = Command::new("sh").args(["-c", &kill]).status();
    assert!(sent.expect("sh runs").success(), "{kill}");
}

/// Lets the running games of these bots end.
pub fn end_bots(bots: Child) -> Ended {
    send("INT", bots.id());
    bots.wait_with_output().expect("ends").into()
}

pub fn is_alive(process: u32) -> bool {
    processes().any(|(id, _)| id == process)
}

/// The ids of all processes and their parents.
fn processes() -> impl Iterator<Item = (u32, u32)> {
    let entries = std::fs::read_dir("/proc").expect("/proc");
    entries.filter_map(|entry| {
        let id = entry.ok()?.file_name().to_str()?.parse().ok()?;
        let parent = stat(id, 1)?.try_into().ok()?;
        Some((id, parent))
    })
}

/// The CPU time of a process, without its children; zero after its end.
pub fn cpu_time(process: u32) -> Duration {
    ticks(process, [11, 12])
}

/// The resident memory of a process in bytes: `VmRSS` for now, `VmHWM` for its largest (source: `proc_pid_status(5)`).
pub fn memory_bytes(process: u32, field: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let mut fields = status.lines().filter_map(|line| line.split_once(':'));
    let (_, size) = fields.find(|(name, _)| *name == field)?;
    let kilobytes: u64 = size.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kilobytes * 1024)
}

/// The sum of two fields of `/proc/PID/stat` that count CPU time.
fn ticks(process: u32, fields: [usize; 2]) -> Duration {
    let ticks = fields.iter().filter_map(|field| stat(process, *field));
    // Linux counts in hundredths of a second here (`USER_HZ`).
    Duration::from_millis(ticks.sum::<u64>() * 10)
}

/// A numeric field of `/proc/PID/stat` (source: `proc_pid_stat(5)`). Field 0 is the process's state: the name before it
/// may contain anything, and ends with the last parenthesis.
fn stat(process: u32, field: usize) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    fields.split_whitespace().nth(field)?.parse().ok()
}
