//! The lobby in the table: one item per shard with a waiting player.

use rps_game::Waiting;

use crate::outbound::dynamo::items::{LobbyItem, lobby_key};
use crate::outbound::dynamo::{DynamoStore, read, s, send_delete};
use crate::ports::{EnterLobby, LeaveLobby, PortError, ReadLobby};

impl ReadLobby for DynamoStore {
    async fn waiting(&self, shard: u8) -> Result<Option<Waiting>, PortError> {
        let item: Option<LobbyItem> =
            read(self.get(lobby_key(shard)).consistent_read(true)).await?;
        Ok(item.map(Waiting::from))
    }

    async fn peek_lobby(&self, shard: u8) -> Result<Option<Waiting>, PortError> {
        let item: Option<LobbyItem> = read(self.get(lobby_key(shard))).await?;
        Ok(item.map(Waiting::from))
    }
}

impl EnterLobby for DynamoStore {
    async fn enter_lobby(&self, waiting: &Waiting, now_ms: u64) -> Result<bool, PortError> {
        // If the response to an earlier put was lost, the lobby has our entry.
        let existing = self.put_if_absent(&LobbyItem::new(waiting, now_ms)).await?;
        Ok(existing
            .map(Waiting::from)
            .is_none_or(|existing| existing == *waiting))
    }
}

impl LeaveLobby for DynamoStore {
    async fn clear_lobby(&self, waiting: &Waiting) -> Result<bool, PortError> {
        let delete = self
            .delete(lobby_key(waiting.game.shard()))
            .condition_expression("waiting = :waiting AND game = :game")
            .expression_attribute_values(":waiting", s(waiting.connection.as_str()))
            .expression_attribute_values(":game", s(waiting.game.to_string()));
        Ok(send_delete(delete).await?.is_some())
    }
}
