//! The tools these tests need, which a bare machine has not.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use rps_infra::{Architecture, zips};

/// Set, it leaves the stand-in off PATH: Pulumi then takes the real provider.
const REAL_PROVIDER: &str = "RPS_TEST_REAL_PROVIDER";

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    root.canonicalize().expect("the workspace")
}

/// The stand-in for the AWS provider, and the check of types.
pub(crate) fn aws() -> PathBuf {
    root().join("pulumi/tests/aws")
}

/// Where the tools are.
pub(crate) struct Tools {
    folder: PathBuf,
}

impl Tools {
    /// The tools, made at their first use.
    pub(crate) fn get() -> &'static Self {
        static TOOLS: LazyLock<Tools> = LazyLock::new(make);
        &TOOLS
    }

    pub(crate) fn python(&self) -> PathBuf {
        self.folder.join("python/bin/python")
    }

    pub(crate) fn ministack(&self) -> PathBuf {
        self.folder.join("python/bin/ministack")
    }

    pub(crate) fn pulumi(&self) -> PathBuf {
        self.folder.join("bin/pulumi")
    }

    /// What is searched for programs: the tools, the stand-in, then what the machine has.
    pub(crate) fn path(&self) -> String {
        let mut all = vec![self.folder.join("bin"), self.folder.join("python/bin")];
        if std::env::var_os(REAL_PROVIDER).is_none() {
            all.push(self.folder.join("provider"));
        }
        let machine = std::env::var_os("PATH").unwrap_or_default();
        all.extend(std::env::split_paths(&machine));
        let path = std::env::join_paths(all).expect("no colon in a path");
        path.into_string().expect("a path in UTF-8")
    }
}

/// What this machine's functions are made of.
pub(crate) fn architecture() -> Architecture {
    let architecture = match std::env::consts::ARCH {
        "aarch64" => Architecture::Arm64,
        _ => Architecture::X86_64,
    };
    let name = architecture.name();
    assert!(
        zips::missing(architecture).is_empty(),
        "run `cargo run -p rps-infra --bin package {name}` first"
    );
    architecture
}

fn make() -> Tools {
    let folder = root().join("target/tools");
    if !folder.join("python.made-of").is_file() {
        notice("making their tools, once: the Pulumi CLI takes minutes to build");
    }
    let script = root().join("pulumi/tests/tools.sh");
    let made = Command::new("bash").arg(script).arg(&folder).output();
    let made = made.expect("bash starts");
    let said = [made.stdout, made.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(made.status.success(), "{said}");
    Tools { folder }
}

/// Says something that the test runner does not keep for itself.
pub(crate) fn notice(text: &str) {
    let _ = writeln!(io::stderr(), "infrastructure tests: {text}");
}
