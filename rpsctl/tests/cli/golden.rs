//! Transcripts of what people and scripts see, kept in `golden/`: the command, stdout, stderr, exit code. What
//! differs from run to run is redacted. `INSTA_UPDATE=always` writes them anew; then read the difference.

use insta::{Settings, assert_snapshot};

use crate::rpsctl::{Ended, rpsctl};

/// What differs from run to run, and what stands for it. Each is as long as what it redacts where a table's
/// columns depend on it.
const REDACTED: [(&str, &str); 10] = [
    // Where the text of `connections show` goes on in another line depends on times in it.
    (r"\n {11}(\S)", " $1"),
    (
        r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b",
        "MMMMMMMM-MMMM-MMMM-MMMM-MMMMMMMMMMMM",
    ),
    (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "TIME"),
    (r"\b[0-9a-f]{16}\b", "GGGGGGGGGGGGGGGG"),
    (r"(^|[^\w-])[\w-]{15}=", "${1}CCCCCCCCCCCCCCCC"),
    // Two hours, and a second later 119 minutes.
    (r"\b\d+ (min|h) at the latest", "SOME TIME at the latest"),
    // A cell is as wide as its column.
    (r"\b\d+ (s|min) *([┆│])", "SOME $1 $2"),
    (r"\b\d+ (s|min|h|days)\b", "SOME $1"),
    (r"among \d+ items", "among SOME items"),
];

/// A transcript in the making.
pub(crate) struct Golden {
    endpoint: String,
    text: String,
}

impl Golden {
    /// Of commands at that endpoint of AWS.
    pub(crate) fn at(endpoint: &str) -> Self {
        Self {
            endpoint: endpoint.to_owned(),
            text: String::new(),
        }
    }

    /// Runs a command line, words separated by spaces, and adds what it printed.
    pub(crate) fn run(&mut self, line: &str) -> Ended {
        self.run_with(&[], line)
    }

    /// The same with these environment variables.
    pub(crate) fn run_with(&mut self, env: &[(&str, &str)], line: &str) -> Ended {
        let mut command = rpsctl(line.split(' '));
        let output = command
            .env("AWS_ENDPOINT_URL", &self.endpoint)
            .envs(env.iter().copied())
            .stdin(std::process::Stdio::null())
            .output();
        let ended = Ended::from(output.expect("rpsctl runs"));
        for (name, value) in env {
            self.add(&format!("{name}={value} "));
        }
        self.show(line, &ended);
        ended
    }

    /// Adds what a run printed, as that of this command line.
    pub(crate) fn show(&mut self, line: &str, ended: &Ended) {
        self.add(&format!("$ rpsctl {line}\n{}", ended.stdout));
        for line in ended.stderr.lines() {
            self.add(&format!("stderr: {line}\n"));
        }
        let code = ended.code.expect("it ended by itself");
        self.add(&format!("exit {code}\n\n"));
    }

    fn add(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Compares it all with what is kept under that name.
    pub(crate) fn is(self, name: &str) {
        let mut settings = Settings::new();
        settings.set_snapshot_path("golden");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        for (pattern, instead) in REDACTED {
            settings.add_filter(pattern, instead);
        }
        settings.bind(|| assert_snapshot!(name, self.text));
    }
}
