//! The lobby in the table: an item for each shard in which somebody waits.

use rps_game::{ConnectionId, GameId, Taken, Waiting};

use crate::outbound::dynamo::items::{LobbyItem, lobby_key};
use crate::outbound::dynamo::{DynamoStore, Updated, deleted, n, read, s, updated};
use crate::ports::{EnterLobby, Failure, LeaveLobby, ReadLobby, TakeWaiting};

impl ReadLobby for DynamoStore {
    async fn waiting(&self, shard: u8) -> Result<Option<Waiting>, Failure> {
        let item: Option<LobbyItem> =
            read(self.get(lobby_key(shard)).consistent_read(true)).await?;
        Ok(item.map(Waiting::from))
    }

    async fn peek_lobby(&self, shard: u8) -> Result<Option<Waiting>, Failure> {
        let item: Option<LobbyItem> = read(self.get(lobby_key(shard))).await?;
        Ok(item.map(Waiting::from))
    }
}

impl EnterLobby for DynamoStore {
    async fn enter_lobby(&self, waiting: &Waiting, now_ms: u64) -> Result<bool, Failure> {
        // Our own entry, whose answer was lost, counts as entered.
        let found = self.put_if_absent(&LobbyItem::new(waiting, now_ms)).await?;
        Ok(found.map(Waiting::from).is_none_or(|found| {
            found.connection == waiting.connection && found.game == waiting.game
        }))
    }
}

impl TakeWaiting for DynamoStore {
    async fn take_waiting(&self, seen: &Waiting, taken: &Taken) -> Result<bool, Failure> {
        let key = lobby_key(seen.game.shard());
        let update = self
            .update(key, "SET taken_by = :by, taken_at_ms = :at")
            .expression_attribute_values(":game", s(seen.game.to_string()))
            .expression_attribute_values(":by", s(taken.by.to_string()))
            .expression_attribute_values(":at", n(taken.at_ms));
        let update = match &seen.taken {
            None => update.condition_expression("game = :game AND attribute_not_exists(taken_by)"),
            Some(old) => update
                .condition_expression("game = :game AND taken_by = :old_by")
                .expression_attribute_values(":old_by", s(old.by.to_string())),
        };
        Ok(match updated::<LobbyItem>(update).await? {
            Updated::Yes(_) => true,
            // Our own taking, whose answer was lost, counts as taken.
            Updated::No(found) => found.map(Waiting::from).is_some_and(|found| {
                found.game == seen.game && found.taken.is_some_and(|found| found.by == taken.by)
            }),
        })
    }
}

impl LeaveLobby for DynamoStore {
    async fn clear_lobby(&self, connection: &ConnectionId, game: &GameId) -> Result<(), Failure> {
        let delete = self
            .delete(lobby_key(game.shard()))
            .condition_expression("waiting = :waiting AND game = :game")
            .expression_attribute_values(":waiting", s(connection.as_str()))
            .expression_attribute_values(":game", s(game.to_string()));
        deleted(delete).await.map(drop)
    }

    async fn step_out(&self, seen: &Waiting) -> Result<bool, Failure> {
        let delete = self
            .delete(lobby_key(seen.game.shard()))
            .expression_attribute_values(":waiting", s(seen.connection.as_str()))
            .expression_attribute_values(":game", s(seen.game.to_string()));
        let delete = match &seen.taken {
            None => delete.condition_expression(
                "waiting = :waiting AND game = :game AND attribute_not_exists(taken_by)",
            ),
            Some(taken) => delete
                .condition_expression("waiting = :waiting AND game = :game AND taken_by = :by")
                .expression_attribute_values(":by", s(taken.by.to_string())),
        };
        Ok(deleted(delete).await?.is_some())
    }
}
