//! The plain loop: runs the corpus and its mutations, and reports the first failure.

use std::cell::RefCell;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::corpus::{check_name, read};
use crate::mutate::input;
use crate::{Corpus, FuzzError, Harness, Target};

pub struct Run<'a> {
    pub target: Target,
    pub corpus: &'a Corpus,
    pub seed: u64,
    /// The indexes of the inputs.
    pub inputs: Range<u64>,
    /// How many inputs have run.
    pub done: &'a AtomicU64,
    pub is_stopped: &'a AtomicBool,
}

impl Run<'_> {
    /// Runs the corpus, and then the inputs until one fails or the run is stopped.
    pub fn run(&self, mut harness: Harness) -> Result<(), FuzzError> {
        let target = self.target;
        for (file, data) in &self.corpus.files {
            replay_data(target, &mut harness, file, data)?;
        }
        let files = self.corpus.files.iter();
        let corpus: Vec<&[u8]> = files.map(|(_, data)| &**data).collect();
        for index in self.inputs.clone() {
            if self.is_stopped.load(Ordering::Relaxed) {
                break;
            }
            let data = input(target, &corpus, self.seed, index);
            watch(|| harness(&data)).map_err(|reason| self.failure(reason, index, &data))?;
            self.done.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }

    fn failure(&self, reason: String, index: u64, data: &[u8]) -> FuzzError {
        let (target, seed) = (self.target, self.seed);
        let input = format!("this is input {index} of seed {seed}");
        let (origin, arguments) = match save(target, data) {
            Ok(file) => {
                let file = file.display();
                (format!("{input}, in {file}"), format!("--file {file}"))
            }
            Err(error) => (
                format!("{input}, and cannot be saved: {error}"),
                format!("--seed {seed} --start {index} --inputs 1"),
            ),
        };
        failed(target, reason, origin, &arguments)
    }
}

/// Runs one file.
pub fn replay(target: Target, mut harness: Harness, file: &Path) -> Result<(), FuzzError> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let found_by = |other: &&Target| name.starts_with(&format!("{other}-"));
    if let Some(&other) = Target::ALL
        .iter()
        .find(found_by)
        .filter(|it| **it != target)
    {
        let file = file.to_owned();
        return Err(FuzzError::OtherTarget {
            target,
            other,
            file,
        });
    }
    replay_data(target, &mut harness, file, &read(file.to_owned())?)
}

fn replay_data(
    target: Target,
    harness: &mut Harness,
    file: &Path,
    data: &[u8],
) -> Result<(), FuzzError> {
    let accepted = watch(|| harness(data)).map_err(|reason| {
        let file = file.display();
        failed(
            target,
            reason,
            format!("the input is {file}"),
            &format!("--file {file}"),
        )
    })?;
    check_name(target, file, accepted)
}

fn failed(target: Target, reason: String, origin: String, arguments: &str) -> FuzzError {
    FuzzError::Failed {
        target,
        reason,
        origin,
        command: format!(
            "cargo run --release -p rps-handlers --example fuzz -- {target} {arguments}"
        ),
    }
}

/// The file's name follows from its contents, so a repeated failure has one file.
fn save(target: Target, data: &[u8]) -> std::io::Result<PathBuf> {
    let folder = std::env::temp_dir().join("rps-fuzz");
    fs::create_dir_all(&folder)?;
    let mut hasher = DefaultHasher::new();
    data.hash(&mut hasher);
    let file = folder.join(format!("{target}-{:016x}", hasher.finish()));
    fs::write(&file, data)?;
    Ok(file)
}

thread_local! {
    /// The panics of this thread; `None` while it runs no input.
    static PANICS: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

/// Runs an input. Returns the first panic's message in one line, even if a server in this thread survived the panic.
fn watch(input: impl FnOnce() -> bool) -> Result<bool, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let print = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            let is_watched = PANICS.with_borrow_mut(|panics| {
                let line = || panic.to_string().replace('\n', " ");
                panics.as_mut().map(|panics| panics.push(line()))
            });
            if is_watched.is_none() {
                print(panic);
            }
        }));
    });
    PANICS.set(Some(Vec::new()));
    let accepted = catch_unwind(AssertUnwindSafe(input)).unwrap_or_default();
    let panics = PANICS.take().unwrap_or_default();
    panics.into_iter().next().map_or(Ok(accepted), Err)
}
