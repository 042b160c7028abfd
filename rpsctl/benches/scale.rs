//! How many games per second `rpsctl bots` plays on `rpsctl local`, with which latencies, and the CPU time per game and
//! process. Run it with `cargo bench -p rpsctl --bench scale`. It writes target/scale.json. With `-- --docs`, it also
//! writes the table of docs/performance.md and the plot docs/scale.svg. `-- 200 1000` selects the numbers of players.
//! With `-- --decide-early`, rounds end early, and the lateness counts from the second play.
//!
//! Games and CPU time are those of a window in which all bots play game after game. The latencies are those of the
//! whole run. The benchmark fails if a game is lost, or if its players receive contradictory messages.

#![allow(clippy::print_stdout, reason = "the result")]

use std::process::Child;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::thread::{sleep, spawn};
use std::time::{Duration, Instant};

use rps_testkit::plot::{Chart, Line, XAxis, lines};
use rps_testkit::rpsctl::{LocalSystem, cpu_time, end_bots};
use rps_testkit::tables::with_table;
use serde::Serialize;

const PLAYERS: [u32; 5] = [20, 200, 1000, 2000, 5000];
const RAMP_UP: Duration = Duration::from_secs(8);
const SETTLE: Duration = Duration::from_secs(5);
const WINDOW: Duration = Duration::from_secs(8);

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/performance.md");
const PLOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/scale.svg");
const RESULT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/scale.json");

const HEADER: &str = "\
| players | games per second | join to answer, p50 / p99 ms | outcome lateness, p50 / p99 ms | CPU ms per game: local | functions | bots | all |
|---|---|---|---|---|---|---|---|";

#[derive(Serialize)]
struct Level {
    players: u32,
    games_per_second: f64,
    join_to_answer_ms: Percentiles,
    outcome_lateness_ms: Percentiles,
    cpu_ms_per_game: CpuTimes,
}

#[derive(Serialize)]
struct Percentiles {
    p50: f64,
    p99: f64,
}

#[derive(Serialize)]
struct CpuTimes {
    local: f64,
    functions: f64,
    bots: f64,
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let mut players: Vec<u32> = args.iter().filter_map(|arg| arg.parse().ok()).collect();
    if players.is_empty() {
        players.extend(PLAYERS);
    }
    let early: Vec<&str> = args
        .iter()
        .map(String::as_str)
        .filter(|arg| *arg == "--decide-early")
        .collect();
    println!("{HEADER}");
    let mut levels = Vec::new();
    for players in players {
        let level = measure(players, &early);
        println!("{}", level.row());
        levels.push(level);
    }
    let json = serde_json::to_string_pretty(&levels).expect("JSON");
    std::fs::write(RESULT, json).expect("written");
    if args.iter().any(|arg| arg == "--docs") {
        document(&levels);
    }
}

fn measure(players: u32, early: &[&str]) -> Level {
    let (system, log) = LocalSystem::with_log(early);
    let games = Arc::new(AtomicU32::new(0));
    let started = Arc::clone(&games);
    spawn(move || {
        for _ in log.filter(|line| line.contains("game started")) {
            started.fetch_add(1, Relaxed);
        }
    });
    let bots = start_bots(&system, players);
    sleep(RAMP_UP + SETTLE);
    let before = Sample::take(&system, &bots, &games);
    sleep(WINDOW);
    let after = Sample::take(&system, &bots, &games);
    let report = end_bots(bots).ends(0).rows().remove(0);
    let percentiles = |times: &str| {
        let ms = |name| report[times][name].as_f64().expect("a number");
        Percentiles {
            p50: ms("p50"),
            p99: ms("p99"),
        }
    };
    let games = f64::from(after.games - before.games);
    let ms_per_game = |time: fn(&Sample) -> Duration| {
        (time(&after).as_secs_f64() - time(&before).as_secs_f64()) * 1000.0 / games
    };
    Level {
        players,
        games_per_second: games / (after.at - before.at).as_secs_f64(),
        join_to_answer_ms: percentiles("join_to_answer_ms"),
        outcome_lateness_ms: percentiles("outcome_lateness_ms"),
        cpu_ms_per_game: CpuTimes {
            local: ms_per_game(|sample| sample.local),
            functions: ms_per_game(|sample| sample.functions),
            bots: ms_per_game(|sample| sample.bots),
        },
    }
}

/// The games and the CPU time so far.
struct Sample {
    at: Instant,
    games: u32,
    local: Duration,
    functions: Duration,
    bots: Duration,
}

impl Sample {
    fn take(system: &LocalSystem, bots: &Child, games: &AtomicU32) -> Self {
        Self {
            at: Instant::now(),
            games: games.load(Relaxed),
            local: cpu_time(system.id()),
            functions: system.children_cpu_time(),
            bots: cpu_time(bots.id()),
        }
    }
}

/// Starts more games than end in time.
fn start_bots(system: &LocalSystem, players: u32) -> Child {
    let (players, ramp_up) = (players.to_string(), RAMP_UP.as_secs().to_string() + "s");
    system.start_bots(&[
        "--games",
        "1000000",
        "--concurrency",
        &players,
        "--ramp-up",
        &ramp_up,
    ])
}

impl Level {
    fn row(&self) -> String {
        let (cpu, join, late) = (
            &self.cpu_ms_per_game,
            &self.join_to_answer_ms,
            &self.outcome_lateness_ms,
        );
        format!(
            "| {} | {:.1} | {:.1} / {:.1} | {:.1} / {:.1} | {:.1} | {:.1} | {:.1} | {:.1} |",
            self.players,
            self.games_per_second,
            join.p50,
            join.p99,
            late.p50,
            late.p99,
            cpu.local,
            cpu.functions,
            cpu.bots,
            cpu.local + cpu.functions + cpu.bots,
        )
    }
}

/// Rewrites the table between the document's markers, and the plot.
fn document(levels: &[Level]) {
    let document = std::fs::read_to_string(DOCUMENT).expect("docs/performance.md");
    let rows = levels.iter().map(|level| ["\n", &level.row()].concat());
    let table = [HEADER, &rows.collect::<String>()].concat();
    std::fs::write(DOCUMENT, with_table(&document, "scale", &table)).expect("written");

    let line = |name, value: fn(&Level) -> f64| Line {
        name,
        points: levels
            .iter()
            .map(|level| (level.players.into(), value(level)))
            .collect(),
    };
    let svg = lines(
        "Number of players",
        XAxis::Logarithmic,
        &[
            Chart {
                title: "Games per second",
                lines: vec![line("", |level| level.games_per_second)],
            },
            Chart {
                title: "Outcome lateness, ms",
                lines: vec![
                    line("p50", |level| level.outcome_lateness_ms.p50),
                    line("p99", |level| level.outcome_lateness_ms.p99),
                ],
            },
            Chart {
                title: "CPU time per game, ms",
                lines: vec![
                    line("local", |level| level.cpu_ms_per_game.local),
                    line("functions", |level| level.cpu_ms_per_game.functions),
                    line("bots", |level| level.cpu_ms_per_game.bots),
                ],
            },
        ],
    );
    std::fs::write(PLOT, svg).expect("written");
}
