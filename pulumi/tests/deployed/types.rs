//! Checks the program against the types of the AWS provider's official SDK.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use rps_infra::Settings;
use serde_json::Value;

use super::support::{full_settings, program_json};
use super::tools::{Tools, aws};

fn check(tools: &Tools, program: &Value) -> Output {
    let mut check = Command::new(tools.python());
    check
        .arg(aws().join("check_program.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut check = check.spawn().expect("python starts");
    let mut stdin = check.stdin.take().expect("piped");
    write!(stdin, "{program}").expect("read");
    drop(stdin);
    check.wait_with_output().expect("ended")
}

#[test]
#[ignore = "needs Python and packages of PyPI"]
fn every_resource_matches_the_official_sdk() {
    let tools = Tools::get();
    for settings in [Settings::default(), full_settings()] {
        let output = check(tools, &program_json(&settings));
        let stdout = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success(),
            "{stdout}{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

/// Runs the Python unit tests of the checker and of the fake provider.
#[test]
#[ignore = "needs Python and packages of PyPI"]
fn the_python_tools_pass_their_own_tests() {
    let tools = Tools::get();
    for tests in ["test_check_program.py", "test_fake_provider.py"] {
        let output = Command::new(tools.python()).arg(aws().join(tests)).output();
        let output = output.expect("python starts");
        let report = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && report.contains("\nOK"),
            "{tests}: {report}"
        );
    }
}
