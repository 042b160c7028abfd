//! The waiting times in docs/performance.md, and the lobby's limits.

use expect_test::expect_file;
use rps_simulator::load::{Load, Report, Times, run};
use rps_testkit::plot::{Chart, Line, XAxis, lines};
use rps_testkit::tables::with_table;

/// Players per second. AWS allows 500 new connections per second by default.
const LOADS: [u64; 6] = [10, 40, 100, 200, 300, 520];
const MOST: u64 = LOADS[LOADS.len() - 1];

/// A load of a lobby with the default limit of places.
const DEFAULT: Load = Load {
    players_per_s: MOST,
    seconds: 20,
    places: 28,
    seed: 0,
};

const HEADER: &str = "| players per second | games per second | joins per player | join to answer, p50 / p99 ms | join to start, p50 / p99 ms | outcome lateness, p50 / p99 ms | executions |\n|---|---|---|---|---|---|---|";

/// A point of each chart: players per second, games per second, join to answer (p99, ms), joins per 100 players.
type Point = [u64; 4];

/// The figures of the earlier lobby, which had items with one place each. The simulator cannot run it any more.
const BEFORE: [(&str, &[Point]); 3] = [
    (
        "before, 1 item",
        &[
            [10, 4, 1082, 100],
            [20, 9, 11541, 116],
            [40, 12, 29345, 286],
        ],
    ),
    (
        "before, 4 items",
        &[[40, 19, 1303, 100], [80, 37, 14093, 126]],
    ),
    (
        "before, 16 items",
        &[
            [100, 49, 490, 100],
            [200, 98, 2805, 101],
            [300, 139, 14370, 122],
            [500, 162, 21949, 176],
        ],
    ),
];

fn run_load(players_per_s: u64) -> (Load, Report) {
    let load = Load {
        players_per_s,
        ..DEFAULT
    };
    let report = run(load);
    assert_eq!(report.violation, None, "{load:?}");
    (load, report)
}

fn joins_per_100(report: &Report) -> u64 {
    100 * report.joins / report.players
}

fn row((load, report): &(Load, Report)) -> String {
    let joins = joins_per_100(report);
    let times = |times: &Times| format!("{} / {}", times.percentile(50), times.percentile(99));
    format!(
        "| {} | {} | {}.{:02} | {} | {} | {} | {} |",
        load.players_per_s,
        report.games / load.seconds,
        joins / 100,
        joins % 100,
        times(&report.answers),
        times(&report.starts),
        times(&report.outcomes),
        report.cold_starts,
    )
}

/// Charts of the earlier lobby and of this one.
fn plot(reports: &[(Load, Report)]) -> String {
    let point = |(load, report): &(Load, Report)| {
        let games_per_s = report.games / load.seconds;
        let answer_ms = report.answers.percentile(99);
        let joins = joins_per_100(report);
        [load.players_per_s, games_per_s, answer_ms, joins]
    };
    let now: Vec<Point> = reports.iter().map(point).collect();
    let series = BEFORE.into_iter().chain([("now", &now[..])]);
    let chart = |title, value: fn(&Point) -> f64| Chart {
        title,
        lines: series
            .clone()
            .map(|(name, points)| {
                let points = points.iter();
                let points = points.map(|point| (number(point[0]), value(point)));
                let points = points.collect();
                Line { name, points }
            })
            .collect(),
    };
    let charts = [
        chart("Games per second", |point| number(point[1])),
        chart("Join to answer, p99, seconds", |point| {
            number(point[2]) / 1000.0
        }),
        chart("Repeated joins per 100 players", |point| {
            number(point[3] - 100)
        }),
    ];
    lines("Players per second", XAxis::Linear, &charts)
}

fn number(value: u64) -> f64 {
    f64::from(u32::try_from(value).expect("a small number"))
}

#[test]
fn the_document_has_the_waiting_times() {
    let reports = LOADS.map(run_load);
    let rows = reports.iter().map(row);
    let table: Vec<_> = [HEADER.to_owned()].into_iter().chain(rows).collect();
    let document = include_str!("../../../docs/performance.md");
    let document = with_table(document, "waiting-times", &table.join("\n"));
    expect_file!["../../../docs/performance.md"].assert_eq(&document);
    expect_file!["../../../docs/waiting-times.svg"].assert_eq(&plot(&reports));
}

/// Players cannot connect faster than AWS allows by default, so the lobby is not the limit.
#[test]
fn the_lobby_is_faster_than_api_gateway() {
    let (load, report) = run_load(MOST);
    assert!(report.games >= 250 * load.seconds, "{}", report.games);
    assert!(joins_per_100(&report) < 120, "{}", report.joins);
    let answer_ms = report.answers.percentile(99);
    assert!(answer_ms < 1000, "{answer_ms} ms");
    assert_eq!(report.throttled, 0);
}

/// DynamoDB limits the calls for one item.
#[test]
fn a_flood_of_joins_is_throttled_at_the_lobby_item() {
    let load = Load {
        players_per_s: 1000,
        seconds: 1,
        ..DEFAULT
    };
    assert!(run(load).throttled > 0);
}

/// The shortest and the longest time from a join to its start, when these players come within a second, and nobody else.
fn lone_starts_ms(players: u64, seed: u64) -> [u64; 2] {
    let load = Load {
        players_per_s: players,
        seconds: 1,
        seed,
        ..DEFAULT
    };
    let report = run(load);
    assert_eq!(report.violation, None, "{load:?}");
    [0, 100].map(|percent| report.starts.percentile(percent))
}

#[test]
fn two_lone_players_are_paired_within_6_seconds() {
    for seed in 0..1000 {
        let [first, last] = lone_starts_ms(2, seed);
        assert!(first > 0 && last < 6000, "seed {seed}: {first}, {last} ms");
    }
}

/// They may all be faster than their opponents, and wait beside each other until a message pairs them.
#[test]
fn eight_lone_players_are_paired_within_6_seconds() {
    let longest = (0..300).map(|seed| lone_starts_ms(8, seed)[1]).max();
    assert!(
        longest.is_some_and(|ms| (5000..6000).contains(&ms)),
        "{longest:?} ms"
    );
}
