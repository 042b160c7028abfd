//! Finds out where a connection is.

use rps_game::{Connection, ConnectionId, Position, Waiting};

use crate::ports::{Clock, FindConnection, FindGame, PortError, ReadLobby};

/// A connection and its position at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionSnapshot {
    pub connection: Connection,
    pub place: Position,
}

impl ConnectionSnapshot {
    pub fn waiting(&self) -> Option<&Waiting> {
        match &self.place {
            Position::Waiting(waiting) => Some(waiting),
            _ => None,
        }
    }
}

/// `None`: the connection is closed.
pub async fn find(
    store: &(impl FindConnection + ReadLobby + FindGame),
    clock: &impl Clock,
    id: &ConnectionId,
) -> Result<Option<ConnectionSnapshot>, PortError> {
    let mut lobby = store.lobby(None).await?;
    let Some(connection) = store.find_connection(id).await? else {
        return Ok(None);
    };
    if let Some(room) = connection.room() {
        lobby = store.lobby(Some(room)).await?;
    }
    let game = match &connection.claim {
        Some(claim) => store.find_game(&claim.game).await?,
        None => None,
    };
    let place = Position::of(&connection, &lobby, game.as_ref(), clock.now_ms());
    Ok(Some(ConnectionSnapshot { connection, place }))
}
