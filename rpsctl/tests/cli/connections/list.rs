//! `rpsctl connections list` lists the connections and their states.

use std::io::{BufRead, BufReader};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

use serde_json::{Value, json};

use super::{THEN_MS, connections, haunted, spoil};
use crate::aws::{Table, server};
use crate::player::Player;
use crate::proxy::proxy;
use crate::queues::{end, start};
use crate::rpsctl::{Ended, LocalSystem, send};

/// The rows, sorted by the connection's id.
fn rows(ended: Ended) -> Vec<Value> {
    let mut rows = ended.ends(0).rows();
    rows.sort_by_key(|row| row["connection"].to_string());
    rows
}

#[test]
fn the_list_has_the_state_of_each_connection() {
    let game = LocalSystem::start();
    spoil(&haunted(&game));
    let ended = connections(game.endpoint(), "list --stack dev --output json");
    let mut notes: Vec<_> = ended.stderr.lines().map(str::to_owned).collect();
    let state = |row: &Value| json!([row["connection"], row["place"], row["game"]]);
    let states: Vec<_> = rows(ended).iter().map(state).collect();
    let expected = [
        json!(["idle", "idle", null]),
        json!(["joining", "joining", null]),
        json!(["left-over", "idle", null]),
        json!(["waiting", "waiting", "to-be"]),
        json!(["x", "playing", "early"]),
    ];
    assert_eq!(states, expected);
    notes.sort_unstable();
    let expected = [
        "skipped connection of-broken: the item G#broken is unreadable: Expected num",
        "skipped: the item C#half is unreadable: Expected num",
    ];
    assert_eq!(notes, expected);
}

#[test]
fn idle_and_stale_connections_are_listed() {
    let game = LocalSystem::with_window("60");
    let quiet = Player::connect(&game);
    Table::at(game.endpoint(), "rps").haunt("ghost", THEN_MS, None);
    let list = |more: &str| {
        let ended = connections(game.endpoint(), &format!("list --output json {more}"));
        assert_eq!(ended.stderr, "", "{ended:?}");
        let rows = rows(ended).into_iter();
        let ids = rows.map(|row| {
            let open = row["open"].as_bool();
            assert_eq!(row["last_active_at"].is_string(), open == Some(true));
            (row["connection"].as_str().expect("an id").to_owned(), open)
        });
        ids.collect::<Vec<_>>()
    };
    let (quiet, ghost) = (quiet.id.clone(), "ghost".to_owned());
    assert_eq!(list("--idle-for 0s"), [(quiet.clone(), Some(true))]);
    assert_eq!(list("--idle-for 1h"), []);
    assert_eq!(list("--stale"), [(ghost.clone(), Some(false))]);
    let mut all = [(quiet, None), (ghost, None)];
    all.sort();
    assert_eq!(list("--limit 2"), all);
}

#[test]
fn the_list_ends_at_the_limit() {
    let game = LocalSystem::start();
    let table = Table::at(game.endpoint(), "rps");
    for id in 0..600 {
        table.haunt(&format!("a-connection-{id}"), THEN_MS, None);
    }
    let more = "the list ends after 20 entries, but there are more: raise --limit to show them\n";
    for (line, count, note) in [
        ("list --limit 20 --output json", 20, more),
        ("list --limit 20 --stale --output json", 20, more),
        ("list --limit 600 --output json", 600, ""),
        // With its frame and its head.
        ("list --limit 20", 24, more),
    ] {
        let ended = connections(game.endpoint(), line).ends(0);
        assert_eq!(ended.stderr, note);
        assert_eq!(ended.stdout.lines().count(), count, "{ended:?}");
    }

    // More than a pipe holds, and a reader that has read enough.
    let list = "connections list --output json --limit 600";
    let mut list = start(game.endpoint(), list);
    let mut line = String::new();
    let stdout = list.stdout.take().expect("piped");
    let read = BufReader::with_capacity(64, stdout).read_line(&mut line);
    assert!(read.expect("a line") > 0);
    end(list).quietly();
}

/// Otherwise the list would cost a read per connection.
#[test]
fn one_read_and_one_scan_read_the_lobby_the_connections_and_their_games() {
    let game = LocalSystem::start();
    let table = Table::at(game.endpoint(), "rps");
    for n in 0..20 {
        let (first, second) = (format!("first-{n}"), format!("second-{n}"));
        let id = format!("game-{n}");
        table.play(&id, [&first, &second], THEN_MS);
        table.haunt(&first, THEN_MS, Some(&id));
        table.haunt(&second, THEN_MS, Some(&id));
    }
    for n in 0..20 {
        table.haunt(&format!("waiting-{n}"), THEN_MS, None);
        table.queue(&format!("waiting-{n}"), &format!("to-be-{n}"));
        table.haunt(&format!("idle-{n}"), THEN_MS, None);
    }
    let read = Arc::new(AtomicUsize::new(0));
    let reads = Arc::clone(&read);
    let url = proxy(game.endpoint(), move |head| {
        reads.fetch_add(usize::from(head.contains("getitem")), Relaxed);
        None
    });
    let rows = rows(connections(&url, "list --output json"));
    let count = |place| rows.iter().filter(|row| row["place"] == place).count();
    assert_eq!(["playing", "waiting", "idle"].map(count), [40, 20, 20]);
    assert_eq!(read.load(Relaxed), 1);
}

/// Each page of the table has one connection.
#[test]
fn the_scan_ends_at_the_limit() {
    const PAGES: usize = 500;
    let read = Arc::new(AtomicUsize::new(0));
    let pages = Arc::clone(&read);
    let url = server(move |head| {
        if !head.contains("dynamodb_20120810.scan") {
            return (200, "{}".to_owned());
        }
        let page = pages.fetch_add(1, Relaxed);
        let key = json!({ "S": format!("C#{page}") });
        let one = json!({ "N": "1" });
        let item = json!({ "pk": key, "v": one, "connected_at_ms": one, "ttl": one });
        let mut answer = json!({ "Items": [item] });
        if page < PAGES {
            answer["LastEvaluatedKey"] = json!({ "pk": key });
        }
        (200, answer.to_string())
    });
    let ended = connections(&url, "list --limit 3 --output json").ends(0);
    assert_eq!(ended.stdout.lines().count(), 3, "{ended:?}");
    let read = read.load(Relaxed);
    assert!(read < 100, "{read} pages");
}

#[test]
fn watch_repeats_the_list() {
    let game = LocalSystem::start();
    let table = Table::at(game.endpoint(), "rps");
    let watch = |format: &str| {
        let line = format!("connections list --watch --every 100ms --output {format}");
        let mut child = start(game.endpoint(), &line);
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        (child, lines.map(|line| line.expect("a line")))
    };
    let (mut child, mut lines) = watch("table");
    let head =
        "connections: 0 idle, 0 joining, 0 waiting, 0 playing (every 1 second; Ctrl-C to stop)";
    assert_eq!(lines.next(), Some(format!("local: 0 {head}")));
    table.haunt("ghost", THEN_MS, None);
    let head = "local: 1 connections: 1 idle, 0 joining, 0 waiting, 0 playing";
    assert!(lines.by_ref().any(|line| line.starts_with(head)));
    assert!(lines.any(|line| line.starts_with("│ ghost")));
    send("INT", child.id());
    assert_eq!(child.wait().expect("ends").code(), Some(0));

    let (mut child, mut lines) = watch("json");
    for _ in 0..2 {
        assert!(lines.next().expect("a row").contains(r#""ghost""#));
    }
    send("TERM", child.id());
    assert_eq!(child.wait().expect("ends").code(), Some(0));
}
