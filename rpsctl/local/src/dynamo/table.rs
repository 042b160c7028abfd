//! The table, as the infrastructure would create it.

use dynoxide::Database;
use rps_contract::names::attribute;
use serde_json::json;

use crate::TABLE;

/// Creates the table if the data does not hold it yet; refuses data that holds another one by its name.
pub(super) fn ensure(database: &Database) -> Result<(), String> {
    let names = database.list_tables(request(json!({}))?).map_err(text)?;
    if names.table_names.iter().any(|name| name == TABLE) {
        check(database)?;
    } else {
        create(database)?;
    }
    expire(database)
}

fn key_schema() -> serde_json::Value {
    json!([{ "AttributeName": attribute::KEY, "KeyType": "HASH" }])
}

fn create(database: &Database) -> Result<(), String> {
    let table = json!({
        "TableName": TABLE,
        "KeySchema": key_schema(),
        "AttributeDefinitions": [{ "AttributeName": attribute::KEY, "AttributeType": "S" }],
        "BillingMode": "PAY_PER_REQUEST",
    });
    database.create_table(request(table)?).map_err(text)?;
    Ok(())
}

fn check(database: &Database) -> Result<(), String> {
    let table = database
        .describe_table(request(json!({ "TableName": TABLE }))?)
        .map_err(text)?;
    let table = serde_json::to_value(table).map_err(text)?;
    if table["Table"]["KeySchema"] == key_schema() {
        return Ok(());
    }
    Err(format!("its table {TABLE} is not one of this game"))
}

fn expire(database: &Database) -> Result<(), String> {
    let now = database
        .describe_time_to_live(request(json!({ "TableName": TABLE }))?)
        .map_err(text)?;
    // AWS, and dynoxide, refuse to switch on what is on.
    if now.time_to_live_description.attribute_name.as_deref() == Some(attribute::TTL) {
        return Ok(());
    }
    let ttl = json!({
        "TableName": TABLE,
        "TimeToLiveSpecification": { "AttributeName": attribute::TTL, "Enabled": true },
    });
    database.update_time_to_live(request(ttl)?).map_err(text)?;
    Ok(())
}

pub(super) fn request<T: serde::de::DeserializeOwned>(
    body: serde_json::Value,
) -> Result<T, String> {
    serde_json::from_value(body).map_err(text)
}

#[allow(
    clippy::needless_pass_by_value,
    reason = "map_err passes errors by value"
)]
pub(super) fn text(error: impl std::error::Error) -> String {
    error.to_string()
}
