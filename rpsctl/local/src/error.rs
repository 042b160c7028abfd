//! Why the local AWS did not start.

use std::path::PathBuf;

/// Why the local AWS did not start, each in one line for the person at the terminal.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another program listens there.
    #[error("port {0} is in use: stop what listens there, or choose another port")]
    PortInUse(u16),
    /// The port cannot be had for another reason.
    #[error("cannot listen on 127.0.0.1:{0}: {1}")]
    Port(u16, std::io::Error),
    /// The data file cannot be used.
    #[error("cannot keep the table in {0}: {1}; name a new file, or one that was made here")]
    Data(PathBuf, String),
    /// A function's program is not there.
    #[error("the program of the function {0} is not there: {1}")]
    Program(&'static str, PathBuf),
    /// The queues could not be created.
    #[error("cannot create the queues: {0}")]
    Queues(String),
}
