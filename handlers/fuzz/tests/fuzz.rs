//! Runs every target with ten thousand inputs, and checks how a run reports errors.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::cell::RefCell;
use std::fs;
use std::ops::Range;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rps_fuzz::{Corpus, FuzzError, Harness, Run, Target, replay};

const INPUTS: u64 = 10_000;

fn run(target: Target, harness: Harness, folder: &Path) -> Result<(), FuzzError> {
    let run = Run {
        target,
        corpus: &Corpus::read(folder)?,
        seed: 0,
        inputs: 0..INPUTS,
        done: &AtomicU64::new(0),
        is_stopped: &AtomicBool::new(false),
    };
    run.run(harness)
}

#[track_caller]
fn assert_holds(target: Target) {
    let result = run(target, target.start(), &Corpus::folder(target));
    result.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn frames() {
    assert_holds(Target::Frame);
}

#[test]
fn events_of_api_gateway() {
    assert_holds(Target::Event);
}

#[test]
fn events_of_sqs() {
    assert_holds(Target::Queue);
}

#[test]
fn items() {
    assert_holds(Target::Item);
}

#[test]
fn requests_to_the_local_aws() {
    assert_holds(Target::Http);
}

#[test]
#[ignore = "plays with real functions for a minute"]
fn sockets_of_the_local_aws() {
    assert_holds(Target::Socket);
}

/// Not a test: a function's process for the target `socket`. In other runs it returns at once.
#[test]
#[ignore = "started by the local AWS as a function"]
fn function_process() {
    rps_fuzz::become_function();
}

/// Returns the error's only line.
fn line(result: Result<(), FuzzError>) -> String {
    let line = result.unwrap_err().to_string();
    assert!(!line.contains('\n'), "{line}");
    line
}

fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, data) in files {
        fs::write(folder.path().join(name), data).unwrap();
    }
    folder
}

#[test]
fn a_corpus_of_another_target_is_refused() {
    for target in Target::ALL {
        for other in Target::ALL.iter().filter(|other| *other != target) {
            let error = line(run(*target, target.start(), &Corpus::folder(*other)));
            assert!(
                error.contains("the file belongs to another target"),
                "{error}"
            );
        }
    }
}

#[test]
fn a_wrong_name_in_a_corpus_is_refused() {
    let valid = br#"{"action":"join-game"}"#;
    for (name, data, remedy) in [
        (
            "valid-join",
            &b"{}"[..],
            "move the file to its target's folder",
        ),
        ("invalid-join", valid, "rename it to valid-*"),
    ] {
        let folder = folder(&[(name, data)]);
        let error = line(run(Target::Frame, Target::Frame.start(), folder.path()));
        assert!(error.contains(remedy) && error.contains(name), "{error}");
    }
}

#[test]
fn a_missing_empty_or_unreadable_corpus_is_refused() {
    let empty = folder(&[]);
    let with_folder = folder(&[]);
    fs::create_dir(with_folder.path().join("frame")).unwrap();
    for (folder, expected) in [
        (Path::new("/nowhere"), "cannot read /nowhere: "),
        (empty.path(), "has no files; name another folder"),
        (with_folder.path(), "frame: "),
    ] {
        let error = line(run(Target::Frame, Target::Frame.start(), folder));
        assert!(error.contains(expected), "{error}");
    }
}

/// A harness in which one property does not hold.
fn broken() -> Harness {
    Box::new(|data| {
        assert!(!data.contains(&0xff), "two\nlines");
        false
    })
}

#[test]
fn a_failure_names_its_input_and_the_command_that_replays_it() {
    let corpus = folder(&[("a", b"a"), ("b", b"bb")]);
    let error = line(run(Target::Frame, broken(), corpus.path()));
    assert!(
        error.starts_with("the target frame failed: ") && error.contains("two lines"),
        "{error}"
    );
    assert_eq!(line(run(Target::Frame, broken(), corpus.path())), error);
    let (command, file) = error.rsplit_once(" --file ").unwrap();
    assert!(
        command.ends_with("cargo run --release -p rps-handlers --example fuzz -- frame"),
        "{command}"
    );
    let again = line(replay(Target::Frame, broken(), Path::new(file)));
    assert!(
        again.contains("two lines") && again.contains(file),
        "{again}"
    );
    replay(Target::Frame, Target::Frame.start(), Path::new(file)).unwrap();
    let other = line(replay(Target::Item, Target::Item.start(), Path::new(file)));
    assert!(other.ends_with("run it with the target frame"), "{other}");
    fs::remove_file(file).unwrap();
}

/// A server that survives a panic has not handled the input.
#[test]
fn a_panic_that_the_harness_catches_is_a_failure() {
    let corpus = folder(&[("a", b"a")]);
    let harness = Box::new(|_: &[u8]| std::panic::catch_unwind(|| panic!("caught")).is_ok());
    let error = line(run(Target::Frame, harness, corpus.path()));
    assert!(error.contains("caught"), "{error}");
}

#[test]
fn a_run_can_continue_after_an_interruption() {
    let corpus = &Corpus::read(&Corpus::folder(Target::Frame)).unwrap();
    let inputs = |range: Range<u64>, limit: u64| {
        let (inputs, done) = (Rc::new(RefCell::new(Vec::new())), AtomicU64::new(0));
        let (seen, is_stopped) = (Rc::clone(&inputs), Arc::new(AtomicBool::new(false)));
        let (stop, skipped) = (Arc::clone(&is_stopped), corpus.files.len() as u64);
        let harness = Box::new(move |data: &[u8]| {
            seen.borrow_mut().push(data.to_vec());
            stop.store(
                seen.borrow().len() as u64 == skipped + limit,
                Ordering::Relaxed,
            );
            Target::Frame.start()(data)
        });
        let run = Run {
            target: Target::Frame,
            corpus,
            seed: 3,
            inputs: range,
            done: &done,
            is_stopped: &is_stopped,
        };
        run.run(harness).unwrap();
        let inputs = inputs.borrow()[corpus.files.len()..].to_vec();
        assert_eq!(done.into_inner(), inputs.len() as u64);
        inputs
    };
    let whole = inputs(0..100, 100);
    assert_eq!(whole.len(), 100);
    let interrupted = inputs(0..100, 40);
    assert_eq!(interrupted, whole[..40]);
    assert_eq!(inputs(40..100, 100), whole[40..]);
}

/// `cargo fuzz` has a binary per target.
#[test]
fn libfuzzer_has_every_target() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/libfuzzer"));
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    for target in Target::ALL {
        let path = format!("fuzz_targets/{target}.rs");
        assert!(manifest.contains(&path), "{path}");
        let source = fs::read_to_string(folder.join(&path)).unwrap();
        assert!(
            source.contains(&format!("Target::{target:?}.run_once(data)")),
            "{path}"
        );
    }
}
