//! Builds the functions' zips: `cargo run -p rps-infra --bin package [arm64|x86_64]`.
//!
//! cargo-lambda builds for Lambda's Amazon Linux from any system; this names what it needs, strips this
//! machine's paths from the executables, and writes zips that are the same whenever the functions are.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fmt};

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
    let architecture = match env::args().nth(1) {
        None => Architecture::Arm64,
        Some(name) => name
            .parse()
            .map_err(|()| format!("{name:?} is no architecture: it takes arm64 or x86_64"))?,
    };
    build(architecture)?;
    for function in Function::ALL {
        let executable = built().join(function.name()).join("bootstrap");
        let zip = zips::absolute_path(architecture, function);
        zips::write(&executable, &zip).map_err(|error| cannot("write", &zip, &error))?;
        let bytes = zip
            .metadata()
            .map_err(|error| cannot("read", &zip, &error))?
            .len();
        let line = writeln!(io::stdout(), "{bytes:>8} bytes  {}", shown(&zip).display());
        line.map_err(|error| error.to_string())?;
    }
    Ok(())
}

fn build(architecture: Architecture) -> Result<(), String> {
    let mut build = Command::new("cargo");
    build.current_dir(workspace()).args(["lambda", "build"]);
    build.args(["--release", "--locked", "--package", "rps-handlers"]);
    build.arg(match architecture {
        Architecture::Arm64 => "--arm64",
        Architecture::X86_64 => "--x86-64",
    });
    build.arg("--lambda-dir").arg(built());
    // They would put the flags below out of force.
    build
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    if let Some(home) = cargo_home() {
        // Where this machine keeps crates is in panic messages otherwise, and changes the bytes.
        let remap = format!("--remap-path-prefix={}=cargo", home.display());
        build.args(["--config", &format!("build.rustflags=[{remap:?}]")]);
    }
    let status = build
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

fn cannot(what: &str, path: &Path, error: &dyn fmt::Display) -> String {
    format!("cannot {what} {}: {error}", path.display())
}
