//! The files of a target's corpus.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::{FuzzError, Target};

/// The files' contents, in an order that is the same on every machine. Hand-written files come first, because another
/// file may change the local AWS, and so the answer to them.
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
        files.sort_by_key(|file| (!is_valid(file) && !is_invalid(file), file.clone()));
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
    let path = file.to_owned();
    if is_valid(file) && !accepted {
        return Err(FuzzError::NotValid { target, file: path });
    }
    if is_invalid(file) && accepted {
        return Err(FuzzError::NotInvalid { target, file: path });
    }
    Ok(())
}

fn is_valid(file: &Path) -> bool {
    has_prefix(file, "valid-")
}

fn is_invalid(file: &Path) -> bool {
    has_prefix(file, "invalid-")
}

fn has_prefix(file: &Path, prefix: &str) -> bool {
    let name = file.file_name().unwrap_or_default();
    name.to_string_lossy().starts_with(prefix)
}
