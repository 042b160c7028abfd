//! How rpsctl ends.

use std::process::ExitCode;

use strum::VariantArray;

/// The exit codes, which scripts may rely on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray)]
#[repr(u8)]
pub enum Exit {
    Ok = 0,
    /// Something unexpected: the network, the system, AWS.
    Unexpected = 1,
    /// The command line was wrong; nothing was done.
    Usage = 2,
    /// Refused, by AWS too, or not confirmed; nothing was done.
    Refused = 3,
    /// What was looked at is unhealthy or over a limit.
    Unhealthy = 4,
    /// What was named does not exist.
    NoSuchThing = 5,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// An error that ends with another code than [`Exit::Unexpected`].
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Failure {
    exit: Exit,
    message: String,
    /// Every other call would fail too: AWS or the table is not there, or the credentials are not valid.
    is_final: bool,
}

impl Failure {
    /// The command line was wrong in a way clap cannot tell.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            is_final: false,
        }
    }

    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }

    pub(crate) fn is_final(&self) -> bool {
        self.is_final
    }

    /// A failure that trying again does not change.
    pub(crate) fn finally(self) -> Self {
        Self {
            is_final: true,
            ..self
        }
    }
}

impl From<rps_handlers::ports::Failure> for Failure {
    fn from(failure: rps_handlers::ports::Failure) -> Self {
        let message = format!("{} failed: {}", failure.operation, failure.causes());
        Self::new(Exit::Unexpected, message)
    }
}

impl Exit {
    pub(crate) fn healthy_if(is_healthy: bool) -> Self {
        if is_healthy {
            Self::Ok
        } else {
            Self::Unhealthy
        }
    }

    pub(crate) fn of(error: &anyhow::Error) -> Self {
        let stopped_reading = error.chain().any(|cause| {
            cause
                .downcast_ref::<std::io::Error>()
                .is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe)
        });
        match error.downcast_ref::<Failure>() {
            Some(failure) => failure.exit,
            // Whoever reads our stdout has read enough, as in `rpsctl … | head -1`.
            None if stopped_reading => Self::Ok,
            None => Self::Unexpected,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Error, ErrorKind};

    use anyhow::anyhow;

    use super::{Exit, Failure};

    #[test]
    fn errors_end_with_their_code() {
        let table = [
            (anyhow!("?"), Exit::Unexpected),
            (Failure::usage("?").into(), Exit::Usage),
            (
                anyhow::Error::from(Failure::usage("?")).context("while"),
                Exit::Usage,
            ),
            (Error::from(ErrorKind::BrokenPipe).into(), Exit::Ok),
            (Error::from(ErrorKind::NotFound).into(), Exit::Unexpected),
        ];
        for (error, exit) in table {
            assert_eq!(Exit::of(&error), exit, "{error:#}");
        }
    }
}
