//! The table: one, with one key, `pk`. A connection is `C#id`, a shard of the lobby `L#0` to
//! `L#15`, a game `G#id`.
//!
//! - `items`: the items' shapes
//! - `connections`, `lobby`, `games`: the ports, one file for each kind of item
//! - `operate`: what only operators do
//!
//! Every write is of one item, and conditional wherever another could come in between: no transaction is
//! needed, so none is paid for (they cost double). A put or an update whose condition fails gives the
//! item as it is, for which DynamoDB does not charge a read. A write whose answer was lost is repeated by the SDK and then meets its own result:
//! each adapter recognizes that and reports success.
//!
//! TTL is a broom for what crashes left behind, not a clock: an item that is past its time and still
//! there names a connection that is past its longest life, and heals as any ghost does.

mod connections;
mod games;
mod items;
mod lobby;
#[cfg(feature = "operator")]
mod operate;

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
use rps_contract::names::attribute;
use serde::Serialize;
use serde::de::DeserializeOwned;

#[cfg(feature = "operator")]
pub use self::operate::{Stored, Unreadable, stored};
use crate::ports::Failure;

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

    /// Opens the connection to DynamoDB by the cheapest read there is, half a read unit. Done while
    /// Lambda initializes the function with a full CPU: the same handshake in the first invocation, at
    /// the CPU share of a 128 MB function, takes several times as long.
    pub async fn warm_up(&self) -> Result<(), Failure> {
        let read = self.get("warm-up").send().await;
        read.map(drop)
            .map_err(|error| Failure::new("GetItem", error))
    }

    /// Not consistent: may be a moment behind, at half the price.
    fn get(&self, key: impl Into<String>) -> GetItemFluentBuilder {
        let get = self.client.get_item().table_name(&self.table);
        get.key(attribute::KEY, s(key))
    }

    /// Gives the item either way.
    fn update(&self, key: String, expression: &str) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.table)
            .key(attribute::KEY, s(key))
            .update_expression(expression)
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
    }

    fn delete(&self, key: String) -> DeleteItemFluentBuilder {
        let delete = self.client.delete_item().table_name(&self.table);
        delete.key(attribute::KEY, s(key))
    }

    /// Puts an item where there is none. What is there instead, if something is.
    async fn put_if_absent<T: Serialize + DeserializeOwned>(
        &self,
        item: &T,
    ) -> Result<Option<T>, Failure> {
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
            _ => Err(Failure::new(OPERATION, error)),
        }
    }
}

async fn read<T: DeserializeOwned>(get: GetItemFluentBuilder) -> Result<Option<T>, Failure> {
    let output = get.send().await;
    let item = output.map_err(|error| Failure::new("GetItem", error))?.item;
    item.map(|item| decode("GetItem", item)).transpose()
}

/// What a delete removed, or `None` if its condition does not hold.
async fn deleted(delete: DeleteItemFluentBuilder) -> Result<Option<DeleteItemOutput>, Failure> {
    match delete.send().await {
        Ok(output) => Ok(Some(output)),
        Err(error)
            if error
                .as_service_error()
                .is_some_and(DeleteItemError::is_conditional_check_failed_exception) =>
        {
            Ok(None)
        }
        Err(error) => Err(Failure::new("DeleteItem", error)),
    }
}

fn s(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

fn n(value: impl Into<u64>) -> AttributeValue {
    AttributeValue::N(value.into().to_string())
}

fn encode(operation: &'static str, item: impl Serialize) -> Result<Item, Failure> {
    serde_dynamo::to_item(item).map_err(|error| Failure::new(operation, error))
}

fn decode<T: DeserializeOwned>(operation: &'static str, item: Item) -> Result<T, Failure> {
    serde_dynamo::from_item(item).map_err(|error| Failure::new(operation, error))
}

enum Updated<T> {
    Yes(T),
    /// The condition does not hold; the item as it is, if it exists.
    No(Option<T>),
}

async fn updated<T: DeserializeOwned>(
    update: UpdateItemFluentBuilder,
) -> Result<Updated<T>, Failure> {
    const OPERATION: &str = "UpdateItem";
    let error = match update.send().await {
        Ok(output) => {
            let item = output.attributes.unwrap_or_default();
            return decode(OPERATION, item).map(Updated::Yes);
        }
        Err(error) => error,
    };
    match error.as_service_error() {
        Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
            let item = failed.item.clone();
            let item = item.map(|item| decode(OPERATION, item)).transpose()?;
            Ok(Updated::No(item))
        }
        _ => Err(Failure::new(OPERATION, error)),
    }
}

/// A word of the game, as items spell it.
fn word(value: impl Serialize) -> Result<AttributeValue, Failure> {
    serde_dynamo::to_attribute_value(value).map_err(|error| Failure::new("UpdateItem", error))
}

/// A single write that meets another's transaction is refused for the moment only (the SDK does not retry
/// that by itself). The functions write no transactions, but nothing forbids others to.
fn conflicts_are_transient<E>() -> AwsErrorCodeClassifier<E> {
    AwsErrorCodeClassifier::builder()
        .transient_errors(&["TransactionConflictException"][..])
        .build()
}
