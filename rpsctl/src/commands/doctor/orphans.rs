//! What lies in the table and will not be gone soon by itself.

use std::collections::HashMap;

use futures_util::TryStreamExt;
use rps_contract::names::attribute;
use rps_game::{Connection, Game, GameId, Position, Waiting};
use rps_handlers::outbound::dynamo::{Item, Stored, Unreadable, stored};
use rps_handlers::ports::{FindConnection, FindGame, ReadLobby};
use rps_handlers::time::now_ms;

use super::finding::{Found, Wrongs};
use crate::aws::Deployment;
use crate::exit::Failure;
use crate::target::Target;

/// DynamoDB removes expired items within a few days. What is older than that it does not remove.
const EXPIRED_LONG_AGO_S: u64 = 4 * 24 * 60 * 60;

/// Keys that are named.
const NAMED: usize = 3;

#[derive(Debug, Default)]
struct Seen {
    items: usize,
    connections: Vec<Connection>,
    lobby: Vec<Waiting>,
    games: HashMap<GameId, Game>,
    unreadable: Vec<String>,
    expired: usize,
    expired_long_ago: usize,
}

/// Reads the whole table once, and counts.
pub(super) async fn orphans(deployment: &Deployment) -> Result<Found, Failure> {
    let mut seen = Seen::default();
    let now_ms = now_ms();
    let mut items = std::pin::pin!(deployment.items(""));
    while let Some(item) = items.try_next().await? {
        seen.add(item, now_ms);
    }
    let mut left = 0;
    let store = deployment.store();
    for waiting in &seen.lobby {
        left += usize::from(is_left(store, waiting).await?);
    }
    Ok(seen.sum_up(deployment.target(), left, now_ms))
}

impl Seen {
    fn add(&mut self, item: Item, now_ms: u64) {
        self.items += 1;
        let ttl = item.get(attribute::TTL).and_then(|ttl| ttl.as_n().ok());
        let ttl: Option<u64> = ttl.and_then(|ttl| ttl.parse().ok());
        let expired_for_s = ttl.and_then(|ttl| (now_ms / 1000).checked_sub(ttl));
        match stored(item) {
            Err(Unreadable { key, .. }) => return self.unreadable.push(key),
            // It is stuck, and so counted already.
            Ok(Stored::Game(game)) => {
                self.games.insert(game.id.clone(), game);
                return;
            }
            Ok(Stored::Connection(connection)) => self.connections.push(connection),
            Ok(Stored::Waiting(waiting)) => self.lobby.push(waiting),
            Ok(Stored::Other(_)) => (),
        }
        match expired_for_s {
            Some(EXPIRED_LONG_AGO_S..) => self.expired_long_ago += 1,
            Some(1..) => self.expired += 1,
            _ => (),
        }
    }

    /// `left` of the lobby's places are left over.
    fn sum_up(&self, target: &Target, left: usize, now_ms: u64) -> Found {
        let stuck = |it: &&Game| rps_contract::stuck(it, now_ms).is_some();
        let stuck = self.games.values().filter(stuck).count();
        let mut wrongs = Wrongs::of(target);
        let mut add = |count, one, many, remedy| {
            if let Some(text) = counted(count, one, many) {
                wrongs.add(text, remedy);
            }
        };
        let remedy = "`rpsctl queue drain` ends stuck games";
        add(stuck, "game is stuck", "games are stuck", remedy);
        let one = "place of the lobby is left over";
        let many = "places of the lobby are left over";
        let remedy = "the next player who joins there clears a place of the lobby";
        add(left, one, many, remedy);
        let (one, many) = ("item has long expired", "items have long expired");
        let remedy = "`rpsctl connections disconnect --stale` removes expired connections, TTL the rest (see ttl)";
        add(self.expired_long_ago, one, many, remedy);
        if let Some(text) = self.unreadable() {
            wrongs.add(
                text,
                "delete what does not read (`aws dynamodb delete-item`)",
            );
        }
        wrongs.or(self.fine(now_ms))
    }

    fn unreadable(&self) -> Option<String> {
        let count = self.unreadable.len();
        let text = counted(count, "item does not read", "items do not read")?;
        let mut named: Vec<_> = self.unreadable.iter().map(String::as_str).collect();
        named.sort_unstable();
        named.truncate(NAMED);
        let more = if count > NAMED { " and more" } else { "" };
        Some(format!("{text}: {}{more}", named.join(", ")))
    }

    /// What is there if nothing is wrong. What is left over here harms nobody.
    fn fine(&self, now_ms: u64) -> String {
        let claims = self
            .connections
            .iter()
            .filter(|it| self.is_over(it, now_ms));
        let claims = counted(claims.count(), "claim is left over", "claims are left over");
        let expired = counted(self.expired, "item has expired", "items have expired");
        let harmless: Vec<_> = [claims, expired].into_iter().flatten().collect();
        let none = format!("none among {} items", self.items);
        if harmless.is_empty() {
            return none;
        }
        format!("{none} ({}, which is harmless)", harmless.join(" and "))
    }

    /// Whether a connection claims a place that it does not have and will not get.
    fn is_over(&self, connection: &Connection, now_ms: u64) -> bool {
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

/// Whether the lobby still names who has gone, or who plays. The scan saw other items at other times; so all is
/// read again, and the lobby twice: what was the same before and after was so in between.
async fn is_left(
    store: &(impl ReadLobby + FindGame + FindConnection),
    seen: &Waiting,
) -> Result<bool, Failure> {
    let shard = seen.game.shard();
    let before = store.waiting(shard).await?;
    if before.as_ref() != Some(seen) || seen.is_being_taken(now_ms()) {
        return Ok(false);
    }
    let game = store.find_game(&seen.game).await?;
    let connection = store.find_connection(&seen.connection).await?;
    let after = store.waiting(shard).await?;
    Ok(after == before && (game.is_some() || connection.is_none()))
}
