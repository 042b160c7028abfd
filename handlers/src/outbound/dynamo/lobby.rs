//! The lobby in the table: one item per shard with a waiting player.

use rps_game::{ConnectionId, GameId, Reservation, Waiting};

use crate::outbound::dynamo::items::{LobbyItem, lobby_key};
use crate::outbound::dynamo::{DynamoStore, UpdateResult, n, read, s, send_delete, send_update};
use crate::ports::{EnterLobby, LeaveLobby, PortError, ReadLobby, TakeWaiting};

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
        Ok(existing.map(Waiting::from).is_none_or(|existing| {
            existing.connection == waiting.connection && existing.game == waiting.game
        }))
    }
}

impl TakeWaiting for DynamoStore {
    async fn take_waiting(
        &self,
        expected: &Waiting,
        reservation: &Reservation,
    ) -> Result<bool, PortError> {
        let key = lobby_key(expected.game.shard());
        let update = self
            .update(key, "SET taken_by = :by, taken_at_ms = :at")
            .expression_attribute_values(":game", s(expected.game.to_string()))
            .expression_attribute_values(":by", s(reservation.by.to_string()))
            .expression_attribute_values(":at", n(reservation.at_ms));
        let update = match &expected.reservation {
            None => update.condition_expression("game = :game AND attribute_not_exists(taken_by)"),
            Some(old) => update
                .condition_expression("game = :game AND taken_by = :old_by")
                .expression_attribute_values(":old_by", s(old.by.to_string())),
        };
        Ok(match send_update::<LobbyItem>(update).await? {
            UpdateResult::Yes(_) => true,
            // If the response to an earlier update was lost, the lobby has our reservation.
            UpdateResult::No(item) => item.map(Waiting::from).is_some_and(|current| {
                let current_by = current.reservation.map(|current| current.by);
                current.game == expected.game && current_by.as_ref() == Some(&reservation.by)
            }),
        })
    }
}

impl LeaveLobby for DynamoStore {
    async fn clear_lobby(&self, connection: &ConnectionId, game: &GameId) -> Result<(), PortError> {
        let delete = self
            .delete(lobby_key(game.shard()))
            .condition_expression("waiting = :waiting AND game = :game")
            .expression_attribute_values(":waiting", s(connection.as_str()))
            .expression_attribute_values(":game", s(game.to_string()));
        send_delete(delete).await.map(drop)
    }

    async fn step_out(&self, expected: &Waiting) -> Result<bool, PortError> {
        let delete = self
            .delete(lobby_key(expected.game.shard()))
            .expression_attribute_values(":waiting", s(expected.connection.as_str()))
            .expression_attribute_values(":game", s(expected.game.to_string()));
        let delete = match &expected.reservation {
            None => delete.condition_expression(
                "waiting = :waiting AND game = :game AND attribute_not_exists(taken_by)",
            ),
            Some(reservation) => delete
                .condition_expression("waiting = :waiting AND game = :game AND taken_by = :by")
                .expression_attribute_values(":by", s(reservation.by.to_string())),
        };
        Ok(send_delete(delete).await?.is_some())
    }
}
