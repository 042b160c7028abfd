//! The table, as the infrastructure would create it, and the games in the table of an earlier host.

use dynoxide::Database;
use rps_contract::names::{GAME_KEY_PREFIX, attribute};
use rps_game::{Tick, VERSION};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::names::TABLE;

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

fn key_schema() -> Value {
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
    let describe = request(json!({ "TableName": TABLE }))?;
    let table = database.describe_table(describe).map_err(text)?;
    let table = serde_json::to_value(table).map_err(text)?;
    if table["Table"]["KeySchema"] == key_schema() {
        return Ok(());
    }
    Err(format!("its table {TABLE} is not one of this game"))
}

fn expire(database: &Database) -> Result<(), String> {
    let describe = request(json!({ "TableName": TABLE }))?;
    let now = database.describe_time_to_live(describe).map_err(text)?;
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

/// The timer messages of all games in the table. The table can outlive the queue, and a game without its message would
/// never end.
pub(super) fn timer_messages(database: &Database) -> Result<Vec<String>, String> {
    let mut messages = Vec::new();
    let mut scan = json!({
        "TableName": TABLE,
        "FilterExpression": "begins_with(#key, :game)",
        "ExpressionAttributeNames": { "#key": attribute::KEY },
        "ExpressionAttributeValues": { ":game": { "S": GAME_KEY_PREFIX } },
    });
    loop {
        let page = database.scan(request(scan.clone())?).map_err(text)?;
        let mut page = serde_json::to_value(page).map_err(text)?;
        for item in page["Items"].as_array().into_iter().flatten() {
            let key = &item[attribute::KEY]["S"];
            if let Some(message) = timer_message(item) {
                messages.push(message);
            } else {
                tracing::warn!(%key, "this item is no game");
            }
        }
        // Without a key this was the last page.
        match page["LastEvaluatedKey"].take() {
            Value::Null => return Ok(messages),
            key => scan["ExclusiveStartKey"] = key,
        }
    }
}

fn timer_message(item: &Value) -> Option<String> {
    let key = item[attribute::KEY]["S"].as_str()?;
    let number = |name: &str| item[name]["N"].as_str()?.parse::<u64>().ok();
    let tick = json!({
        "v": VERSION,
        "game": key.strip_prefix(GAME_KEY_PREFIX)?,
        "round": number("round")?,
        "deadline_ms": number("deadline_ms")?,
    });
    let tick: Tick = serde_json::from_value(tick).ok()?;
    serde_json::to_string(&tick).ok()
}

fn request<T: DeserializeOwned>(body: Value) -> Result<T, String> {
    serde_json::from_value(body).map_err(text)
}

fn text(error: impl std::error::Error) -> String {
    error.to_string()
}
