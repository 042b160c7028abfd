//! The files of a target's corpus.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::{FuzzError, Target};

/// The files' contents, sorted by name, so that a seed means the same inputs on every machine.
#[derive(Debug)]
pub struct Corpus {
    pub files: Vec<(PathBuf, Vec<u8>)>,
}

impl Corpus {
    /// The target's folder in the repository.
    pub fn folder(target: Target) -> PathBuf {
        let name: &str = target.into();
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/corpus")).join(name)
    }

    pub fn read(folder: &Path) -> Result<Self, FuzzError> {
        let unreadable = |error| FuzzError::Unreadable(folder.to_owned(), error);
        let entries = fs::read_dir(folder).map_err(unreadable)?;
        let files: io::Result<Vec<_>> = entries.map(|entry| Ok(entry?.path())).collect();
        let mut files = files.map_err(unreadable)?;
        files.sort();
        let files = files
            .into_iter()
            .map(|file| Ok((file.clone(), read(file)?)));
        let files: Vec<_> = files.collect::<Result<_, _>>()?;
        if files.is_empty() {
            return Err(FuzzError::Empty(folder.to_owned()));
        }
        Ok(Self { files })
    }
}

pub(crate) fn read(file: PathBuf) -> Result<Vec<u8>, FuzzError> {
    fs::read(&file).map_err(|error| FuzzError::Unreadable(file, error))
}

/// Compares a target's answer with the file's name.
pub(crate) fn check_name(target: Target, file: &Path, accepted: bool) -> Result<(), FuzzError> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let file = file.to_owned();
    if name.starts_with("valid-") && !accepted {
        return Err(FuzzError::NotValid { target, file });
    }
    if name.starts_with("invalid-") && accepted {
        return Err(FuzzError::NotInvalid { target, file });
    }
    Ok(())
}
