//! What the service needs from the world: capabilities, each a trait of one subject and one AWS action.
//!
//! A service function names the traits it uses, so its signature says what it may do, and [`actions`] what
//! its function's role must allow. Each method is *one* call to AWS: one conditional write or one read, so
//! that a crash can only fall between two methods. A condition that does not hold is an outcome, not an
//! error. All are safe to repeat: the adapters retry what is transient, and recognize their own earlier
//! write when its answer was lost.

mod actions;
mod connections;
mod environment;
mod games;
mod lobby;
mod players;
mod timer;

use std::error::Error;
use std::fmt::{self, Display, Formatter};
use std::future::Future;
use std::iter::successors;

pub use self::actions::actions;
pub use self::connections::{
    ClaimPlace, Claimed, FindConnection, OpenConnection, RemoveConnection,
};
pub use self::environment::{Clock, Random};
#[cfg(feature = "operator")]
pub use self::games::CloseByOperator;
pub use self::games::{Arrival, ChangeGame, Changed, FindGame, Removal, RemoveGame, StartGame};
pub use self::lobby::{EnterLobby, LeaveLobby, ReadLobby, TakeWaiting};
pub use self::players::{Delivery, Disconnect, Notify, Players};
pub use self::timer::Schedule;

/// AWS did not do it, and the adapter's retries are used up. Nothing is known to have changed. A player
/// is told to try again; a message is put back.
#[derive(Debug)]
pub struct Failure {
    /// In AWS's words.
    pub operation: &'static str,
    source: Box<dyn Error + Send + Sync>,
}

impl Failure {
    pub fn new(operation: &'static str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let source = source.into();
        Self { operation, source }
    }

    /// Why, down to the root.
    pub fn causes(&self) -> String {
        let causes: Vec<String> = successors(self.source(), |&cause| cause.source())
            .map(ToString::to_string)
            .collect();
        causes.join(": ")
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.source)
    }
}

/// For the log: never a player's input.
impl Display for Failure {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.operation, self.causes())?;
        match self.source.source() {
            // The SDK's errors have more to say, such as the id of the request.
            Some(_) => write!(f, " ({:?})", self.source),
            None => Ok(()),
        }
    }
}

/// An error of the SDK has no equality of its own.
impl PartialEq for Failure {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

/// What every port's method returns.
pub trait Answer<T>: Future<Output = Result<T, Failure>> {}
impl<T, F: Future<Output = Result<T, Failure>>> Answer<T> for F {}

/// All that joining takes of the table.
pub trait JoinStore:
    ReadLobby
    + EnterLobby
    + TakeWaiting
    + LeaveLobby
    + ClaimPlace
    + FindConnection
    + RemoveConnection
    + FindGame
    + StartGame
    + RemoveGame
{
}
impl<T> JoinStore for T where
    T: ReadLobby
        + EnterLobby
        + TakeWaiting
        + LeaveLobby
        + ClaimPlace
        + FindConnection
        + RemoveConnection
        + FindGame
        + StartGame
        + RemoveGame
{
}

/// All that ending a game takes of the table.
pub trait EndGame: ChangeGame + ReadLobby + LeaveLobby + RemoveConnection + RemoveGame {}
impl<T: ChangeGame + ReadLobby + LeaveLobby + RemoveConnection + RemoveGame> EndGame for T {}
