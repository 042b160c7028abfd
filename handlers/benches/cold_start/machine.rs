//! The machine of a measurement, and the versions of its programs.

use std::fs;
use std::process::Command;
use std::thread::available_parallelism;

use serde_json::{Value, json};
use time::OffsetDateTime;

pub(crate) fn description() -> Value {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find(|line| line.starts_with("model name"));
    let model = model.and_then(|line| line.split(": ").nth(1));
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    json!({
        "date": OffsetDateTime::now_utc().date().to_string(),
        "cpu": model.unwrap_or("unknown CPU"),
        "cores": available_parallelism().map_or(0, usize::from),
        "kernel": format!("Linux {}", kernel.trim()),
        "rust": version("rustc"),
        "node": version("node"),
        "python": version("python3"),
    })
}

/// `None`: the program is not installed.
fn version(program: &str) -> Option<String> {
    let output = Command::new(program).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let number = text.split(' ').find(|word| word.contains('.'))?;
    Some(number.trim().trim_start_matches('v').to_owned())
}
