//! Connections in the table.

use rps_game::{Claim, Connection, ConnectionId, GameId, Reservation, Waiting};

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

    /// Removes the connection if it claims the game.
    fn remove_player(&self, id: &ConnectionId, game: &GameId) -> impl PortCall<()>;
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

    /// Sets the claim of a connection that has no claim, or exactly the claim `replacing` without a valid reservation.
    fn claim_place(
        &self,
        id: &ConnectionId,
        claim: &Claim,
        replacing: Option<&Claim>,
    ) -> impl PortCall<ClaimResult>;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReserveResult {
    Yes,
    /// Another joiner has reserved the player.
    Busy,
    /// The player does not claim this game: its place in the lobby is a leftover.
    Gone,
}

pub trait ReservePlayer {
    const ACTION: &str = "dynamodb:UpdateItem";

    /// Reserves a waiting player, if it claims the game that it waits for.
    fn reserve_player(
        &self,
        waiting: &Waiting,
        reservation: &Reservation,
    ) -> impl PortCall<ReserveResult>;
}
