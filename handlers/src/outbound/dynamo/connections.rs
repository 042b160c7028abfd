//! Connections in the table. Every update requires an existing item, so a late join cannot store a
//! closed connection again.

use aws_sdk_dynamodb::config::Builder;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::ReturnValue;
use aws_smithy_types::timeout::TimeoutConfig;
use rps_game::{Claim, Connection, ConnectionId, GameId};

use crate::outbound::aws::CALL_TIMEOUT;
use crate::outbound::dynamo::items::{ConnectionItem, connection_key};
use crate::outbound::dynamo::{
    DynamoStore, UpdateResult, decode, encode, n, read, s, send_delete, send_update, word,
};
use crate::ports::{
    ClaimPlace, ClaimResult, FindConnection, OpenConnection, PortError, RemoveConnection,
};

impl OpenConnection for DynamoStore {
    async fn open_connection(&self, connection: &Connection) -> Result<(), PortError> {
        const OPERATION: &str = "PutItem";
        let item = encode(OPERATION, ConnectionItem::from(connection))?;
        let one_attempt = TimeoutConfig::builder().operation_attempt_timeout(CALL_TIMEOUT);
        let config = Builder::new().timeout_config(one_attempt.build());
        let put = self.client.put_item().table_name(&self.table);
        let put = put.set_item(Some(item)).customize().config_override(config);
        let result = put.send().await;
        result
            .map(drop)
            .map_err(|error| PortError::new(OPERATION, error))
    }
}

impl FindConnection for DynamoStore {
    async fn find_connection(&self, id: &ConnectionId) -> Result<Option<Connection>, PortError> {
        let get = self.get(connection_key(id)).consistent_read(true);
        let item: Option<ConnectionItem> = read(get).await?;
        Ok(item.map(|item| item.into_connection(id.clone())))
    }

    async fn peek_connection(&self, id: &ConnectionId) -> Result<Option<Connection>, PortError> {
        let item: Option<ConnectionItem> = read(self.get(connection_key(id))).await?;
        Ok(item.map(|item| item.into_connection(id.clone())))
    }
}

impl RemoveConnection for DynamoStore {
    async fn remove_connection(&self, id: &ConnectionId) -> Result<Option<Connection>, PortError> {
        let delete = self
            .delete(connection_key(id))
            .return_values(ReturnValue::AllOld);
        let item = send_delete(delete)
            .await?
            .and_then(|output| output.attributes);
        let item: Option<ConnectionItem> =
            item.map(|item| decode("DeleteItem", item)).transpose()?;
        Ok(item.map(|item| item.into_connection(id.clone())))
    }

    async fn remove_player(&self, id: &ConnectionId, game: &GameId) -> Result<bool, PortError> {
        let delete = self
            .delete(connection_key(id))
            .condition_expression("game = :game")
            .expression_attribute_values(":game", s(game.as_str()));
        Ok(send_delete(delete).await?.is_some())
    }
}

impl DynamoStore {
    fn set_claim(
        &self,
        id: &ConnectionId,
        claim: &Claim,
    ) -> Result<UpdateItemFluentBuilder, PortError> {
        let set = "SET game = :game, seat = :seat, claimed_by = :by, claimed_at_ms = :at";
        let update = match &claim.room {
            Some(room) => self
                .update(connection_key(id), &format!("{set}, room = :room"))
                .expression_attribute_values(":room", s(room.as_str())),
            None => self.update(connection_key(id), &format!("{set} REMOVE room")),
        };
        Ok(update
            .expression_attribute_values(":game", s(claim.game.as_str()))
            .expression_attribute_values(":seat", word(claim.seat)?)
            .expression_attribute_values(":by", s(claim.by.as_str()))
            .expression_attribute_values(":at", n(claim.at_ms)))
    }

    /// Sets the claim of a connection that has no claim, or exactly the claim `replacing`.
    pub(super) fn replace_claim(
        &self,
        id: &ConnectionId,
        claim: &Claim,
        replacing: Option<&Claim>,
    ) -> Result<UpdateItemFluentBuilder, PortError> {
        let update = self.set_claim(id, claim)?;
        Ok(match replacing {
            None => {
                update.condition_expression("attribute_exists(pk) AND attribute_not_exists(game)")
            }
            Some(old) => update
                .condition_expression(
                    "attribute_exists(pk) AND (attribute_not_exists(game) \
                     OR (game = :old_game AND claimed_by = :old_by))",
                )
                .expression_attribute_values(":old_game", s(old.game.as_str()))
                .expression_attribute_values(":old_by", s(old.by.as_str())),
        })
    }
}

impl ClaimPlace for DynamoStore {
    async fn claim_place(
        &self,
        id: &ConnectionId,
        claim: &Claim,
        replacing: Option<&Claim>,
    ) -> Result<ClaimResult, PortError> {
        let update = self.replace_claim(id, claim, replacing)?;
        let UpdateResult::No(item) = send_update::<ConnectionItem>(update).await? else {
            return Ok(ClaimResult::Yes);
        };
        Ok(match item.map(|item| item.claim()) {
            None => ClaimResult::NoConnection,
            // Our own earlier claim; its response was lost.
            Some(Some(current)) if current.game == claim.game && current.by == claim.by => {
                ClaimResult::Yes
            }
            Some(Some(current)) => ClaimResult::Conflict(current),
            Some(None) => {
                let reason = "the condition failed although the connection has no claim";
                return Err(PortError::new("UpdateItem", reason));
            }
        })
    }
}
