//! The DynamoDB table. It has one key, `pk`: `C#id` for a connection, `G#id` for a game, and
//! `L#places` for the lobby.
//!
//! - `items`: the items' attributes
//! - `connections`, `lobby`, `games`: the ports, one file per kind of item
//! - `seats`: the transaction in which a player takes its seat again
//! - `operate`: operations for operators only
//!
//! Each write changes one item, with a condition wherever a concurrent write is possible, because a transaction costs
//! double. Only a player who takes its seat again needs one. When a condition fails, DynamoDB returns the current item
//! without charging a read. If the response to a write is lost, the SDK repeats the write. The adapter
//! then recognizes its own earlier write and reports success.
//!
//! DynamoDB's TTL only removes items that crashes left behind. Until then an expired item belongs to a
//! closed connection, and the game handles it like any stale connection.

mod connections;
mod games;
mod items;
mod lobby;
#[cfg(feature = "operator")]
mod operate;
mod seats;

use std::collections::HashMap;

use aws_runtime::retries::classifiers::AwsErrorCodeClassifier;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::Builder;
use aws_sdk_dynamodb::operation::delete_item::builders::DeleteItemFluentBuilder;
use aws_sdk_dynamodb::operation::delete_item::{DeleteItemError, DeleteItemOutput};
use aws_sdk_dynamodb::operation::get_item::builders::GetItemFluentBuilder;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure};
use aws_types::SdkConfig;
use rps_contract::names::{CONNECTION_KEY_PREFIX, attribute};
use rps_game::GAME_VERSION;
use serde::Serialize;
use serde::de::DeserializeOwned;

#[cfg(feature = "operator")]
pub use self::operate::{StoredItem, Unreadable, parse_item};
use crate::ports::PortError;

pub type Item = HashMap<String, AttributeValue>;

#[derive(Debug, Clone)]
pub struct DynamoStore {
    client: Client,
    table: String,
}

impl DynamoStore {
    #[must_use]
    pub fn new(config: &SdkConfig, table: String) -> Self {
        let config = Builder::from(config)
            .retry_classifier(conflicts_are_transient::<PutItemError>())
            .retry_classifier(conflicts_are_transient::<UpdateItemError>())
            .retry_classifier(conflicts_are_transient::<DeleteItemError>())
            .build();
        Self {
            client: Client::from_conf(config),
            table,
        }
    }

    /// Opens a connection to DynamoDB with the cheapest read, half a read unit.
    pub async fn warm_up(&self) -> Result<(), PortError> {
        let read = self.get(format!("{CONNECTION_KEY_PREFIX}warm-up"));
        let read = read.send().await;
        read.map(drop)
            .map_err(|error| PortError::new("GetItem", error))
    }

    /// Eventually consistent by default, at half the price.
    fn get(&self, key: impl Into<String>) -> GetItemFluentBuilder {
        let get = self.client.get_item().table_name(&self.table);
        get.key(attribute::KEY, s(key))
    }

    /// Returns the item whether or not the condition holds.
    fn update(&self, key: impl Into<String>, expression: &str) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.table)
            .key(attribute::KEY, s(key))
            .update_expression(expression)
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
    }

    fn delete(&self, key: impl Into<String>) -> DeleteItemFluentBuilder {
        let delete = self.client.delete_item().table_name(&self.table);
        delete.key(attribute::KEY, s(key))
    }

    /// Stores the item if its key is free. Otherwise returns the existing item.
    async fn put_if_absent<T: Serialize + DeserializeOwned>(
        &self,
        item: &T,
    ) -> Result<Option<T>, PortError> {
        const OPERATION: &str = "PutItem";
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(encode(OPERATION, item)?))
            .condition_expression("attribute_not_exists(pk)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let Err(error) = put.send().await else {
            return Ok(None);
        };
        match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(failed)) => {
                decode(OPERATION, failed.item.clone().unwrap_or_default()).map(Some)
            }
            _ => Err(PortError::new(OPERATION, error)),
        }
    }
}

async fn read<T: DeserializeOwned>(get: GetItemFluentBuilder) -> Result<Option<T>, PortError> {
    let output = get.send().await;
    let item = output
        .map_err(|error| PortError::new("GetItem", error))?
        .item;
    item.map(|item| decode("GetItem", item)).transpose()
}

/// Sends the delete. `None`: its condition does not hold.
async fn send_delete(
    delete: DeleteItemFluentBuilder,
) -> Result<Option<DeleteItemOutput>, PortError> {
    match delete.send().await {
        Ok(output) => Ok(Some(output)),
        Err(error)
            if error
                .as_service_error()
                .is_some_and(DeleteItemError::is_conditional_check_failed_exception) =>
        {
            Ok(None)
        }
        Err(error) => Err(PortError::new("DeleteItem", error)),
    }
}

/// Sends a conditional delete. `Err` inside: its condition does not hold. Contains the current item, if it exists.
async fn delete_or_find<T: DeserializeOwned>(
    delete: DeleteItemFluentBuilder,
) -> Result<Result<(), Option<T>>, PortError> {
    const OPERATION: &str = "DeleteItem";
    let delete = delete
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
    let Err(error) = delete.send().await else {
        return Ok(Ok(()));
    };
    match error.as_service_error() {
        Some(DeleteItemError::ConditionalCheckFailedException(failed)) => {
            let item = failed.item.clone();
            let item = item.map(|item| decode(OPERATION, item)).transpose()?;
            Ok(Err(item))
        }
        _ => Err(PortError::new(OPERATION, error)),
    }
}

fn s(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

fn n(value: impl Into<u64>) -> AttributeValue {
    AttributeValue::N(value.into().to_string())
}

fn encode(operation: &'static str, item: impl Serialize) -> Result<Item, PortError> {
    serde_dynamo::to_item(item).map_err(|error| PortError::new(operation, error))
}

/// Refuses items of a later format.
fn decode<T: DeserializeOwned>(operation: &'static str, item: Item) -> Result<T, PortError> {
    let version = item
        .get("v")
        .and_then(|version| version.as_n().ok()?.parse().ok());
    if version.is_some_and(|version: u32| version > GAME_VERSION) {
        let reason = "the item has the format of a later release";
        return Err(PortError::new(operation, reason));
    }
    serde_dynamo::from_item(item).map_err(|error| PortError::new(operation, error))
}

enum UpdateResult<T> {
    Yes(T),
    /// The condition does not hold. Contains the current item, if it exists.
    No(Option<T>),
}

/// The update, with the condition that the item has no later format.
fn versioned(update: UpdateItemFluentBuilder) -> UpdateItemFluentBuilder {
    let condition = update.get_condition_expression().as_deref();
    let condition = format!("v <= :version AND ({})", condition.unwrap_or_default());
    update
        .condition_expression(condition)
        .expression_attribute_values(":version", n(GAME_VERSION))
}

/// Sends the update, unless the item has a later format.
async fn send_update<T: DeserializeOwned>(
    update: UpdateItemFluentBuilder,
) -> Result<UpdateResult<T>, PortError> {
    const OPERATION: &str = "UpdateItem";
    let error = match versioned(update).send().await {
        Ok(output) => {
            let item = output.attributes.unwrap_or_default();
            return decode(OPERATION, item).map(UpdateResult::Yes);
        }
        Err(error) => error,
    };
    match error.as_service_error() {
        Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
            let item = failed.item.clone();
            let item = item.map(|item| decode(OPERATION, item)).transpose()?;
            Ok(UpdateResult::No(item))
        }
        _ => Err(PortError::new(OPERATION, error)),
    }
}

/// An enum value, as items spell it.
fn word(value: impl Serialize) -> Result<AttributeValue, PortError> {
    serde_dynamo::to_attribute_value(value).map_err(|error| PortError::new("UpdateItem", error))
}

/// A write that conflicts with a transaction may be retried, but the SDK does not do so by default.
fn conflicts_are_transient<E>() -> AwsErrorCodeClassifier<E> {
    AwsErrorCodeClassifier::builder()
        .transient_errors(&["TransactionConflictException"][..])
        .build()
}
