//! Builds the functions and their peers in `target/cold_start`.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, anyhow, ensure};
use rps_infra::{Architecture, zips};

/// A program that Lambda could run.
pub(crate) struct Program {
    pub(crate) command: Vec<OsString>,
    pub(crate) environment: Vec<(&'static str, &'static str)>,
    /// Bytes of the executable or the script, and of its zip file. `None`: most of it is a part of Lambda's runtime.
    pub(crate) sizes: Option<[u64; 2]>,
}

pub(crate) fn folder() -> PathBuf {
    manifest_folder().join("../target/cold_start")
}

fn manifest_folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn peer(name: &str) -> PathBuf {
    manifest_folder()
        .join("benches/cold_start/peers")
        .join(name)
}

pub(crate) fn function(name: &str) -> Result<Program> {
    let target = folder().join("functions");
    let is_arm = cfg!(target_arch = "aarch64");
    let architecture = if is_arm {
        Architecture::Arm64
    } else {
        Architecture::X86_64
    };
    let flags = format!("build.rustflags={:?}", architecture.rustflags());
    let mut cargo = cargo(&manifest_folder().join("Cargo.toml"), &target);
    cargo.args([
        "--profile",
        "lambda",
        "--features",
        "test-ca",
        "--bin",
        name,
    ]);
    run(cargo
        .args(["--config", &flags])
        .env("RPS_TEST_CA", folder().join("ca.der")))?;
    executable(target.join("lambda").join(name))
}

pub(crate) fn floor() -> Result<Program> {
    let mut floor = lazy_floor()?;
    floor.environment.push(("CONNECT", "init"));
    Ok(floor)
}

pub(crate) fn lazy_floor() -> Result<Program> {
    let target = folder().join("floor");
    let host = output(Command::new("rustc").args(["--print", "host-tuple"]))?;
    let flags = "build.rustflags=['-Ctarget-feature=+crt-static']";
    let mut cargo = cargo(&peer("floor/Cargo.toml"), &target);
    cargo.args(["--release", "--target", &host, "--config", flags]);
    run(cargo.env("RPS_TEST_CA", folder().join("ca.der")))?;
    executable(target.join(host).join("release/floor"))
}

pub(crate) fn stock() -> Result<Program> {
    let target = folder().join("stock");
    run(cargo(&peer("stock/Cargo.toml"), &target).arg("--release"))?;
    executable(target.join("release/stock"))
}

pub(crate) fn node() -> Result<Program> {
    let node = on_path("node")?;
    let target = folder().join("node");
    fs::create_dir_all(&target)?;
    for file in ["index.js", "package.json", "package-lock.json"] {
        fs::copy(peer("node").join(file), target.join(file))?;
    }
    let npm = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
    run(Command::new("npm").current_dir(&target).args(npm))?;
    let bundle = [
        "--bundle",
        "--minify",
        "--platform=node",
        "--outfile=bundle.js",
        "--log-level=error",
    ];
    let esbuild = target.join("node_modules/.bin/esbuild");
    run(Command::new(esbuild)
        .current_dir(&target)
        .arg("index.js")
        .args(bundle))?;
    let script = target.join("bundle.js");
    let mut program = executable(script.clone())?;
    program.command = vec![node.into(), script.into()];
    Ok(program)
}

pub(crate) fn python() -> Result<Program> {
    // The program behind a version manager's script.
    let find = "import sys, boto3; print(sys.executable)";
    let python = output(Command::new("python3").args(["-c", find]))?;
    Ok(Program {
        command: vec![python.into(), peer("python/function.py").into()],
        environment: Vec::new(),
        sizes: None,
    })
}

fn executable(path: PathBuf) -> Result<Program> {
    let bytes = fs::read(&path)?;
    let zip = zips::compress(&bytes, &path.with_extension("zip"))?;
    Ok(Program {
        sizes: Some([bytes.len() as u64, zip]),
        command: vec![path.into()],
        environment: Vec::new(),
    })
}

fn cargo(manifest: &Path, target: &Path) -> Command {
    let mut cargo = Command::new("cargo");
    cargo
        .args(["build", "--locked", "--manifest-path"])
        .arg(manifest);
    cargo.arg("--target-dir").arg(target);
    cargo
}

/// The path of a program: the measured programs get no `PATH`.
pub(crate) fn on_path(name: &str) -> Result<String> {
    let find = format!("command -v {name}");
    let path = output(Command::new("sh").args(["-c", &find]));
    path.map_err(|_| anyhow!("{name} is not installed"))
}

fn run(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.stdout(Stdio::null()).status();
    let status = status.with_context(|| format!("cannot start {name}"))?;
    ensure!(status.success(), "{name} failed");
    Ok(())
}

fn output(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output();
    let output = output.with_context(|| format!("cannot start {name}"))?;
    let error = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "{name} failed: {}",
        error.lines().last().unwrap_or_default()
    );
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
