//! The lobby in the table: one item, with a place for each waiting player.

use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure;
use rps_contract::names::{LOBBY_KEY, attribute};
use rps_game::{Lobby, Waiting};

use crate::outbound::dynamo::items::{LobbyItem, ttl};
use crate::outbound::dynamo::{DynamoStore, UpdateResult, decode, n, read, s, send_update};
use crate::ports::{ChangeLobby, EnterLobby, LeaveLobby, LobbyResult, PortError, ReadLobby};

fn places(item: Option<LobbyItem>) -> Lobby {
    item.map(|item| item.places).unwrap_or_default()
}

impl ReadLobby for DynamoStore {
    async fn lobby(&self) -> Result<Lobby, PortError> {
        let get = self.get(LOBBY_KEY).consistent_read(true);
        read(get).await.map(places)
    }

    async fn peek_lobby(&self) -> Result<Lobby, PortError> {
        read(self.get(LOBBY_KEY)).await.map(places)
    }
}

impl EnterLobby for DynamoStore {
    async fn enter_lobby(&self, waiting: &Waiting, now_ms: u64) -> Result<LobbyResult, PortError> {
        let place = (waiting.connection.clone(), waiting.game.clone());
        let lobby = Lobby::from([place]);
        let item = LobbyItem::new(lobby.clone(), now_ms);
        Ok(match self.put_if_absent(&item).await? {
            None => LobbyResult::Yes(lobby),
            Some(item) => entered(waiting, item.places),
        })
    }
}

/// If the response to an earlier write was lost, the lobby has our place.
fn entered(waiting: &Waiting, lobby: Lobby) -> LobbyResult {
    if waiting.is_in(&lobby) {
        LobbyResult::Yes(lobby)
    } else {
        LobbyResult::No(lobby)
    }
}

impl ChangeLobby for DynamoStore {
    async fn open_place(
        &self,
        waiting: &Waiting,
        limit: u8,
        now_ms: u64,
    ) -> Result<LobbyResult, PortError> {
        let update = self
            .update(LOBBY_KEY, "SET places.#player = :game, #ttl = :ttl")
            .condition_expression("attribute_not_exists(places.#player) AND size(places) < :limit")
            .expression_attribute_names("#player", waiting.connection.as_str())
            .expression_attribute_names("#ttl", attribute::TTL)
            .expression_attribute_values(":game", s(waiting.game.as_str()))
            .expression_attribute_values(":limit", n(limit))
            .expression_attribute_values(":ttl", n(ttl(now_ms)));
        Ok(match change_lobby(update).await? {
            LobbyResult::No(lobby) => entered(waiting, lobby),
            changed @ LobbyResult::Yes(_) => changed,
        })
    }

    async fn close_place(&self, waiting: &Waiting) -> Result<LobbyResult, PortError> {
        let update = self
            .update(LOBBY_KEY, "REMOVE places.#player")
            .condition_expression("places.#player = :game")
            .expression_attribute_names("#player", waiting.connection.as_str())
            .expression_attribute_values(":game", s(waiting.game.as_str()));
        change_lobby(update).await
    }
}

async fn change_lobby(update: UpdateItemFluentBuilder) -> Result<LobbyResult, PortError> {
    Ok(match send_update::<LobbyItem>(update).await? {
        UpdateResult::Yes(item) => LobbyResult::Yes(item.places),
        UpdateResult::No(item) => LobbyResult::No(places(item)),
    })
}

impl LeaveLobby for DynamoStore {
    async fn leave_lobby(&self, waiting: &Waiting) -> Result<LobbyResult, PortError> {
        const OPERATION: &str = "DeleteItem";
        let delete = self
            .delete(LOBBY_KEY)
            .condition_expression(
                "size(places) = :none OR (size(places) = :one AND places.#player = :game)",
            )
            .expression_attribute_names("#player", waiting.connection.as_str())
            .expression_attribute_values(":none", n(0_u8))
            .expression_attribute_values(":one", n(1_u8))
            .expression_attribute_values(":game", s(waiting.game.as_str()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let Err(error) = delete.send().await else {
            return Ok(LobbyResult::Yes(Lobby::new()));
        };
        match error.as_service_error() {
            Some(DeleteItemError::ConditionalCheckFailedException(failed)) => {
                let item = failed.item.clone();
                let item = item.map(|item| decode(OPERATION, item)).transpose()?;
                Ok(LobbyResult::No(places(item)))
            }
            _ => Err(PortError::new(OPERATION, error)),
        }
    }
}
