//! Installs the tools that these tests need.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use rps_infra::{Architecture, zips};

/// If this variable is set, PATH does not contain the fake provider, and Pulumi uses the real provider.
const REAL_PROVIDER: &str = "RPS_TEST_REAL_PROVIDER";

/// The workspace's root.
pub(crate) fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    root.canonicalize().expect("the workspace")
}

/// The folder of the fake provider and the type checker.
pub(crate) fn aws() -> PathBuf {
    root().join("pulumi/tests/aws")
}

pub(crate) struct Tools {
    folder: PathBuf,
}

impl Tools {
    /// Installs the tools on the first call.
    pub(crate) fn get() -> &'static Self {
        static TOOLS: LazyLock<Tools> = LazyLock::new(install);
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

    /// The PATH for the tests' programs: the tools, the fake provider, then the current PATH.
    pub(crate) fn path(&self) -> String {
        let mut folders = vec![self.folder.join("bin"), self.folder.join("python/bin")];
        if std::env::var_os(REAL_PROVIDER).is_none() {
            folders.push(self.folder.join("provider"));
        }
        let current = std::env::var_os("PATH").unwrap_or_default();
        folders.extend(std::env::split_paths(&current));
        let path = std::env::join_paths(folders).expect("no colon in a path");
        path.into_string().expect("a path in UTF-8")
    }
}

/// This machine's architecture. The functions' zip files for it must exist.
pub(crate) fn architecture() -> Architecture {
    let architecture = match std::env::consts::ARCH {
        "aarch64" => Architecture::Arm64,
        _ => Architecture::X86_64,
    };
    let name = architecture.name();
    assert!(
        zips::missing(architecture).is_empty(),
        "run `cargo run --bin package {name}` first"
    );
    architecture
}

fn install() -> Tools {
    let folder = root().join("target/tools");
    if !folder.join("python.made-of").is_file() {
        notice("installing the tools once; the Pulumi CLI takes minutes to build");
    }
    let script = root().join("pulumi/tests/tools.sh");
    let output = Command::new("bash").arg(script).arg(&folder).output();
    let output = output.expect("bash starts");
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    assert!(output.status.success(), "{text}");
    Tools { folder }
}

/// Prints a notice that the test runner does not capture.
pub(crate) fn notice(text: &str) {
    let _ = writeln!(io::stderr(), "infrastructure tests: {text}");
}
