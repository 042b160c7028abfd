//! Builds the functions' zip files: `cargo run --bin package [arm64|x86_64]`.
//!
//! cargo-lambda cross-compiles the functions for Amazon Linux. This program passes it the build options, removes
//! local paths from the executables, and writes reproducible zip files: equal functions give equal zip files. Beside
//! them, it writes the functions' SBOM.

use std::env;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use rps_contract::names::Function;
use rps_infra::{Architecture, sbom, zips};

fn main() -> ExitCode {
    match package() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            let _ = writeln!(io::stderr(), "package: {message}");
            ExitCode::FAILURE
        }
    }
}

fn package() -> Result<(), String> {
    let architecture = match env::args().nth(1).as_deref() {
        None | Some("arm64") => Architecture::Arm64,
        Some("x86_64") => Architecture::X86_64,
        Some(name) => {
            return Err(format!(
                "invalid architecture {name:?}: use arm64 or x86_64"
            ));
        }
    };
    build(architecture)?;
    for function in Function::ALL {
        let executable = build_folder().join(function.name()).join("bootstrap");
        let zip = zips::absolute_path(architecture, function);
        let bytes = zips::write(&executable, &zip).map_err(|error| {
            let (zip, executable) = (zip.display(), executable.display());
            format!("cannot write {zip} from {executable}: {error}")
        })?;
        let path = relative_path(&zip);
        writeln!(io::stdout(), "{bytes:>8} bytes  {}", path.display())
            .map_err(|error| format!("cannot write to stdout: {error}"))?;
    }
    let (sbom, path) = (sbom::document(architecture)?, sbom::path(architecture));
    fs::write(&path, format!("{sbom:#}\n"))
        .map_err(|error| format!("cannot write {}: {error}", path.display()))
}

fn build(architecture: Architecture) -> Result<(), String> {
    let target = match architecture {
        Architecture::Arm64 => "--arm64",
        Architecture::X86_64 => "--x86-64",
    };
    let mut flags = architecture.rustflags().map(str::to_owned).to_vec();
    if let Some(home) = cargo_home() {
        // Panic messages contain source paths; without this the zip files would depend on the machine.
        flags.push(format!("--remap-path-prefix={}=cargo", home.display()));
    }
    // Build only this package, so that other packages cannot enable features in shared crates.
    let status = Command::new("cargo")
        .current_dir(workspace())
        .args(["lambda", "build", "--profile", "lambda", target])
        .args(["--locked", "--package", "rps-handlers"])
        .args(["--config", &format!("build.rustflags={flags:?}")])
        .arg("--lambda-dir")
        .arg(build_folder())
        // These variables would override `build.rustflags`.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .status()
        .map_err(|error| format!("cannot start cargo: {error}; is Rust installed?"))?;
    if status.success() {
        return Ok(());
    }
    let version = Command::new("cargo").args(["lambda", "--version"]).output();
    Err(match version {
        Ok(output) if output.status.success() => {
            "cannot build the functions: fix cargo-lambda's errors above and try again".to_owned()
        }
        _ => {
            "cargo-lambda is not installed: run `pip install cargo-lambda`, or install zig and run \
              `cargo install --locked cargo-lambda`"
                .to_owned()
        }
    })
}

fn cargo_home() -> Option<PathBuf> {
    let configured = env::var_os("CARGO_HOME").map(PathBuf::from);
    configured.or_else(|| Some(env::home_dir()?.join(".cargo")))
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// cargo-lambda's output folder.
fn build_folder() -> PathBuf {
    workspace().join("target/lambda")
}

/// The path relative to the current folder, if the file is inside it.
fn relative_path(zip: &Path) -> PathBuf {
    zip.canonicalize()
        .ok()
        .zip(env::current_dir().ok())
        .and_then(|(zip, current)| zip.strip_prefix(current).ok().map(Path::to_owned))
        .unwrap_or_else(|| zip.to_owned())
}
