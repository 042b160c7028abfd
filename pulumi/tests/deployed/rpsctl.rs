//! The real `rpsctl`, which is given the stack's name and no more.

use std::path::PathBuf;
use std::process::Output;

use tokio::process::Command;

use super::ministack::{MiniStack, REGION};

/// What rpsctl says about that stack, whatever is set for whoever runs the tests.
pub(crate) async fn rpsctl(aws: &MiniStack, stack: &str, args: &[&str]) -> Output {
    let mut rpsctl = Command::new(executable());
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("AWS_") || name.starts_with("RPSCTL_") {
            rpsctl.env_remove(&*name);
        }
    }
    rpsctl
        .args(args)
        .args([
            "--stack",
            stack,
            "--region",
            REGION,
            "--endpoint-url",
            &aws.endpoint,
        ])
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .kill_on_drop(true);
    rpsctl.output().await.expect("rpsctl starts")
}

/// Cargo builds it for the tests of the workspace; for these alone it does not.
fn executable() -> PathBuf {
    let test = std::env::current_exe().expect("this test's path");
    let folder = test
        .parent()
        .and_then(|deps| deps.parent())
        .expect("target/debug");
    let executable = folder.join("rpsctl");
    assert!(
        executable.is_file(),
        "rpsctl is not built: run `cargo build -p rpsctl` first"
    );
    executable
}
