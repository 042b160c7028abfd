//! The lobby in the table.

use rps_game::{Lobby, Room, Waiting};

use crate::ports::PortCall;

pub trait ReadLobby {
    const ACTION: &str = "dynamodb:GetItem";

    /// Returns the players who wait in this room, or without a room, by a consistent read.
    fn lobby(&self, room: Option<&Room>) -> impl PortCall<Lobby>;

    /// Like [`Self::lobby`], by an eventually consistent read at half the price.
    fn peek_lobby(&self, room: Option<&Room>) -> impl PortCall<Lobby>;
}

/// The lobby after a conditional write.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum LobbyResult {
    /// The write changed the lobby.
    Yes(Lobby),
    /// The condition does not hold; the lobby is unchanged.
    No(Lobby),
}

pub trait EnterLobby {
    const ACTION: &str = "dynamodb:PutItem";

    /// Stores a new lobby with this place, if no lobby is stored.
    fn enter_lobby(&self, waiting: &Waiting, now_ms: u64) -> impl PortCall<LobbyResult>;
}

pub trait ChangeLobby {
    const ACTION: &str = "dynamodb:UpdateItem";

    /// Adds a place to the stored lobby, unless the player has one or there are `limit` places.
    fn open_place(&self, waiting: &Waiting, limit: u8, now_ms: u64) -> impl PortCall<LobbyResult>;

    /// Removes the place from the lobby, if the player waits for this game.
    fn close_place(&self, waiting: &Waiting) -> impl PortCall<LobbyResult>;
}

pub trait LeaveLobby {
    const ACTION: &str = "dynamodb:DeleteItem";

    /// Removes the stored lobby if it has no place but this.
    fn leave_lobby(&self, waiting: &Waiting) -> impl PortCall<LobbyResult>;
}
