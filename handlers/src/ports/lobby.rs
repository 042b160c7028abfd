//! The lobby in the table.

use rps_game::{ConnectionId, GameId, Waiting};

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

    /// Empties the game's lobby shard, if this player waits there for this game.
    fn clear_lobby(&self, connection: &ConnectionId, game: &GameId) -> impl PortCall<()>;

    /// Like [`Self::clear_lobby`]. Returns false if the player does not wait there for this game.
    fn step_out(&self, waiting: &Waiting) -> impl PortCall<bool>;
}
