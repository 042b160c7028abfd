//! The exit codes and the errors that end with one.

use std::process::ExitCode;

use strum::VariantArray;

/// The exit codes. Scripts rely on them, and docs/rpsctl.md has them with these comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[repr(u8)]
pub enum Exit {
    /// The command succeeded.
    Ok = 0,
    /// An unexpected error occurred, for example in the network, the operating system or AWS.
    Unexpected = 1,
    /// The command line is invalid. Nothing was changed.
    Usage = 2,
    /// AWS refused a request, the plan was not confirmed, or a step was refused.
    Refused = 3,
    /// The target is unhealthy, or a value is over its limit.
    Unhealthy = 4,
    /// The named game, connection, stack or resource does not exist.
    NoSuchThing = 5,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// An error with its own exit code. All other errors end with [`Exit::Unexpected`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Failure {
    exit: Exit,
    message: String,
    /// Every other request would fail too: AWS or the table does not exist, or the credentials are not valid.
    is_final: bool,
    /// A step stopped midway, and another run finishes it.
    is_half_done: bool,
}

impl Failure {
    /// An error in the command line that clap cannot detect.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            is_final: false,
            is_half_done: false,
        }
    }

    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }

    pub(crate) fn is_final(&self) -> bool {
        self.is_final
    }

    /// Marks the failure as one that a retry does not change.
    pub(crate) fn finally(self) -> Self {
        Self {
            is_final: true,
            ..self
        }
    }

    pub(crate) fn is_half_done(&self) -> bool {
        self.is_half_done
    }

    /// Adds the part of a step that is done, and how to finish the step.
    pub(crate) fn half_done(self, state: &str) -> Self {
        Self {
            message: format!("{}; half done: {state}", self.message),
            is_half_done: true,
            ..self
        }
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
        let is_broken_pipe = error.chain().any(|cause| {
            cause
                .downcast_ref::<std::io::Error>()
                .is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe)
        });
        match error.downcast_ref::<Failure>() {
            Some(failure) => failure.exit,
            // The reader of stdout has read enough, as in `rpsctl … | head -1`.
            None if is_broken_pipe => Self::Ok,
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
    fn each_error_has_its_exit_code() {
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
