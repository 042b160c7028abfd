//! `rps-infra` as Pulumi runs it: in the folder of the program, with the stack's name and configuration in
//! the environment, or with neither.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use rps_contract::names::Function;
use rps_infra::{Architecture, Settings, program, zips};
use tempfile::TempDir;

/// A folder that looks like the program's.
struct Folder {
    root: TempDir,
}

impl Folder {
    fn new() -> Self {
        let root = tempfile::tempdir().expect("a folder");
        fs::create_dir(root.path().join("pulumi")).expect("a folder");
        Self { root }
    }

    fn with_zips(self, architecture: Architecture) -> Self {
        for function in Function::ALL {
            let zip = self.program().join(zips::path(architecture, function));
            fs::create_dir_all(zip.parent().expect("a folder")).expect("a folder");
            fs::write(zip, "").expect("a file");
        }
        self
    }

    fn program(&self) -> PathBuf {
        self.root.path().join("pulumi")
    }

    fn run(&self, stack_and_config: Option<(&str, &str)>) -> Output {
        let mut compiler = Command::new(env!("CARGO_BIN_EXE_rps-infra"));
        compiler.current_dir(self.program()).env_clear();
        if let Some((stack, config)) = stack_and_config {
            compiler
                .env("PULUMI_STACK", stack)
                .env("PULUMI_CONFIG", config);
        }
        compiler.output().expect("it runs")
    }

    fn refusal(&self, stack: &str, config: &str) -> String {
        let output = self.run(Some((stack, config)));
        assert!(!output.status.success() && output.stdout.is_empty());
        String::from_utf8(output.stderr).expect("text")
    }
}

fn printed(settings: &Settings) -> String {
    serde_json::to_string_pretty(&program(settings)).expect("plain data") + "\n"
}

#[test]
fn asked_what_it_needs_it_prints_the_plain_program() {
    let output = Folder::new().run(None);
    assert!(output.status.success());
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        printed(&Settings::default())
    );
}

#[test]
fn the_program_follows_the_settings_and_not_the_stack() {
    let folder = Folder::new().with_zips(Architecture::X86_64);
    let config = r#"{"aws:region":"eu-west-1","rps:architecture":"x86_64","rps:site":"true"}"#;
    let settings = Settings {
        architecture: Architecture::X86_64,
        site: true,
        ..Settings::default()
    };
    for stack in ["dev", "prod"] {
        let output = folder.run(Some((stack, config)));
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert_eq!(String::from_utf8_lossy(&output.stdout), printed(&settings));
    }
}

#[test]
fn what_is_wrong_is_one_line_that_says_what_to_do() {
    let folder = Folder::new().with_zips(Architecture::Arm64);
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
        assert_eq!(folder.refusal(stack, config), said);
    }
    let zip = zips::path(Architecture::Arm64, Function::Decide);
    fs::remove_file(folder.program().join(Path::new(&zip))).expect("removed");
    let said =
        "no zip is built of decide for arm64: run `cargo run -p rps-infra --bin package arm64`\n";
    assert_eq!(folder.refusal("dev", "{}"), said);
    let unreadable = folder.refusal("dev", "{");
    assert!(
        unreadable.starts_with("PULUMI_CONFIG is not what Pulumi hands over: "),
        "{unreadable}"
    );
}
