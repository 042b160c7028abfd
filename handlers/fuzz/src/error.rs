//! Why a run ended early. Each message is one line.

use std::io;
use std::path::PathBuf;

use crate::Target;

#[derive(Debug, thiserror::Error)]
pub enum FuzzError {
    #[error(
        "cannot read {0}: {1}; name a readable folder or file, such as handlers/fuzz/corpus/frame"
    )]
    Unreadable(PathBuf, io::Error),
    #[error("the corpus {0} has no files; name another folder, such as handlers/fuzz/corpus/frame")]
    Empty(PathBuf),
    #[error(
        "the target {target} does not accept {file}: the file belongs to another target, or the parser has changed; \
         move the file to its target's folder, or rename it to invalid-*"
    )]
    NotValid { target: Target, file: PathBuf },
    #[error(
        "the target {target} accepts {file}: the parser has changed, or the file's name is wrong; rename it to valid-*"
    )]
    NotInvalid { target: Target, file: PathBuf },
    #[error("the target {other} found {file}, not {target}; run it with the target {other}")]
    OtherTarget {
        target: Target,
        other: Target,
        file: PathBuf,
    },
    /// A property does not hold.
    #[error("the target {target} failed: {reason}; {origin}; replay it: {command}")]
    Failed {
        target: Target,
        reason: String,
        /// Where the input comes from.
        origin: String,
        command: String,
    },
}
