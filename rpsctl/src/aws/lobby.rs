//! Find out which connections wait in the lobby, and which places no longer have a waiting player.
//!
//! Read the lobby first, then the connection, then its game ([`Position::of`]).

use rps_contract::names::{CONNECTION_KEY_PREFIX, GAME_KEY_PREFIX, LOBBY_KEY};
use rps_game::{Connection, ConnectionId, Lobby, Position};
use rps_handlers::outbound::dynamo::StoredItem;
use rps_handlers::service::operate::ConnectionSnapshot;

use crate::aws::{Deployment, ReadFailure};

impl Deployment {
    pub(crate) async fn lobby(&self) -> Result<Lobby, ReadFailure> {
        let item = self.item(LOBBY_KEY).await?;
        Ok(item.and_then(StoredItem::try_as_lobby).unwrap_or_default())
    }

    /// Returns none if the connection does not exist.
    pub(crate) async fn snapshot(
        &self,
        lobby: &Lobby,
        id: &ConnectionId,
    ) -> Result<Option<ConnectionSnapshot>, ReadFailure> {
        let item = self.item(&format!("{CONNECTION_KEY_PREFIX}{id}")).await?;
        match item.and_then(StoredItem::try_as_connection) {
            Some(connection) => self.locate(lobby, connection).await.map(Some),
            None => Ok(None),
        }
    }

    /// Reads the game that a connection claims.
    pub(crate) async fn locate(
        &self,
        lobby: &Lobby,
        connection: Connection,
    ) -> Result<ConnectionSnapshot, ReadFailure> {
        let item = match &connection.claim {
            Some(claim) => {
                let key = format!("{GAME_KEY_PREFIX}{}", claim.game);
                self.item(&key).await?
            }
            None => None,
        };
        let game = item.and_then(StoredItem::try_as_game);
        let place = Position::of(&connection, lobby, game.as_ref(), self.now_ms());
        Ok(ConnectionSnapshot { connection, place })
    }

    /// Whether a player with a place in the lobby has disconnected or plays, so that it no longer waits.
    pub(crate) async fn is_orphaned(
        &self,
        lobby: &Lobby,
        id: &ConnectionId,
    ) -> Result<bool, ReadFailure> {
        let snapshot = self.snapshot(lobby, id).await?;
        Ok(snapshot.is_none_or(|it| matches!(it.place, Position::Playing(..))))
    }
}
