//! Checks the sources against the dependency rules in docs/architecture.md.

mod sources;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use self::sources::{Sources, Uses};

/// Each crate, and the crates of this project that it may use outside its tests.
const ALLOWED_CRATES: &[(&str, &str)] = &[
    ("handlers/game", ""),
    ("handlers/contract", "rps-game"),
    ("handlers", "rps-contract rps-game"),
    (
        "handlers/fuzz",
        "rps-game rps-handlers rps-local rps-simulator rps-testkit",
    ),
    ("handlers/simulator", "rps-contract rps-game rps-handlers"),
    ("handlers/testkit", "rps-game rps-handlers"),
    ("pulumi", "rps-contract rps-game rps-handlers"),
    ("rpsctl/local", "rps-contract rps-game"),
    ("rpsctl", "rps-contract rps-game rps-handlers rps-local"),
];

/// Crate, module, and the modules of the same crate that it must not use.
const FORBIDDEN_MODULES: &[(&str, &str, &str)] = &[
    (
        "handlers",
        "ports",
        "config functions inbound outbound service",
    ),
    ("handlers", "service", "config functions inbound outbound"),
    ("handlers", "inbound", "config functions outbound"),
    ("handlers", "outbound", "functions inbound service"),
    ("rpsctl", "cli", "aws commands operate players"),
    ("rpsctl", "output", "aws cli commands operate players"),
    (
        "rpsctl",
        "aws",
        "billing cli commands operate output players",
    ),
    ("rpsctl", "billing", "commands operate output players"),
    ("rpsctl", "operate", "commands players"),
    ("rpsctl", "players", "aws billing commands operate"),
    (
        "rpsctl",
        "target",
        "aws billing cli commands operate output players",
    ),
];

/// Crates that lengthen a function's cold start. docs/decisions/0011-lean-functions.md explains why.
const HEAVY_CRATES: &[&str] = &["aws-config ", "aws-lc-", "hyper v0.", "rustls v0.21."];

const MAX_FILE_LINES: usize = 400;
const MAX_FUNCTION_LINES: usize = 40;

#[test]
fn crates_use_only_the_crates_below_them() {
    let mut faults = Vec::new();
    for (folder, allowed) in ALLOWED_CRATES {
        let manifest = read(&root().join(folder).join("Cargo.toml"));
        let mut sections = manifest.split("\n[");
        let section = sections.find(|section| section.starts_with("dependencies]"));
        let lines = section.expect("dependencies").lines();
        for line in lines.filter(|line| line.starts_with("rps-")) {
            let name = line.split(['.', ' ']).next().unwrap_or_default();
            if !contains_word(allowed, name) {
                faults.push(format!("{folder} uses {name}"));
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn no_function_depends_on_a_heavy_crate() {
    let tree = cargo_tree(&["--package", "rps-handlers", "--edges", "normal"]);
    let heavy = |line: &&str| HEAVY_CRATES.iter().any(|name| line.starts_with(name));
    let faults = tree.lines().filter(heavy).map(|line| {
        format!("a function depends on {line}: find the path with `cargo tree -p rps-handlers -i NAME -e features`")
    });
    assert_none(&faults.collect::<Vec<_>>());
}

#[test]
fn modules_use_no_forbidden_modules() {
    let mut faults = Vec::new();
    for (folder, module, forbidden) in FORBIDDEN_MODULES {
        let sources = Sources::read(folder);
        for name in forbidden.split(' ').chain([*module]) {
            assert!(sources.has(name), "{folder} has no module {name}");
        }
        for (file, used) in sources.used_inside(module) {
            if contains_word(forbidden, &used[0]) {
                faults.push(format!("{file} uses crate::{}", used.join("::")));
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn modules_have_no_cycles() {
    let mut faults = Vec::new();
    for (folder, _) in ALLOWED_CRATES {
        let uses = Sources::read(folder).uses_between_siblings();
        for ((from, to), example) in &uses {
            if reaches(&uses, to, from) {
                faults.push(format!("{from} -> {to} is part of a cycle: {example}"));
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn a_module_with_child_modules_is_a_folder_with_mod_rs() {
    let sources = files_under(root(), &["rs"]);
    let has_children = |file: &&PathBuf| {
        let folder = file.with_extension("");
        sources.iter().any(|other| other.parent() == Some(&folder))
    };
    let faults: Vec<_> = sources
        .iter()
        .filter(has_children)
        .map(|file| relative_path(file))
        .collect();
    assert_none(&faults);
}

/// `cargo run --bin NAME` enables the features that the normal dependencies of all packages need, and `cargo test
/// --workspace` also those of dev-dependencies. A crate with a difference is built twice, and so are all its users.
#[test]
fn cargo_run_and_cargo_test_share_builds() {
    let (run, test) = (features("normal,build"), features("normal,build,dev"));
    let faults: Vec<_> = run.difference(&test).cloned().collect();
    assert_none(&faults);
}

/// The features of each crate that these kinds of dependencies need.
fn features(edges: &str) -> BTreeSet<String> {
    let tree = cargo_tree(&["--workspace", "--edges", edges, "--format", "{p}: {f}"]);
    let crates = tree.lines().map(|line| line.trim_end_matches(" (*)"));
    crates.map(str::to_owned).collect()
}

/// A line per dependency.
fn cargo_tree(options: &[&str]) -> String {
    let tree = Command::new("cargo")
        .current_dir(root())
        .args(["tree", "--locked", "--prefix", "none"])
        .args(options)
        .output()
        .expect("cargo starts");
    let stderr = String::from_utf8_lossy(&tree.stderr);
    assert!(tree.status.success(), "cargo tree: {stderr}");
    String::from_utf8(tree.stdout).expect("text")
}

/// Clippy checks the length of functions in Rust.
#[test]
fn files_and_functions_are_short() {
    let mut faults = Vec::new();
    for file in files_under(root(), &["rs", "py", "js"]) {
        let (text, path) = (read(&file), relative_path(&file));
        let lines = text.lines().count();
        if lines > MAX_FILE_LINES {
            faults.push(format!("{path}: {lines} lines"));
        }
        if file.extension() != Some("rs".as_ref()) {
            let functions = functions(&text).into_iter();
            let long = functions.filter(|(_, lines)| *lines > MAX_FUNCTION_LINES);
            faults.extend(long.map(|(first, lines)| format!("{path}: {lines} lines: {first}")));
        }
    }
    assert_none(&faults);
}

#[track_caller]
fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

fn contains_word(words: &str, word: &str) -> bool {
    words.split(' ').any(|other| other == word)
}

fn reaches(uses: &Uses, from: &str, to: &str) -> bool {
    let (mut visited, mut pending) = (BTreeSet::new(), vec![from]);
    while let Some(module) = pending.pop() {
        if module == to {
            return true;
        }
        if visited.insert(module) {
            pending.extend(
                uses.keys()
                    .filter(|(user, _)| user == module)
                    .map(|(_, used)| used.as_str()),
            );
        }
    }
    false
}

/// The first line and the number of lines of each function in Python or JavaScript. A function ends before the next
/// line that is not indented further.
fn functions(text: &str) -> Vec<(&str, usize)> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let lines: Vec<&str> = text.lines().collect();
    let starts = lines.iter().enumerate().filter(|(_, line)| {
        let words = line
            .trim_start()
            .trim_start_matches("export ")
            .trim_start_matches("async ");
        words.starts_with("def ") || words.starts_with("function ")
    });
    let functions = starts.map(|(start, first)| {
        let body = lines[start + 1..].iter().take_while(|line| {
            line.is_empty() || indent(line) > indent(first) || line.trim_start().starts_with(')')
        });
        let last = body.enumerate().filter(|(_, line)| !line.is_empty()).last();
        (*first, last.map_or(1, |(index, _)| index + 2))
    });
    functions.collect()
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn files_under(folder: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() && path != root().join("target") && !name.starts_with('.') {
            files.extend(files_under(&path, extensions));
        } else if extensions
            .iter()
            .any(|extension| path.extension().is_some_and(|other| other == *extension))
        {
            files.push(path);
        }
    }
    files
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("text")
}

fn relative_path(path: &Path) -> String {
    path.strip_prefix(root())
        .unwrap_or(path)
        .display()
        .to_string()
}
