//! Mistakes that the tests must find: each mutant changes one line of the functions' source.
//!
//! - `cargo test --workspace --test mutants` checks that every mutant applies.
//! - `MUTANTS=all cargo test --workspace --test mutants -- --include-ignored --nocapture` runs all of them in a copy of
//!   the source, and prints the seed that finds each. `MUTANTS` may also be a list of names, separated by commas.
//!   Without `MUTANTS`, three mutants run, chosen by the commit.

mod list;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use self::list::mutants;

struct Mutant {
    name: &'static str,
    file: &'static str,
    /// The source that the mutant replaces. It occurs once in the file.
    from: &'static str,
    to: &'static str,
    found_by: Search,
}

/// The test that finds a mutant, and the number of seeds within which it does.
#[derive(Debug, Clone, Copy)]
enum Search {
    Seeds(u64),
    /// Seeds that also run on the DynamoDB adapter.
    SeedsOnTheAdapter(u64),
}

impl Search {
    fn seeds(self) -> u64 {
        let (Self::Seeds(seeds) | Self::SeedsOnTheAdapter(seeds)) = self;
        seeds
    }

    /// The test's binary and name.
    fn test(self) -> (&'static str, &'static str) {
        match self {
            Self::Seeds(_) => ("guarantees", "no_seed_violates_a_guarantee"),
            Self::SeedsOnTheAdapter(_) => ("service", "many_seeds_run_on_the_adapter"),
        }
    }
}

impl Mutant {
    /// Returns the file's source without and with the mistake.
    fn apply(&self, root: &Path) -> Result<[String; 2], String> {
        let Self { name, file, .. } = self;
        let source = fs::read_to_string(root.join(file));
        let source = source.map_err(|error| {
            format!("mutant '{name}': cannot read {file}: {error}; correct its file in {LIST}")
        })?;
        match source.matches(self.from).count() {
            1 => {
                let mutated = source.replace(self.from, self.to);
                Ok([source, mutated])
            }
            count => Err(format!(
                "mutant '{name}' does not apply: its source occurs {count} times in {file}, not once; correct or delete it in {LIST}"
            )),
        }
    }

    /// Returns the first seed that finds the mistake.
    fn run(&self, copy: &Path) -> Result<u64, String> {
        let Self { name, found_by, .. } = self;
        let [original, mutated] = self.apply(copy)?;
        let file = copy.join(self.file);
        fs::write(&file, mutated).map_err(|error| error.to_string())?;
        let output = self.test(copy);
        fs::write(&file, original).map_err(|error| error.to_string())?;
        let output = output?;
        match first_seed(&output) {
            Some(seed) if seed < found_by.seeds() => Ok(seed),
            Some(seed) => Err(format!(
                "mutant '{name}' is found by seed {seed}, not by {found_by:?}; correct its number in {LIST}"
            )),
            None => Err(format!(
                "mutant '{name}' is not found by {found_by:?}; extend the simulator's checks, or delete it in {LIST}"
            )),
        }
    }

    fn test(&self, copy: &Path) -> Result<Output, String> {
        let (binary, test) = self.found_by.test();
        let build = cargo_test(copy, &[binary, "--no-run"])?;
        if !build.status.success() {
            let errors = String::from_utf8_lossy(&build.stderr).into_owned();
            return Err(format!(
                "mutant '{}' does not compile; correct it in {LIST}:\n{errors}",
                self.name
            ));
        }
        cargo_test(copy, &[binary, "--", "--include-ignored", test])
    }
}

const LIST: &str = "handlers/simulator/tests/mutants/list";

fn cargo_test(copy: &Path, args: &[&str]) -> Result<Output, String> {
    let mut command = Command::new(env!("CARGO"));
    command
        .current_dir(copy)
        .env("CARGO_TARGET_DIR", copy.join("target"));
    // Build scripts run again if these variables change; cargo has set them for this test.
    for (name, _) in std::env::vars() {
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name);
        }
    }
    command
        .args(["test", "--workspace", "--locked", "--test"])
        .args(args);
    command
        .output()
        .map_err(|error| format!("cannot start cargo: {error}"))
}

/// Returns the seed in the message of a failed test: `seed 7: ...`.
fn first_seed(output: &Output) -> Option<u64> {
    if output.status.success() {
        return None;
    }
    let stdout = String::from_utf8_lossy(&output.stdout);
    let seed = |line: &str| line.strip_prefix("seed ")?.split_once(':')?.0.parse().ok();
    stdout.lines().find_map(seed)
}

fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.join("../..").canonicalize().expect("the workspace")
}

/// Copies a folder. Leaves equal files alone, so that cargo does not build them again.
fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let copy = to.join(entry.file_name());
        if [root().join("target"), root().join(".git")].contains(&entry.path()) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &copy)?;
            continue;
        }
        let content = fs::read(entry.path())?;
        if fs::read(&copy).ok().as_ref() != Some(&content) {
            fs::write(&copy, content)?;
        }
    }
    for entry in fs::read_dir(to)? {
        let copy = entry?;
        if from.join(copy.file_name()).exists() {
            continue;
        }
        if copy.file_type()?.is_dir() {
            fs::remove_dir_all(copy.path())?;
        } else {
            fs::remove_file(copy.path())?;
        }
    }
    Ok(())
}

/// Few seeds run, so a fast build saves more time than a fast simulator.
fn build_fast(copy: &Path) -> std::io::Result<()> {
    let manifest = copy.join("Cargo.toml");
    let profile = fs::read_to_string(&manifest)?;
    let fast = profile.replace("rps-simulator.opt-level = 3", "rps-simulator.opt-level = 1");
    fs::write(manifest, fast)
}

/// Links the dependencies that cargo has built, so that it does not build them again. The copy needs a target folder of
/// its own: cargo would take its mutated crates for those of the source.
fn link_dependencies(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (path, link) = (entry.path(), to.join(entry.file_name()));
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_ours = name.starts_with("rps") || name.starts_with("librps");
        let extension = path.extension().unwrap_or_default();
        let is_program = from.ends_with("deps")
            && extension != "rlib"
            && extension != "rmeta"
            && extension != "so";
        if is_ours || is_program {
            continue;
        }
        if entry.file_type()?.is_dir() {
            link_dependencies(&path, &link)?;
        } else if !link.exists() {
            fs::hard_link(path, link)?;
        }
    }
    Ok(())
}

/// The mutants of the variable `MUTANTS`, or three that the commit chooses.
fn chosen() -> Result<Vec<&'static Mutant>, Box<dyn Error>> {
    let named = std::env::var("MUTANTS").unwrap_or_default();
    if named == "all" {
        return Ok(mutants());
    }
    if !named.is_empty() {
        let find = |name: &str| {
            let mutant = mutants().into_iter().find(|mutant| mutant.name == name);
            mutant.ok_or_else(|| {
                format!("there is no mutant '{name}': use a name of {LIST}, or 'all'").into()
            })
        };
        return named.split(',').map(find).collect();
    }
    let output = Command::new("git")
        .args(["rev-parse", "HEAD"])
        .current_dir(root())
        .output()?;
    let commit = String::from_utf8(output.stdout)?;
    let number = commit
        .get(..8)
        .and_then(|digits| usize::from_str_radix(digits, 16).ok());
    let number =
        number.ok_or("cannot read the commit: run this in a git checkout, or set MUTANTS=all")?;
    let mutants = mutants();
    let third = mutants.len() / 3;
    Ok((0..3)
        .map(|part| mutants[(number + part * third) % mutants.len()])
        .collect())
}

#[test]
fn every_mutant_applies() {
    let mutants = mutants();
    assert!(mutants.len() >= 30);
    let failures: Vec<String> = mutants
        .iter()
        .filter_map(|mutant| mutant.apply(&root()).err())
        .collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
#[ignore = "builds the functions for each mutant"]
fn each_chosen_mutant_is_found() {
    let mutants = chosen().unwrap_or_else(|error| panic!("{error}"));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let copy = folder.join("mutants");
    copy_folder(&root(), &copy).expect("a copy of the source");
    build_fast(&copy).expect("a manifest");
    for part in ["build", "deps", ".fingerprint"] {
        let built = folder.join("../debug").join(part);
        let links = copy.join("target/debug").join(part);
        link_dependencies(&built, &links).expect("links to the dependencies");
    }
    let mut failures = 0;
    for mutant in mutants {
        match mutant.run(&copy) {
            Ok(seed) => println!("| {} | {:?} | {seed} |", mutant.name, mutant.found_by),
            Err(failure) => {
                println!("{failure}");
                failures += 1;
            }
        }
    }
    assert_eq!(failures, 0);
}
