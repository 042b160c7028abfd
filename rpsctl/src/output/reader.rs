//! Notices when the reader of stdout goes away.

use std::future::pending;
use std::io;
use std::os::fd::AsFd;

use tokio::io::Interest;
use tokio::net::unix::pipe::Sender;

/// The reader of stdout, if stdout is a pipe. A file has no reader.
pub(crate) struct Reader(Option<Sender>);

impl Reader {
    pub(crate) fn new() -> Self {
        let stdout = io::stdout().as_fd().try_clone_to_owned();
        // Unchecked, because a checked pipe would stop blocking: programs that share it do not expect that.
        Self(stdout.and_then(Sender::from_owned_fd_unchecked).ok())
    }

    /// Waits until the reader has closed the pipe.
    pub(crate) async fn gone(&self) {
        match &self.0 {
            // Only a pipe without a reader has this state.
            Some(stdout) => drop(stdout.ready(Interest::ERROR).await),
            None => pending().await,
        }
    }
}
