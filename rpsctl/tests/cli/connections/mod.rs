//! `rpsctl connections`.
//!
//! - `list`, `show`, `disconnect`: the commands
//! - `refused`: requests that AWS refuses

mod disconnect;
mod list;
mod refused;
mod show;

use rps_handlers::time::now_ms;

use crate::aws::Table;
use crate::golden::Golden;
use crate::queues::at;
use crate::rpsctl::{Ended, LocalSystem};

/// 2023-11-14, 22:13:20 and 123 ms: long ago.
pub(super) const THEN_MS: u64 = 1_700_000_000_123;

/// Runs `rpsctl connections` at this endpoint.
pub(super) fn connections(endpoint: &str, line: &str) -> Ended {
    at(endpoint, &format!("connections {line}"))
}

/// A table with stale connections of all kinds, and one connection that may be opening.
pub(super) fn haunted(game: &LocalSystem) -> Table {
    let table = Table::create(game.endpoint(), "rps-dev");
    table.describe(game.url());
    table.haunt("idle", THEN_MS, None);
    table.haunt("left-over", THEN_MS + 1, Some("over"));
    table.haunt("waiting", THEN_MS + 2, None);
    table.queue("waiting", "to-be");
    table.haunt("x", THEN_MS + 3, Some("early"));
    table.start("early", THEN_MS, [None, None]);
    table.haunt("joining", now_ms() + 1_000_000_000, Some("soon"));
    table.put(&[("pk", "OTHER")]);
    table
}

/// Adds unreadable items.
pub(super) fn spoil(table: &Table) {
    table.haunt("of-broken", THEN_MS + 4, Some("broken"));
    table.put(&[("pk", "G#broken"), ("v", "1")]);
    table.put(&[("pk", "C#half"), ("v", "1")]);
}

#[test]
fn an_empty_table_has_no_connections() {
    let game = LocalSystem::start();
    let mut golden = Golden::at(game.endpoint());
    golden.run("connections list");
    golden.run("connections list --output json");
    golden.run("connections list --stale");
    golden.run("connections list --idle-for 5m");
    golden.run("connections show nobody");
    golden.run("connections disconnect nobody --yes");
    golden.run("connections disconnect --all --yes");
    golden.run("connections disconnect --stale --yes");
    golden.run("connections disconnect --all --dry-run --output json");
    golden.is("connections-nobody");
}
