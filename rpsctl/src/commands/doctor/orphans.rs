//! Checks the table for items that nothing removes.

use std::collections::HashMap;

use futures_util::TryStreamExt;
use rps_contract::names::attribute;
use rps_contract::stack::ITEM_KEY;
use rps_game::{Connection, Game, GameId, Lobby, Position};
use rps_handlers::outbound::dynamo::{Item, StoredItem, Unreadable, parse_item};
use serde_json::json;

use super::finding::{CheckResult, Problems};
use crate::aws::Deployment;
use crate::exit::Failure;
use crate::target::{Target, quoted};

/// DynamoDB removes expired items within a few days. An older item shows that TTL does not work.
const EXPIRED_LONG_AGO_S: u64 = 4 * 24 * 60 * 60;

/// Maximum number of keys to name.
const MAX_NAMED: usize = 3;

#[derive(Debug, Default)]
struct TableContents {
    items: usize,
    connections: Vec<Connection>,
    /// The rooms, and the lobby.
    lobbies: Vec<Lobby>,
    games: HashMap<GameId, Game>,
    /// Keys of items with a key of the game and wrong attributes.
    unreadable: Vec<String>,
    /// Keys of items that do not belong to the game.
    foreign: Vec<String>,
    /// Keys of items of a newer version.
    newer: Vec<String>,
    expired: usize,
    expired_long_ago: usize,
}

/// Scans the whole table once and counts problems.
pub(super) async fn orphans(deployment: &Deployment) -> Result<CheckResult, Failure> {
    let mut contents = TableContents::default();
    let mut items = std::pin::pin!(deployment.items(""));
    while let Some(item) = items.try_next().await? {
        contents.add(item, deployment.now_ms());
    }
    let mut orphaned_places = 0;
    for lobby in &mut contents.lobbies {
        // The scan may have read the lobby after a connection.
        *lobby = deployment.lobby(lobby.room.as_ref()).await?;
        for id in lobby.places.keys() {
            orphaned_places += usize::from(deployment.is_orphaned(lobby, id).await?);
        }
    }
    Ok(contents.summarize(deployment.target(), orphaned_places, deployment.now_ms()))
}

impl TableContents {
    fn add(&mut self, item: Item, now_ms: u64) {
        self.items += 1;
        let ttl = item.get(attribute::TTL).and_then(|ttl| ttl.as_n().ok());
        let ttl: Option<u64> = ttl.and_then(|ttl| ttl.parse().ok());
        let expired_for_s = ttl.and_then(|ttl| (now_ms / 1000).checked_sub(ttl));
        match parse_item(item) {
            Err(Unreadable::Invalid { key, .. }) => return self.unreadable.push(key),
            Err(Unreadable::Newer { key, .. }) => return self.newer.push(key),
            // An expired game is stuck, so it is already counted.
            Ok(StoredItem::Game(game)) => {
                self.games.insert(game.id.clone(), game);
                return;
            }
            Ok(StoredItem::Connection(connection)) => self.connections.push(connection),
            Ok(StoredItem::Lobby(lobby)) => self.lobbies.push(lobby),
            Ok(StoredItem::Other(key)) if key == ITEM_KEY => return,
            Ok(StoredItem::Other(key)) => return self.foreign.push(key),
        }
        match expired_for_s {
            Some(EXPIRED_LONG_AGO_S..) => self.expired_long_ago += 1,
            Some(1..) => self.expired += 1,
            _ => (),
        }
    }

    /// Lists the problems, each with its remedy.
    fn summarize(&self, target: &Target, orphaned_places: usize, now_ms: u64) -> CheckResult {
        let stuck = |it: &&Game| rps_contract::stuck(it, now_ms).is_some();
        let stuck = self.games.values().filter(stuck).count();
        let drain = target.rpsctl("queue drain");
        let clean = target.rpsctl("connections disconnect --stale");
        let (place, places) = ("lobby place is orphaned", "lobby places are orphaned");
        let (expired, all_expired) = ("item expired days ago", "items expired days ago");
        let leftovers = [
            (
                counted(stuck, "game is stuck", "games are stuck"),
                format!("end stuck games with `{drain}`"),
            ),
            (
                counted(orphaned_places, place, places),
                format!("remove orphaned lobby places with `{clean}`"),
            ),
            (
                counted(self.expired_long_ago, expired, all_expired),
                format!(
                    "remove expired connections with `{clean}`; TTL removes the rest (see ttl)"
                ),
            ),
        ];
        let mut problems = Problems::of(target);
        for (text, remedy) in leftovers.into_iter().chain(self.strange_items(target)) {
            if let Some(text) = text {
                problems.add(text, remedy);
            }
        }
        problems.result_or(self.ok_text(now_ms))
    }

    /// The items that rpsctl cannot use, each kind with its remedy.
    fn strange_items(&self, target: &Target) -> [(Option<String>, String); 3] {
        let delete = |keys| format!("as in `{}`", deletion(target, keys));
        [
            (
                named(
                    &self.unreadable,
                    "item is unreadable",
                    "items are unreadable",
                ),
                format!("delete unreadable items, {}", delete(&self.unreadable)),
            ),
            (
                named(
                    &self.foreign,
                    "item does not belong to the game",
                    "items do not belong to the game",
                ),
                format!(
                    "delete items that do not belong to the game, {}",
                    delete(&self.foreign)
                ),
            ),
            (
                named(
                    &self.newer,
                    "item is of a newer version",
                    "items are of a newer version",
                ),
                "update rpsctl".to_owned(),
            ),
        ]
    }

    /// The text if there are no problems. It counts leftovers that cause no harm.
    fn ok_text(&self, now_ms: u64) -> String {
        let claims = self
            .connections
            .iter()
            .filter(|it| self.has_orphaned_claim(it, now_ms));
        let claims = counted(claims.count(), "claim is orphaned", "claims are orphaned");
        let expired = counted(self.expired, "item has expired", "items have expired");
        let harmless: Vec<_> = [claims, expired].into_iter().flatten().collect();
        let none = format!("none among {} items", self.items);
        if harmless.is_empty() {
            return none;
        }
        format!("{none} ({}; this is harmless)", harmless.join(" and "))
    }

    /// Whether a connection claims a game that it does not play, wait for or start.
    fn has_orphaned_claim(&self, connection: &Connection, now_ms: u64) -> bool {
        connection.claim.as_ref().is_some_and(|claim| {
            let game = self.games.get(&claim.game);
            let mut lobbies = self.lobbies.iter();
            let lobby = lobbies.find(|lobby| lobby.room == claim.room).cloned();
            let lobby = lobby.unwrap_or_default();
            Position::of(connection, &lobby, game, now_ms) == Position::Idle
        })
    }
}

fn counted(count: usize, one: &str, many: &str) -> Option<String> {
    match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {many}")),
    }
}

/// The number of items, and the first keys.
fn named(keys: &[String], one: &str, many: &str) -> Option<String> {
    let text = counted(keys.len(), one, many)?;
    let mut keys: Vec<_> = keys.iter().map(String::as_str).collect();
    keys.sort_unstable();
    let more = if keys.len() > MAX_NAMED {
        " and more"
    } else {
        ""
    };
    keys.truncate(MAX_NAMED);
    Some(format!("{text}: {}{more}", keys.join(", ")))
}

/// The command that deletes the first item.
fn deletion(target: &Target, keys: &[String]) -> String {
    let key = json!({ attribute::KEY: { "S": keys.iter().min() } }).to_string();
    let table = target.table();
    let delete = format!(
        "dynamodb delete-item --table-name {table} --key {}",
        quoted(&key)
    );
    target.aws(&delete)
}
