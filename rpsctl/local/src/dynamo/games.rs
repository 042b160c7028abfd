//! The games in the table of an earlier host.

use dynoxide::Database;
use rps_contract::names::{GAME_KEY_PREFIX, attribute};
use rps_game::{Tick, VERSION};
use serde_json::{Value, json};

use super::table::{request, text};
use crate::TABLE;

/// The clock messages of all games in the table. The table can outlive the queue, and a game without its
/// message would never end.
pub(super) fn unfinished(database: &Database) -> Result<Vec<Tick>, String> {
    let mut ticks = Vec::new();
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
            if let Some(tick) = tick(item) {
                ticks.push(tick);
            } else {
                tracing::warn!(%key, "this item is no game");
            }
        }
        // Without a key this was the last page.
        match page["LastEvaluatedKey"].take() {
            Value::Null => return Ok(ticks),
            key => scan["ExclusiveStartKey"] = key,
        }
    }
}

fn tick(item: &Value) -> Option<Tick> {
    let game = item[attribute::KEY]["S"]
        .as_str()?
        .strip_prefix(GAME_KEY_PREFIX)?;
    let number = |name: &str| item[name]["N"].as_str()?.parse::<u64>().ok();
    let tick = json!({
        "v": VERSION,
        "game": game,
        "round": number("round")?,
        "deadline_ms": number("deadline_ms")?,
    });
    serde_json::from_value(tick).ok()
}
