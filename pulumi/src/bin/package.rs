//! Builds the functions' zips: `cargo run -p rps-infra --bin package [arm64|x86_64]`.
//!
//! cargo-lambda builds for Lambda's Amazon Linux from any system; this names what it needs, strips this
//! machine's paths from the executables, and writes zips that are the same whenever the functions are.

use std::env;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use rps_contract::names::Function;
use rps_infra::{Architecture, zips};

fn main() -> ExitCode {
    match package() {
        Ok(()) => ExitCode::SUCCESS,
        Err(refusal) => {
            let _ = writeln!(io::stderr(), "package: {refusal}");
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
                "{name:?} is no architecture: it takes arm64 or x86_64"
            ));
        }
    };
    build(architecture)?;
    for function in Function::ALL {
        let executable = built().join(function.name()).join("bootstrap");
        let zip = zips::absolute_path(architecture, function);
        let bytes = zips::write(&executable, &zip)
            .map_err(|error| format!("cannot write {}: {error}", zip.display()))?;
        let line = writeln!(io::stdout(), "{bytes:>8} bytes  {}", shown(&zip).display());
        line.map_err(|error| error.to_string())?;
    }
    Ok(())
}

fn build(architecture: Architecture) -> Result<(), String> {
    // The oldest processors that Lambda runs functions on, as cargo-lambda itself has it for `--release`.
    let (target, cpu) = match architecture {
        Architecture::Arm64 => ("--arm64", "neoverse-n1"),
        Architecture::X86_64 => ("--x86-64", "haswell"),
    };
    let mut flags = vec![format!("-Ctarget-cpu={cpu}")];
    if let Some(home) = cargo_home() {
        // Where this machine keeps crates is in panic messages otherwise, and changes the bytes.
        flags.push(format!("--remap-path-prefix={}=cargo", home.display()));
    }
    // Of this package alone: what other packages enable in the crates they share would be in the functions too.
    let status = Command::new("cargo")
        .current_dir(workspace())
        .args(["lambda", "build", "--profile", "lambda", target])
        .args(["--locked", "--package", "rps-handlers"])
        .args(["--config", &format!("build.rustflags={flags:?}")])
        .arg("--lambda-dir")
        .arg(built())
        // They would put the flags out of force.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .status()
        .map_err(|error| format!("cargo does not start: {error}"))?;
    if status.success() {
        return Ok(());
    }
    let there = Command::new("cargo").args(["lambda", "--version"]).output();
    Err(match there {
        Ok(output) if output.status.success() => "the functions were not built: see above".to_owned(),
        _ => "cargo-lambda is not installed: `pip install cargo-lambda`, or `cargo install cargo-lambda` \
              and a zig"
            .to_owned(),
    })
}

fn cargo_home() -> Option<PathBuf> {
    let set = env::var_os("CARGO_HOME").map(PathBuf::from);
    set.or_else(|| Some(env::home_dir()?.join(".cargo")))
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Where cargo-lambda puts the executables.
fn built() -> PathBuf {
    workspace().join("target/lambda")
}

fn shown(zip: &Path) -> PathBuf {
    zip.canonicalize()
        .ok()
        .zip(env::current_dir().ok())
        .and_then(|(zip, here)| zip.strip_prefix(here).ok().map(Path::to_owned))
        .unwrap_or_else(|| zip.to_owned())
}
