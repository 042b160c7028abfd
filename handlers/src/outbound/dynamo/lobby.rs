//! The lobby in the table: one item, with a place for each waiting player. A room is such an item of its own.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use rps_contract::names::{attribute, lobby_key};
use rps_game::{Lobby, Room, Waiting};

use crate::outbound::dynamo::items::{LobbyItem, ttl};
use crate::outbound::dynamo::{DynamoStore, UpdateResult, delete_or_find, n, read, s, send_update};
use crate::ports::{ChangeLobby, EnterLobby, LeaveLobby, LobbyResult, PortError, ReadLobby};

fn lobby_of(room: Option<&Room>, item: Option<LobbyItem>) -> Lobby {
    item.map_or_else(|| Lobby::empty(room), |item| item.into_lobby(room.cloned()))
}

impl ReadLobby for DynamoStore {
    async fn lobby(&self, room: Option<&Room>) -> Result<Lobby, PortError> {
        let get = self.get(lobby_key(room)).consistent_read(true);
        read(get).await.map(|item| lobby_of(room, item))
    }

    async fn peek_lobby(&self, room: Option<&Room>) -> Result<Lobby, PortError> {
        let item = read(self.get(lobby_key(room))).await?;
        Ok(lobby_of(room, item))
    }
}

impl EnterLobby for DynamoStore {
    async fn enter_lobby(&self, waiting: &Waiting, now_ms: u64) -> Result<LobbyResult, PortError> {
        let place = (waiting.connection.clone(), waiting.game.clone());
        let lobby = Lobby {
            room: waiting.room.clone(),
            places: [place].into(),
        };
        let item = LobbyItem::new(&lobby, now_ms);
        Ok(match self.put_if_absent(&item).await? {
            None => LobbyResult::Yes(lobby),
            Some(item) => entered(waiting, item.into_lobby(lobby.room)),
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
            .update(
                lobby_key(waiting.room.as_ref()),
                "SET places.#player = :game, #ttl = :ttl",
            )
            .condition_expression("attribute_not_exists(places.#player) AND size(places) < :limit")
            .expression_attribute_names("#player", waiting.connection.as_str())
            .expression_attribute_names("#ttl", attribute::TTL)
            .expression_attribute_values(":game", s(waiting.game.as_str()))
            .expression_attribute_values(":limit", n(limit))
            .expression_attribute_values(":ttl", n(ttl(now_ms)));
        Ok(match change_lobby(waiting, update).await? {
            LobbyResult::No(lobby) => entered(waiting, lobby),
            changed @ LobbyResult::Yes(_) => changed,
        })
    }

    async fn close_place(&self, waiting: &Waiting) -> Result<LobbyResult, PortError> {
        let update = self
            .update(lobby_key(waiting.room.as_ref()), "REMOVE places.#player")
            .condition_expression("places.#player = :game")
            .expression_attribute_names("#player", waiting.connection.as_str())
            .expression_attribute_values(":game", s(waiting.game.as_str()));
        change_lobby(waiting, update).await
    }
}

async fn change_lobby(
    waiting: &Waiting,
    update: UpdateItemFluentBuilder,
) -> Result<LobbyResult, PortError> {
    let room = waiting.room.as_ref();
    Ok(match send_update(update).await? {
        UpdateResult::Yes(item) => LobbyResult::Yes(lobby_of(room, Some(item))),
        UpdateResult::No(item) => LobbyResult::No(lobby_of(room, item)),
    })
}

impl LeaveLobby for DynamoStore {
    async fn leave_lobby(&self, waiting: &Waiting) -> Result<LobbyResult, PortError> {
        let delete = self
            .delete(lobby_key(waiting.room.as_ref()))
            .condition_expression(
                "size(places) = :none OR (size(places) = :one AND places.#player = :game)",
            )
            .expression_attribute_names("#player", waiting.connection.as_str())
            .expression_attribute_values(":none", n(0_u8))
            .expression_attribute_values(":one", n(1_u8))
            .expression_attribute_values(":game", s(waiting.game.as_str()));
        let room = waiting.room.as_ref();
        Ok(match delete_or_find(delete).await? {
            Ok(()) => LobbyResult::Yes(lobby_of(room, None)),
            Err(current) => LobbyResult::No(lobby_of(room, current)),
        })
    }
}
