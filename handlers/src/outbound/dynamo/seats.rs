//! The transaction in which a player takes its seat again.

use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{Delete, TransactWriteItem, Update};
use rps_game::{Presence, SEATS_SINCE};

use crate::outbound::dynamo::items::{
    connection_key, game_key, player_attribute, presence_attribute, secret_attribute,
};
use crate::outbound::dynamo::{DynamoStore, n, s, versioned, word};
use crate::ports::{PortError, TakeSeat, Takeover};

const OPERATION: &str = "TransactWriteItems";

impl TakeSeat for DynamoStore {
    async fn take_seat(&self, takeover: Takeover<'_>) -> Result<bool, PortError> {
        let Takeover { to, claim, .. } = takeover;
        let claim = self.replace_claim(&to.id, claim, to.claim.as_ref())?;
        let mut writes = vec![
            in_transaction(self.move_seat(takeover)?)?,
            in_transaction(claim)?,
        ];
        if takeover.is_claimed {
            writes.push(self.remove_claimed(takeover)?);
        }
        let transaction = self.client.transact_write_items();
        match transaction.set_transact_items(Some(writes)).send().await {
            Ok(_) => Ok(true),
            // Also if another transaction or write changes an item at the same time.
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(TransactWriteItemsError::is_transaction_canceled_exception) =>
            {
                Ok(false)
            }
            Err(error) => Err(PortError::new(OPERATION, error)),
        }
    }
}

impl DynamoStore {
    fn move_seat(&self, takeover: Takeover<'_>) -> Result<UpdateItemFluentBuilder, PortError> {
        let seat = takeover.claim.seat;
        let (player, opponent) = (player_attribute(seat), player_attribute(seat.other()));
        let presence = presence_attribute(seat);
        let expression = format!("SET {player} = :to, {presence} = :resumed, v = :seats");
        let condition = format!(
            "{player} = :from AND {opponent} <> :to AND {} = :secret AND attribute_not_exists(closed)",
            secret_attribute(seat)
        );
        Ok(self
            .update(game_key(&takeover.claim.game), &expression)
            .condition_expression(condition)
            .expression_attribute_values(":to", s(takeover.to.id.as_str()))
            .expression_attribute_values(":resumed", word(Presence::Resumed)?)
            .expression_attribute_values(":seats", n(SEATS_SINCE))
            .expression_attribute_values(":from", s(takeover.from.as_str()))
            .expression_attribute_values(":secret", s(takeover.secret.as_str())))
    }

    /// Removes the connection that had the seat, if it still exists.
    fn remove_claimed(&self, takeover: Takeover<'_>) -> Result<TransactWriteItem, PortError> {
        let delete = Delete::builder()
            .table_name(&self.table)
            .key("pk", s(connection_key(takeover.from)))
            .condition_expression("attribute_not_exists(pk) OR game = :game")
            .expression_attribute_values(":game", s(takeover.claim.game.as_str()))
            .build();
        let delete = delete.map_err(|error| PortError::new(OPERATION, error))?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }
}

fn in_transaction(update: UpdateItemFluentBuilder) -> Result<TransactWriteItem, PortError> {
    let update = versioned(update);
    let update = Update::builder()
        .set_table_name(update.get_table_name().clone())
        .set_key(update.get_key().clone())
        .set_update_expression(update.get_update_expression().clone())
        .set_condition_expression(update.get_condition_expression().clone())
        .set_expression_attribute_values(update.get_expression_attribute_values().clone())
        .build();
    let update = update.map_err(|error| PortError::new(OPERATION, error))?;
    Ok(TransactWriteItem::builder().update(update).build())
}
