//! Connections in the table.

use rps_game::{Claim, Connection, ConnectionId, GameId};

use crate::ports::Answer;

pub trait OpenConnection {
    const ACTION: &str = "dynamodb:PutItem";

    /// Stores a new connection, if it is not stored already.
    fn open_connection(&self, connection: &Connection) -> impl Answer<()>;
}

pub trait FindConnection {
    const ACTION: &str = "dynamodb:GetItem";

    /// The connection, unless it is closed. Consistent.
    fn find_connection(&self, id: &ConnectionId) -> impl Answer<Option<Connection>>;
}

pub trait RemoveConnection {
    const ACTION: &str = "dynamodb:DeleteItem";

    /// Removes the connection and gives it back as it was, if it was there and, with `claiming`, claims
    /// that game.
    fn remove_connection(
        &self,
        id: &ConnectionId,
        claiming: Option<&GameId>,
    ) -> impl Answer<Option<Connection>>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    Yes,
    Otherwise(Claim),
    /// The connection is closed. No claim can bring it back.
    NoConnection,
}

pub trait ClaimPlace {
    const ACTION: &str = "dynamodb:UpdateItem";

    /// Claims a place for a connection that has none, or exactly `replacing`.
    fn claim_place(
        &self,
        id: &ConnectionId,
        claim: &Claim,
        replacing: Option<&Claim>,
    ) -> impl Answer<Claimed>;
}
