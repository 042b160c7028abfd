//! Runs the real `rpsctl` with only the stack's name.

use std::path::PathBuf;
use std::process::Output;

use tokio::process::Command;

use super::ministack::{MiniStack, REGION};

/// Runs rpsctl on a stack, without the environment variables of the test's user.
pub(crate) async fn rpsctl(aws: &MiniStack, stack: &str, args: &[&str]) -> Output {
    let mut rpsctl = Command::new(executable());
    rpsctl
        .args(args)
        .args(["--stack", stack, "--region", REGION])
        .args(["--endpoint-url", &aws.endpoint])
        .env_clear()
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .kill_on_drop(true);
    rpsctl.output().await.expect("rpsctl starts")
}

/// Cargo builds rpsctl for `cargo test --workspace`, but not for this package's tests alone.
fn executable() -> PathBuf {
    let test = std::env::current_exe().expect("this test's path");
    let folder = test
        .parent()
        .and_then(|deps| deps.parent())
        .expect("target/debug");
    let executable = folder.join("rpsctl");
    assert!(
        executable.is_file(),
        "rpsctl is not built: run `cargo build --bin rpsctl` first"
    );
    executable
}
