//! Checks the table for items that nothing removes.

use std::collections::HashMap;

use futures_util::TryStreamExt;
use rps_contract::names::attribute;
use rps_game::{Connection, Game, GameId, Position, Waiting};
use rps_handlers::outbound::dynamo::{Item, StoredItem, Unreadable, parse_item};
use rps_handlers::ports::{FindConnection, FindGame, PortError, ReadLobby};
use rps_handlers::time::now_ms;

use super::finding::{CheckResult, Problems};
use crate::aws::Deployment;
use crate::exit::Failure;
use crate::target::Target;

/// DynamoDB removes expired items within a few days. An older item shows that TTL does not work.
const EXPIRED_LONG_AGO_S: u64 = 4 * 24 * 60 * 60;

/// Maximum number of unreadable keys to name.
const MAX_NAMED: usize = 3;

#[derive(Debug, Default)]
struct TableContents {
    items: usize,
    connections: Vec<Connection>,
    lobby: Vec<Waiting>,
    games: HashMap<GameId, Game>,
    unreadable: Vec<String>,
    expired: usize,
    expired_long_ago: usize,
}

/// Scans the whole table once and counts problems.
pub(super) async fn orphans(deployment: &Deployment) -> Result<CheckResult, Failure> {
    let mut contents = TableContents::default();
    let now_ms = now_ms();
    let mut items = std::pin::pin!(deployment.items(""));
    while let Some(item) = items.try_next().await? {
        contents.add(item, now_ms);
    }
    let mut orphaned_places = 0;
    let store = deployment.store();
    for waiting in &contents.lobby {
        let result = is_orphaned(store, waiting).await;
        let result = result.map_err(|error| deployment.explain_port(&error));
        orphaned_places += usize::from(result?);
    }
    Ok(contents.summarize(deployment.target(), orphaned_places, now_ms))
}

impl TableContents {
    fn add(&mut self, item: Item, now_ms: u64) {
        self.items += 1;
        let ttl = item.get(attribute::TTL).and_then(|ttl| ttl.as_n().ok());
        let ttl: Option<u64> = ttl.and_then(|ttl| ttl.parse().ok());
        let expired_for_s = ttl.and_then(|ttl| (now_ms / 1000).checked_sub(ttl));
        match parse_item(item) {
            Err(Unreadable { key, .. }) => return self.unreadable.push(key),
            // An expired game is stuck, so it is already counted.
            Ok(StoredItem::Game(game)) => {
                self.games.insert(game.id.clone(), game);
                return;
            }
            Ok(StoredItem::Connection(connection)) => self.connections.push(connection),
            Ok(StoredItem::Waiting(waiting)) => self.lobby.push(waiting),
            Ok(StoredItem::Other(_)) => (),
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
        let mut problems = Problems::of(target);
        let mut add = |count, one, many, remedy| {
            if let Some(text) = counted(count, one, many) {
                problems.add(text, remedy);
            }
        };
        let remedy = "end stuck games with `rpsctl queue drain`";
        add(stuck, "game is stuck", "games are stuck", remedy);
        let one = "lobby place is orphaned";
        let many = "lobby places are orphaned";
        let remedy = "no action: the next player who joins there clears a lobby place";
        add(orphaned_places, one, many, remedy);
        let (one, many) = ("item expired days ago", "items expired days ago");
        let remedy = "remove expired connections with `rpsctl connections disconnect --stale`; TTL removes the rest \
             (see ttl)";
        add(self.expired_long_ago, one, many, remedy);
        if let Some(text) = self.unreadable() {
            problems.add(
                text,
                "delete unreadable items with `aws dynamodb delete-item`",
            );
        }
        problems.result_or(self.ok_text(now_ms))
    }

    fn unreadable(&self) -> Option<String> {
        let count = self.unreadable.len();
        let text = counted(count, "item is unreadable", "items are unreadable")?;
        let mut keys: Vec<_> = self.unreadable.iter().map(String::as_str).collect();
        keys.sort_unstable();
        keys.truncate(MAX_NAMED);
        let more = if count > MAX_NAMED { " and more" } else { "" };
        Some(format!("{text}: {}{more}", keys.join(", ")))
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

    /// Whether a connection claims a place that it does not have and will not get.
    fn has_orphaned_claim(&self, connection: &Connection, now_ms: u64) -> bool {
        let Connection { id, claim, .. } = connection;
        claim.as_ref().is_some_and(|claim| {
            let waits = |it: &&Waiting| it.connection == *id && it.game == claim.game;
            let (waiting, game) = (self.lobby.iter().find(waits), self.games.get(&claim.game));
            Position::of(id, claim, waiting, game, now_ms) == Position::Idle
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

/// Whether the lobby names a player who has disconnected or already plays. The scan read the items at different times,
/// so this reads them again. It reads the lobby twice: an unchanged lobby did not change in between.
async fn is_orphaned(
    store: &(impl ReadLobby + FindGame + FindConnection),
    waiting: &Waiting,
) -> Result<bool, PortError> {
    let shard = waiting.game.shard();
    let before = store.waiting(shard).await?;
    if before.as_ref() != Some(waiting) || waiting.is_reserved(now_ms()) {
        return Ok(false);
    }
    let game = store.find_game(&waiting.game).await?;
    let connection = store.find_connection(&waiting.connection).await?;
    let after = store.waiting(shard).await?;
    Ok(after == before && (game.is_some() || connection.is_none()))
}
