//! Connections in the table.

use rps_game::{Claim, Connection, ConnectionId, GameId};

use crate::ports::PortCall;

pub trait OpenConnection {
    const ACTION: &str = "dynamodb:PutItem";

    /// Stores a new connection. Fails if an attempt gets no answer: if AWS still executes it, perhaps after the
    /// connection's game is over, the connection was never opened.
    fn open_connection(&self, connection: &Connection) -> impl PortCall<()>;
}

pub trait FindConnection {
    const ACTION: &str = "dynamodb:GetItem";

    /// Returns the stored connection, by a consistent read. `None`: it is closed.
    fn find_connection(&self, id: &ConnectionId) -> impl PortCall<Option<Connection>>;

    /// Like [`Self::find_connection`], by an eventually consistent read at half the price.
    fn peek_connection(&self, id: &ConnectionId) -> impl PortCall<Option<Connection>>;
}

pub trait RemoveConnection {
    const ACTION: &str = "dynamodb:DeleteItem";

    /// Removes the connection and returns it. `None`: it does not exist.
    fn remove_connection(&self, id: &ConnectionId) -> impl PortCall<Option<Connection>>;

    /// Removes the connection if it claims the game. Returns false if it does not, or does not exist.
    fn remove_player(&self, id: &ConnectionId, game: &GameId) -> impl PortCall<bool>;
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ClaimResult {
    Yes,
    /// The connection has another claim.
    Conflict(Claim),
    /// The connection is closed. A claim does not store it again.
    NoConnection,
}

pub trait ClaimPlace {
    const ACTION: &str = "dynamodb:UpdateItem";

    /// Sets the claim of a connection that has no claim, or exactly the claim `replacing`.
    fn claim_place(
        &self,
        id: &ConnectionId,
        claim: &Claim,
        replacing: Option<&Claim>,
    ) -> impl PortCall<ClaimResult>;
}
