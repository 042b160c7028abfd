//! rpsctl on a terminal.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;

use rps_testkit::PATIENCE;

use crate::rpsctl::{Ended, rpsctl};

/// A terminal at an endpoint of AWS. It shows stdout and stderr together.
pub(crate) struct Terminal<'a> {
    pub(crate) endpoint: &'a str,
    pub(crate) columns: usize,
    pub(crate) no_color: &'a str,
}

impl Terminal<'_> {
    /// Runs a command line while a person types these lines.
    pub(crate) fn run(&self, line: &str, typed: &str) -> Ended {
        let mut script = self.start(line);
        let mut stdin = script.stdin.take().expect("piped");
        stdin.write_all(typed.as_bytes()).expect("typed");
        drop(stdin);
        script.wait_with_output().expect("ends").into()
    }

    /// Runs a command line. A person waits for each text, and then presses these keys. Returns everything that the
    /// terminal got.
    pub(crate) fn converse(&self, line: &str, steps: &[(&str, &str)]) -> String {
        let mut script = self.start(line);
        let mut stdin = script.stdin.take().expect("piped");
        let mut stdout = script.stdout.take().expect("piped");
        let (sender, chunks) = channel();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = stdout.read(&mut buffer) {
                // It fails only if the test is over.
                let _ = sender.send(String::from_utf8_lossy(&buffer[..count]).into_owned());
            }
        });
        let (mut shown, mut read) = (String::new(), 0);
        for (text, keys) in steps {
            while !shown[read..].contains(text) {
                let chunk = chunks.recv_timeout(PATIENCE);
                shown += &chunk.unwrap_or_else(|_| panic!("{text}: {shown:?}"));
            }
            read = shown.len();
            stdin.write_all(keys.as_bytes()).expect("typed");
        }
        shown.extend(chunks.iter());
        assert!(script.wait().expect("ends").success(), "{shown:?}");
        shown
    }

    fn start(&self, line: &str) -> Child {
        let rpsctl = rpsctl([""; 0]);
        let program = rpsctl.get_program().to_str().expect("UTF-8").to_owned();
        let line = format!("stty cols {} rows 50 && {program} {line}", self.columns);
        let mut script = Command::new("script");
        script.args(["-qec", &line, "/dev/null"]);
        for (name, value) in rpsctl.get_envs() {
            match value {
                Some(value) => script.env(name, value),
                None => script.env_remove(name),
            };
        }
        script
            // Like a real terminal. Without it, indicatif shows no progress.
            .env("TERM", "xterm")
            .env("NO_COLOR", self.no_color)
            .env("AWS_ENDPOINT_URL", self.endpoint)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        script.spawn().expect("script, of util-linux, runs")
    }
}
