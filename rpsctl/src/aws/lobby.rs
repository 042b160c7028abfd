//! Find out which connections wait in the lobby, and which places no longer have a waiting player.
//!
//! Read the lobby first, then the connection, then its game ([`Position::of`]).

use rps_contract::names::{CONNECTION_KEY_PREFIX, GAME_KEY_PREFIX, lobby_key};
use rps_game::{Connection, ConnectionId, Lobby, Position, Room};
use rps_handlers::outbound::dynamo::StoredItem;
use rps_handlers::service::position::ConnectionSnapshot;

use crate::aws::{Deployment, ReadFailure};

impl Deployment {
    /// Reads a room, or the lobby.
    pub(crate) async fn lobby(&self, room: Option<&Room>) -> Result<Lobby, ReadFailure> {
        let item = self.item(&lobby_key(room)).await?;
        let lobby = item.and_then(StoredItem::try_as_lobby);
        Ok(lobby.unwrap_or_else(|| Lobby::empty(room)))
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

    /// Reads the game that a connection claims, and the room if its claim names another than `lobby`.
    pub(crate) async fn locate(
        &self,
        lobby: &Lobby,
        connection: Connection,
    ) -> Result<ConnectionSnapshot, ReadFailure> {
        let room = match connection.room() {
            Some(room) if lobby.room.as_ref() != Some(room) => Some(self.lobby(Some(room)).await?),
            _ => None,
        };
        let lobby = room.as_ref().unwrap_or(lobby);
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

    /// Whether a player with a place in the lobby has disconnected, plays, or waits in another, so that it no longer waits
    /// here.
    pub(crate) async fn is_orphaned(
        &self,
        lobby: &Lobby,
        id: &ConnectionId,
    ) -> Result<bool, ReadFailure> {
        let snapshot = self.snapshot(lobby, id).await?;
        Ok(snapshot.is_none_or(|it| match it.place {
            Position::Playing(..) => true,
            Position::Waiting(waiting) => waiting.room != lobby.room,
            Position::Idle | Position::Joining => false,
        }))
    }
}
