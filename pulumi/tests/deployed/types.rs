//! The program against the official types of the AWS provider's SDK.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use rps_infra::Settings;
use serde_json::Value;

use super::support::{everything, printed};
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
fn every_resource_is_as_the_official_sdk_has_it() {
    let tools = Tools::get();
    for settings in [Settings::default(), everything()] {
        let checked = check(tools, &printed(&settings));
        let said = String::from_utf8_lossy(&checked.stdout);
        assert!(
            checked.status.success(),
            "{said}{}",
            String::from_utf8_lossy(&checked.stderr)
        );
    }
}

/// What checks, and what stands in for the provider, have tests of their own.
#[test]
#[ignore = "needs Python and packages of PyPI"]
fn the_tools_themselves() {
    let tools = Tools::get();
    for tests in ["test_check_program.py", "test_standin.py"] {
        let done = Command::new(tools.python()).arg(aws().join(tests)).output();
        let done = done.expect("python starts");
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(
            done.status.success() && said.contains("\nOK"),
            "{tests}: {said}"
        );
    }
}
