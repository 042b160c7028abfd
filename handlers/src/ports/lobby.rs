//! The lobby in the table.

use rps_game::Waiting;

use crate::ports::PortCall;

pub trait ReadLobby {
    const ACTION: &str = "dynamodb:GetItem";

    /// Returns the shard's waiting player, by a consistent read.
    fn waiting(&self, shard: u8) -> impl PortCall<Option<Waiting>>;

    /// Returns the shard's waiting player, by an eventually consistent read at half the price.
    fn peek_lobby(&self, shard: u8) -> impl PortCall<Option<Waiting>>;
}

pub trait EnterLobby {
    const ACTION: &str = "dynamodb:PutItem";

    /// Enters the game's lobby shard. Returns false if another player waits there.
    fn enter_lobby(&self, waiting: &Waiting, now_ms: u64) -> impl PortCall<bool>;
}

pub trait LeaveLobby {
    const ACTION: &str = "dynamodb:DeleteItem";

    /// Empties the game's lobby shard. Returns false if this player does not wait there for this game.
    fn clear_lobby(&self, waiting: &Waiting) -> impl PortCall<bool>;
}
