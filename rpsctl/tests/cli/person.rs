//! A person who plays with `rpsctl play` through pipes, and reads before it types.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use rps_testkit::PATIENCE;

use crate::rpsctl::{rpsctl, send};

pub(crate) struct Person {
    child: Child,
    stdin: ChildStdin,
    lines: Receiver<String>,
    /// The lines so far, for the messages of failed tests.
    seen: Vec<String>,
}

impl Person {
    /// Runs `rpsctl play` at this socket with these options.
    pub(crate) fn at(url: &str, options: &[&str]) -> Self {
        Self::run(["play", "--url", url].iter().chain(options))
    }

    pub(crate) fn run<'a>(args: impl IntoIterator<Item = &'a &'a str>) -> Self {
        let mut child = rpsctl(args).spawn().expect("starts");
        let stdin = child.stdin.take().expect("piped");
        let stdout = BufReader::new(child.stdout.take().expect("piped"));
        let (sender, lines) = channel();
        thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                // It fails only if the test is over.
                let _ = sender.send(line);
            }
        });
        Self {
            child,
            stdin,
            lines,
            seen: Vec::new(),
        }
    }

    /// Reads lines up to the one that contains `words`, and returns it.
    #[track_caller]
    pub(crate) fn reads(&mut self, words: &str) -> String {
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            self.seen.push(line.clone());
            if line.contains(words) {
                return line;
            }
        }
        panic!("{words}: {:?}", self.seen);
    }

    pub(crate) fn types(&mut self, line: &str) {
        writeln!(self.stdin, "{line}").expect("typed");
    }

    pub(crate) fn interrupt(&self) {
        send("INT", self.child.id());
    }

    /// Types `q` and waits for the end.
    #[track_caller]
    pub(crate) fn quits(mut self) -> Vec<String> {
        self.types("q");
        self.ends()
    }

    /// Waits for the end. Returns the exit code and stderr, and the lines.
    pub(crate) fn end(mut self) -> (Option<i32>, String, Vec<String>) {
        let mut stderr = String::new();
        let mut pipe = self.child.stderr.take().expect("piped");
        pipe.read_to_string(&mut stderr).expect("UTF-8");
        let status = self.child.wait().expect("ends");
        self.seen.extend(self.lines.iter());
        (status.code(), stderr, std::mem::take(&mut self.seen))
    }

    /// Waits for the end, which is a success without errors. Returns the lines.
    #[track_caller]
    pub(crate) fn ends(self) -> Vec<String> {
        let (code, stderr, lines) = self.end();
        assert_eq!((code, &*stderr), (Some(0), ""), "{lines:?}");
        lines
    }
}

impl Drop for Person {
    fn drop(&mut self) {
        // It fails only if the process has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
