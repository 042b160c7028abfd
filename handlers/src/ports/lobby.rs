//! The lobby in the table.

use rps_game::{ConnectionId, GameId, Taken, Waiting};

use crate::ports::Answer;

pub trait ReadLobby {
    const ACTION: &str = "dynamodb:GetItem";

    /// Who waits in that shard of the lobby. Consistent.
    fn waiting(&self, shard: u8) -> impl Answer<Option<Waiting>>;

    /// Who waited in that shard of the lobby a moment ago: not consistent, at half the price.
    fn peek_lobby(&self, shard: u8) -> impl Answer<Option<Waiting>>;
}

pub trait EnterLobby {
    const ACTION: &str = "dynamodb:PutItem";

    /// Waits in the game's shard of the lobby, if nobody waits there.
    fn enter_lobby(&self, waiting: &Waiting, now_ms: u64) -> impl Answer<bool>;
}

pub trait TakeWaiting {
    const ACTION: &str = "dynamodb:UpdateItem";

    /// Takes the waiting player, if that shard of the lobby is exactly as seen.
    fn take_waiting(&self, seen: &Waiting, taken: &Taken) -> impl Answer<bool>;
}

pub trait LeaveLobby {
    const ACTION: &str = "dynamodb:DeleteItem";

    /// Empties the game's shard of the lobby, if that player waits in it for that game.
    fn clear_lobby(&self, connection: &ConnectionId, game: &GameId) -> impl Answer<()>;

    /// Takes the waiting player out of the lobby, if that shard is exactly as seen.
    fn step_out(&self, seen: &Waiting) -> impl Answer<bool>;
}
