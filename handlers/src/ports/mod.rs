//! The service's interfaces to the outside. Each trait covers one subject and one AWS action.
//!
//! The signature of a service function names its traits and so its capabilities. [`actions`] lists the
//! AWS actions that each function's role must allow. A method makes *one* call to AWS, a conditional
//! write or a read, so a crash can only fall between two methods. A failed condition is a result, not an
//! error. Every call is safe to repeat: the adapters retry transient errors, and recognize their own
//! earlier write if its response was lost.

mod actions;
mod connections;
mod environment;
mod games;
mod lobby;
mod players;
mod queue;

use std::error::Error;
use std::fmt::{self, Display, Formatter};
use std::future::Future;
use std::iter::successors;

pub use self::actions::actions;
pub use self::connections::{
    ClaimPlace, ClaimResult, FindConnection, OpenConnection, RemoveConnection,
};
pub use self::environment::{Clock, Random};
#[cfg(feature = "operator")]
pub use self::games::CloseByOperator;
pub use self::games::{
    ChangeGame, ChangeResult, FindGame, IncomingPlay, RemoveGame, StartGame, TakeSeat, Takeover,
};
pub use self::lobby::{ChangeLobby, EnterLobby, LeaveLobby, LobbyResult, ReadLobby};
pub use self::players::{Delivery, Disconnect, Notify, Players};
pub use self::queue::Schedule;

/// A call to AWS failed after all retries, and may or may not have changed something. The function
/// answers a player with `try-again`, and puts a message back.
#[derive(Debug)]
pub struct PortError {
    /// The AWS operation, such as `PutItem`.
    pub operation: &'static str,
    source: Box<dyn Error + Send + Sync>,
}

impl PortError {
    pub fn new(operation: &'static str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let source = source.into();
        Self { operation, source }
    }

    /// The chain of causes, joined by colons.
    pub fn causes(&self) -> String {
        let causes: Vec<String> = successors(self.source(), |&cause| cause.source())
            .map(ToString::to_string)
            .collect();
        causes.join(": ")
    }
}

impl Error for PortError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.source)
    }
}

/// For logs. Contains no player input.
impl Display for PortError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.operation, self.causes())?;
        match self.source.source() {
            // The SDK's debug output contains the request id.
            Some(_) => write!(f, " ({:?})", self.source),
            None => Ok(()),
        }
    }
}

/// For tests: SDK errors do not implement `PartialEq`.
impl PartialEq for PortError {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

/// The return type of every port method.
pub trait PortCall<T>: Future<Output = Result<T, PortError>> {}
impl<T, F: Future<Output = Result<T, PortError>>> PortCall<T> for F {}

/// The table's ports that the end of a wait needs.
pub trait EndWait: ReadLobby + ChangeLobby + LeaveLobby {}
impl<T> EndWait for T where T: ReadLobby + ChangeLobby + LeaveLobby {}

/// The table's ports that a join needs.
pub trait JoinStore:
    EndWait
    + EnterLobby
    + ClaimPlace
    + FindConnection
    + RemoveConnection
    + FindGame
    + StartGame
    + RemoveGame
{
}
impl<T> JoinStore for T where
    T: EndWait
        + EnterLobby
        + ClaimPlace
        + FindConnection
        + RemoveConnection
        + FindGame
        + StartGame
        + RemoveGame
{
}

/// The table's ports that the end of a game needs.
pub trait EndGame: EndWait + ChangeGame + FindConnection + RemoveConnection + RemoveGame {}
impl<T> EndGame for T where T: EndWait + ChangeGame + FindConnection + RemoveConnection + RemoveGame {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_differ_by_operation_and_cause() {
        let failure = PortError::new("GetItem", "a");
        assert_eq!(failure.to_string(), "GetItem: a");
        assert_eq!(failure, PortError::new("GetItem", "a"));
        assert_ne!(failure, PortError::new("PutItem", "a"));
        assert_ne!(failure, PortError::new("GetItem", "b"));
    }
}
