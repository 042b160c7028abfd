//! Creates or checks the game's table, and reads the games of an earlier local AWS.

use dynoxide::Database;
use rps_contract::names::{GAME_KEY_PREFIX, attribute};
use rps_game::{RoundTimer, VERSION};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::names::TABLE;

/// Creates the table if it is missing. Fails if the table has another key schema.
pub(super) fn ensure(database: &Database) -> Result<(), String> {
    let names = database.list_tables(request(json!({}))?).map_err(text)?;
    if names.table_names.iter().any(|name| name == TABLE) {
        check(database)?;
    } else {
        create(database)?;
    }
    enable_ttl(database)
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
    Err(format!(
        "its table {TABLE} has a key schema of another program"
    ))
}

fn enable_ttl(database: &Database) -> Result<(), String> {
    let describe = request(json!({ "TableName": TABLE }))?;
    let current = database.describe_time_to_live(describe).map_err(text)?;
    // AWS and dynoxide return an error if it is already enabled.
    if current.time_to_live_description.attribute_name.as_deref() == Some(attribute::TTL) {
        return Ok(());
    }
    let ttl = json!({
        "TableName": TABLE,
        "TimeToLiveSpecification": { "AttributeName": attribute::TTL, "Enabled": true },
    });
    database.update_time_to_live(request(ttl)?).map_err(text)?;
    Ok(())
}

/// Makes round timers for all games in the table. A table in a file outlives the queue, and a game without a round
/// timer would never end.
pub(super) fn round_timers(database: &Database) -> Result<Vec<String>, String> {
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
            if let Some(message) = round_timer(item) {
                messages.push(message);
            } else {
                tracing::warn!(%key, "skipping an unreadable game; its attributes are invalid");
            }
        }
        // The last page has no key.
        match page["LastEvaluatedKey"].take() {
            Value::Null => return Ok(messages),
            key => scan["ExclusiveStartKey"] = key,
        }
    }
}

fn round_timer(item: &Value) -> Option<String> {
    let key = item[attribute::KEY]["S"].as_str()?;
    let number = |name: &str| item[name]["N"].as_str()?.parse::<u64>().ok();
    let round_timer = json!({
        "v": VERSION,
        "game": key.strip_prefix(GAME_KEY_PREFIX)?,
        "round": number("round")?,
        "deadline_ms": number("deadline_ms")?,
    });
    let round_timer: RoundTimer = serde_json::from_value(round_timer).ok()?;
    serde_json::to_string(&round_timer).ok()
}

fn request<T: DeserializeOwned>(body: Value) -> Result<T, String> {
    serde_json::from_value(body).map_err(text)
}

fn text(error: impl std::error::Error) -> String {
    error.to_string()
}
