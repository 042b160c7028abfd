//! rpsctl on a terminal.

use std::io::Write;
use std::process::{Command, Stdio};

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
        let mut script = script.spawn().expect("script, of util-linux, runs");
        let mut stdin = script.stdin.take().expect("piped");
        stdin.write_all(typed.as_bytes()).expect("typed");
        drop(stdin);
        script.wait_with_output().expect("ends").into()
    }
}
