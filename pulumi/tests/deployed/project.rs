//! A Pulumi project with the real `Pulumi.yaml` and one stack, in its own folder outside the sources.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::{Output, Stdio};

use serde_json::{Value, json};
use tokio::process::Command;

use super::ministack::MiniStack;
use super::tools::{Tools, root};

/// The services that the program uses, with their names in the provider's setting `endpoints`.
const SERVICES: [&str; 13] = [
    "apigateway",
    "apigatewayv2",
    "budgets",
    "cloudfront",
    "cloudwatch",
    "dynamodb",
    "iam",
    "lambda",
    "logs",
    "s3",
    "sns",
    "sqs",
    "sts",
];

pub(crate) struct Project {
    folder: PathBuf,
    tools: &'static Tools,
}

impl Project {
    /// Creates a project with one stack in a region of MiniStack.
    pub(crate) async fn new(
        tools: &'static Tools,
        stack: &str,
        region: &str,
        aws: &MiniStack,
    ) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{stack}-{region}"));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("state")).expect("a folder");
        fs::copy(root().join("Pulumi.yaml"), folder.join("Pulumi.yaml")).expect("copied");
        for part in ["pulumi", "target"] {
            symlink(root().join(part), folder.join(part)).expect("linked");
        }
        let project = Self { folder, tools };
        project.run(&["stack", "init", stack]).await;
        let endpoints = SERVICES.map(|service| (service.to_owned(), json!(aws.endpoint)));
        let endpoints = json!([serde_json::Map::from_iter(endpoints)]).to_string();
        for (key, value) in [
            ("aws:region", region),
            ("aws:accessKey", "test"),
            ("aws:secretKey", "test"),
            ("aws:endpoints", &endpoints),
            ("aws:skipCredentialsValidation", "true"),
            ("aws:skipRequestingAccountId", "true"),
            ("aws:skipMetadataApiCheck", "true"),
            ("aws:s3UsePathStyle", "true"),
        ] {
            project.set(key, value).await;
        }
        project
    }

    pub(crate) async fn set(&self, key: &str, value: &str) {
        self.run(&["config", "set", key, "--", value]).await;
    }

    pub(crate) async fn unset(&self, key: &str) {
        self.run(&["config", "rm", key]).await;
    }

    fn pulumi(&self, args: &[&str]) -> Command {
        let mut pulumi = Command::new(self.tools.pulumi());
        pulumi
            .args(["--non-interactive", "--color", "never"])
            .args(args)
            .current_dir(&self.folder)
            .env("PATH", self.tools.path())
            .env("PULUMI_HOME", self.folder.join("home"))
            .env(
                "PULUMI_BACKEND_URL",
                format!("file://{}", self.folder.join("state").display()),
            )
            .env("PULUMI_CONFIG_PASSPHRASE", "test")
            .env("PULUMI_SKIP_UPDATE_CHECK", "true")
            .env_remove("AWS_PROFILE")
            .env_remove("AWS_SESSION_TOKEN")
            .stdin(Stdio::null())
            .kill_on_drop(true);
        pulumi
    }

    /// Runs Pulumi, which may fail.
    pub(crate) async fn attempt(&self, args: &[&str]) -> Output {
        self.pulumi(args).output().await.expect("pulumi starts")
    }

    /// Runs Pulumi, which must succeed, and returns its stdout.
    pub(crate) async fn run(&self, args: &[&str]) -> String {
        let output = self.attempt(args).await;
        let (stdout, stderr) = (
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
        assert!(output.status.success(), "pulumi {args:?}: {stdout}{stderr}");
        stdout.into_owned()
    }

    pub(crate) async fn json(&self, args: &[&str]) -> Value {
        serde_json::from_str(&self.run(args).await).expect("JSON")
    }

    /// The changes that `up` would make, as pairs of operation and resource.
    pub(crate) async fn plan(&self) -> Vec<(String, String)> {
        let preview = self.json(&["preview", "--json"]).await;
        let steps = preview["steps"].as_array().expect("steps");
        let text = |step: &Value, key: &str| step[key].as_str().unwrap_or_default().to_owned();
        let mut plan: Vec<_> = steps
            .iter()
            .map(|step| (text(step, "op"), text(step, "urn")))
            .filter(|(op, _)| op != "same" && op != "read")
            .map(|(op, urn)| (op, urn.rsplit("::").next().unwrap_or_default().to_owned()))
            .collect();
        plan.sort();
        plan
    }

    pub(crate) async fn up(&self) {
        self.run(&["up", "--yes", "--skip-preview"]).await;
    }

    pub(crate) async fn outputs(&self) -> Value {
        self.json(&["stack", "output", "--json"]).await
    }
}
