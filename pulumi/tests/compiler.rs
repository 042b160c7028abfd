//! `rps-infra` as Pulumi runs it: in the folder of the program, with the stack's name and configuration in
//! the environment, or with neither.

use std::fs;
use std::process::{Command, Output};

use rps_contract::names::Function;
use rps_infra::{Architecture, Settings, program, zips};
use tempfile::TempDir;

/// A folder that looks like the program's parent, with zips of that architecture or none.
fn project(zips_of: Option<Architecture>) -> TempDir {
    let root = tempfile::tempdir().expect("a folder");
    let program = root.path().join("pulumi");
    fs::create_dir(&program).expect("a folder");
    for (architecture, function) in zips_of
        .into_iter()
        .flat_map(|it| Function::ALL.map(|f| (it, f)))
    {
        let zip = program.join(zips::path(architecture, function));
        fs::create_dir_all(zip.parent().expect("a folder")).expect("a folder");
        fs::write(zip, "").expect("a file");
    }
    root
}

fn run(project: &TempDir, environment: &[(&str, &str)]) -> Output {
    let mut compiler = Command::new(env!("CARGO_BIN_EXE_rps-infra"));
    compiler.current_dir(project.path().join("pulumi"));
    compiler.env_clear().envs(environment.iter().copied());
    compiler.output().expect("it runs")
}

fn refusal(project: &TempDir, stack: &str, config: &str) -> String {
    let environment = [("PULUMI_STACK", stack), ("PULUMI_CONFIG", config)];
    let output = run(project, &environment);
    assert!(!output.status.success() && output.stdout.is_empty());
    String::from_utf8(output.stderr).expect("text")
}

/// What is printed if all is well.
fn program_printed(output: &Output) -> &str {
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    str::from_utf8(&output.stdout).expect("text")
}

fn printed(settings: &Settings) -> String {
    serde_json::to_string_pretty(&program(settings)).expect("plain data") + "\n"
}

#[test]
fn asked_what_it_needs_it_prints_the_plain_program() {
    let output = run(&project(None), &[]);
    assert_eq!(program_printed(&output), printed(&Settings::default()));
}

#[test]
fn the_program_follows_the_settings_and_not_the_stack() {
    let project = project(Some(Architecture::X86_64));
    let config = r#"{"aws:region":"eu-west-1","rps:architecture":"x86_64","rps:site":"true"}"#;
    let settings = Settings {
        architecture: Architecture::X86_64,
        site: true,
        ..Settings::default()
    };
    for stack in ["dev", "prod"] {
        let environment = [("PULUMI_STACK", stack), ("PULUMI_CONFIG", config)];
        let output = run(&project, &environment);
        assert_eq!(program_printed(&output), printed(&settings));
    }
}

#[test]
fn what_is_wrong_is_one_line_that_says_what_to_do() {
    let project = project(Some(Architecture::Arm64));
    let table = [
        (
            "dev",
            r#"{"rps:maxRounds":"13"}"#,
            "rps:maxRounds is \"13\": it takes a whole number from 1 to 12\n",
        ),
        (
            "My.Stack",
            "{}",
            "the stack is named \"My.Stack\": a stack's name takes up to 40 lower-case letters, digits and single \
             hyphens, beginning with a letter\n",
        ),
        (
            "dev",
            r#"{"rps:architecture":"x86_64"}"#,
            "no zip is built of connection, join-game, receive-play, decide for x86_64: run \
             `cargo run -p rps-infra --bin package x86_64`\n",
        ),
    ];
    for (stack, config, said) in table {
        assert_eq!(refusal(&project, stack, config), said);
    }
    let zip = zips::path(Architecture::Arm64, Function::Decide);
    fs::remove_file(project.path().join("pulumi").join(zip)).expect("removed");
    let said =
        "no zip is built of decide for arm64: run `cargo run -p rps-infra --bin package arm64`\n";
    assert_eq!(refusal(&project, "dev", "{}"), said);
    let unreadable = refusal(&project, "dev", "{");
    assert!(
        unreadable.starts_with("PULUMI_CONFIG is not what Pulumi hands over: "),
        "{unreadable}"
    );
}
