//! The waiting times in docs/performance.md.

use expect_test::expect_file;
use rps_simulator::load::{Load, Times, run};
use rps_testkit::tables::with_table;

/// Lobby shards, and players per second.
const LOADS: [(u8, u64); 9] = [
    (1, 10),
    (1, 20),
    (1, 40),
    (4, 40),
    (4, 80),
    (16, 100),
    (16, 200),
    (16, 300),
    (16, 500),
];

const HEADER: &str = "| lobby shards | players per second | games per second | joins per player | join to answer, p50 / p99 ms | join to start, p50 / p99 ms | outcome lateness, p50 / p99 ms | executions |\n|---|---|---|---|---|---|---|---|";

fn row((shards, players_per_s): (u8, u64)) -> String {
    let load = Load {
        players_per_s,
        seconds: 20,
        shards,
        seed: 0,
    };
    let report = run(load);
    assert_eq!(report.violation, None, "{load:?}");
    let per_mille = 1000 * report.joins / report.players;
    let times = |times: &Times| format!("{} / {}", times.percentile(50), times.percentile(99));
    format!(
        "| {shards} | {players_per_s} | {} | {}.{:02} | {} | {} | {} | {} |",
        report.games / load.seconds,
        per_mille / 1000,
        per_mille % 1000 / 10,
        times(&report.answers),
        times(&report.starts),
        times(&report.outcomes),
        report.cold_starts,
    )
}

/// DynamoDB limits the calls for one item.
#[test]
fn a_flood_of_joins_is_throttled_at_the_lobby_item() {
    let load = Load {
        players_per_s: 200,
        seconds: 5,
        shards: 1,
        seed: 0,
    };
    assert!(run(load).throttled > 0);
}

#[test]
fn the_document_has_the_waiting_times() {
    let table = [HEADER.to_owned()].into_iter().chain(LOADS.map(row));
    let table = table.collect::<Vec<_>>().join("\n");
    let document = include_str!("../../../docs/performance.md");
    let document = with_table(document, "waiting-times", &table);
    expect_file!["../../../docs/performance.md"].assert_eq(&document);
}
