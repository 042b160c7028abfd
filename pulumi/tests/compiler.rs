//! Runs `rps-infra` like Pulumi: in the program's folder, with or without the stack's name and configuration in
//! the environment.

use std::fs;
use std::process::{Command, Output};

use rps_contract::names::Function;
use rps_infra::{Architecture, Settings, program, zips};
use tempfile::TempDir;

/// A project folder, with empty zip files for the architecture or without any.
fn project(architecture: Option<Architecture>) -> TempDir {
    let root = tempfile::tempdir().expect("a folder");
    let program = root.path().join("pulumi");
    fs::create_dir(&program).expect("a folder");
    for (architecture, function) in architecture
        .into_iter()
        .flat_map(|architecture| Function::ALL.map(|function| (architecture, function)))
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

fn failure_message(project: &TempDir, stack: &str, config: &str) -> String {
    let environment = [("PULUMI_STACK", stack), ("PULUMI_CONFIG", config)];
    let output = run(project, &environment);
    assert!(!output.status.success() && output.stdout.is_empty());
    String::from_utf8(output.stderr).expect("text")
}

fn successful_stdout(output: &Output) -> &str {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    str::from_utf8(&output.stdout).expect("text")
}

fn program_text(settings: &Settings) -> String {
    serde_json::to_string_pretty(&program(settings)).expect("plain data") + "\n"
}

#[test]
fn without_configuration_it_prints_the_default_program() {
    let output = run(&project(None), &[]);
    assert_eq!(
        successful_stdout(&output),
        program_text(&Settings::default())
    );
}

#[test]
fn the_program_depends_on_the_settings_but_not_on_the_stack_name() {
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
        assert_eq!(successful_stdout(&output), program_text(&settings));
    }
}

#[test]
fn each_error_is_one_line_with_a_remedy() {
    let project = project(Some(Architecture::Arm64));
    let table = [
        (
            "dev",
            r#"{"rps:maxRounds":"13"}"#,
            "invalid rps:maxRounds \"13\": use a whole number from 1 to 12\n",
        ),
        (
            "My.Stack",
            "{}",
            "invalid stack name \"My.Stack\": use up to 40 lower-case letters, digits and single hyphens, \
             beginning with a letter\n",
        ),
        (
            "dev",
            r#"{"rps:architecture":"x86_64"}"#,
            "missing x86_64 zip files of connection, join-game, receive-play, decide: run \
             `cargo run --bin package x86_64`\n",
        ),
    ];
    for (stack, config, message) in table {
        assert_eq!(failure_message(&project, stack, config), message);
    }
    let zip = zips::path(Architecture::Arm64, Function::Decide);
    fs::remove_file(project.path().join("pulumi").join(zip)).expect("removed");
    let message = "missing arm64 zip files of decide: run `cargo run --bin package arm64`\n";
    assert_eq!(failure_message(&project, "dev", "{}"), message);
    let invalid_json = failure_message(&project, "dev", "{");
    assert!(
        invalid_json.starts_with("invalid PULUMI_CONFIG: "),
        "{invalid_json}"
    );
}
