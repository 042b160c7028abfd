//! Bots play at full rate on `rpsctl local` for a long time. Memory, open handles, processes, items and messages must not
//! grow. Run it with `cargo bench -p rpsctl --bench soak`; `-- --minutes 2` takes less time, and `-- --faults` injects
//! faults. It writes its samples to stdout as CSV, and plots them in target/soak.svg.
//!
//! Growth is the difference between the means of the first and the last quarter of the samples. The benchmark fails if
//! a series grows beyond its limit, or if the bots report a lost or contradictory game. Ctrl-C ends it early.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the result")]

use std::fs::{read_dir, write};
use std::pin::pin;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, value_parser};
use rps_local::TABLE;
use rps_testkit::plot::{Chart, Line, XAxis, lines};
use rps_testkit::rpsctl::{LocalSystem, end_bots, memory_bytes};
use rps_testkit::table::{Item, Table};
use rps_testkit::wait;
use serde_json::{Value, json};
use tokio::signal::ctrl_c;
use tokio::time::{Instant, MissedTickBehavior, interval};

const SAMPLE_EVERY: Duration = Duration::from_secs(5);

const PLOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/soak.svg");

/// Every series may grow by this part of its first quarter, and by its own slack.
const MAX_GROWTH: f64 = 0.2;

/// The series of a sample and their slacks. The number of running games, and with it the numbers of items, messages and
/// processes, depends on the machine's other work.
const SERIES: [(&str, f64); 7] = [
    ("memory MB", 20.0),
    ("open handles", 50.0),
    ("processes", 8.0),
    ("memory of processes MB", 100.0),
    ("items of games", 200.0),
    (IDLE, 50.0),
    ("messages", 100.0),
];

/// A killed `$connect` leaves its connection in the table until its TTL, so this series grows with faults.
const IDLE: &str = "idle connections";

/// Play for a long time, and check that nothing grows
#[derive(Parser)]
struct Arguments {
    #[arg(long, default_value_t = 20, value_parser = value_parser!(u16).range(1..))]
    minutes: u16,
    /// Number of bots
    #[arg(long, default_value_t = 200, value_parser = value_parser!(u16).range(2..))]
    players: u16,
    /// Inject faults
    #[arg(long)]
    faults: bool,
    /// Passed by cargo
    #[arg(long, hide = true)]
    bench: bool,
}

/// The time in minutes, and the values in the order of [`SERIES`].
type Sample = (f64, [f64; SERIES.len()]);

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut options = vec!["--play-window-s=1", "--concurrency=16"];
    options.extend(arguments.faults.then_some("--faults"));
    let system = LocalSystem::with(&options);
    let players = arguments.players.to_string();
    // More games than end in time.
    let bots = system.start_bots(&["--games", "100000000", "--concurrency", &players]);
    let (samples, interrupted) = wait(take_samples(&system, arguments.minutes));
    let report = end_bots(bots).rows().remove(0);
    drop(system);
    if samples.len() < 4 {
        eprintln!("no result: the run ended before the fourth sample; let it run longer");
        return ExitCode::FAILURE;
    }
    write(PLOT, plot(&samples)).expect("written");
    let has_grown = print_growth(&samples, arguments.faults);
    // On a terminal, Ctrl-C also ends `rpsctl local`, and the running games with it.
    let has_failed = !interrupted && !is_sound(&report);
    ExitCode::from(u8::from(has_grown || has_failed))
}

fn is_sound(report: &Value) -> bool {
    let is_sound = ["lost_games", "contradictory_games"]
        .iter()
        .all(|games| report[games] == json!([]));
    if !is_sound {
        eprintln!("lost or contradictory games: {report}");
    }
    is_sound
}

/// Takes and prints samples. Returns also whether Ctrl-C ended them.
async fn take_samples(system: &LocalSystem, minutes: u16) -> (Vec<Sample>, bool) {
    let names = SERIES.map(|(name, _)| name);
    println!("minutes,{}", names.join(","));
    let table = Table::at(system.endpoint(), TABLE);
    let (mut samples, began) = (Vec::new(), Instant::now());
    let mut interrupt = pin!(ctrl_c());
    let mut ticks = interval(SAMPLE_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // The first tick comes at once, before the first game.
    ticks.tick().await;
    while began.elapsed() < Duration::from_mins(minutes.into()) {
        let values = async {
            ticks.tick().await;
            sample(system, &table).await
        };
        let values = tokio::select! {
            biased;
            _ = &mut interrupt => return (samples, true),
            values = values => values,
        };
        let minutes = began.elapsed().as_secs_f64() / 60.0;
        println!("{minutes:.2},{}", values.map(|it| it.to_string()).join(","));
        samples.push((minutes, values));
    }
    (samples, false)
}

async fn sample(system: &LocalSystem, table: &Table) -> [f64; SERIES.len()] {
    let children = system.children();
    let handles = read_dir(format!("/proc/{}/fd", system.id())).expect("/proc");
    let items = table.items().await;
    let is_idle = |key: &str, item: &Item| key.starts_with("C#") && !item.contains_key("game");
    let idle = items.iter().filter(|(key, item)| is_idle(key, item));
    let idle = idle.count();
    [
        memory_mb(&[system.id()]),
        count(handles.count()),
        count(children.len()),
        memory_mb(&children),
        count(items.len() - idle),
        count(idle),
        messages(system),
    ]
}

/// The resident memory of these processes. One that has ended has none.
fn memory_mb(processes: &[u32]) -> f64 {
    let memory = processes.iter().filter_map(|it| memory_bytes(*it, "VmRSS"));
    let mb = memory.sum::<u64>() >> 20;
    f64::from(u32::try_from(mb).expect("a small number"))
}

fn messages(system: &LocalSystem) -> f64 {
    let status = system.queue_status();
    let counts = ["visible", "delayed", "in_flight"];
    let counts = counts.map(|name| status[name].as_f64().expect("a number"));
    counts.into_iter().sum()
}

fn count(count: usize) -> f64 {
    f64::from(u32::try_from(count).expect("a small number"))
}

/// Prints the growth of each series. Returns true if one has grown beyond its limit.
fn print_growth(samples: &[Sample], faults: bool) -> bool {
    let quarter = samples.len() / 4;
    let mean = |samples: &[Sample], series: usize| {
        let sum: f64 = samples.iter().map(|(_, values)| values[series]).sum();
        sum / count(samples.len())
    };
    let mut has_grown = false;
    let growths = SERIES.iter().enumerate().map(|(series, (name, slack))| {
        let first = mean(&samples[..quarter], series);
        let growth = mean(&samples[samples.len() - quarter..], series) - first;
        let limit = if faults && *name == IDLE {
            f64::INFINITY
        } else {
            first * MAX_GROWTH + slack
        };
        let is_beyond = growth > limit;
        has_grown |= is_beyond;
        let warning = if is_beyond { " TOO MUCH" } else { "" };
        format!("{name} {first:.0} {growth:+.0} (limit {limit:+.0}){warning}")
    });
    let growths: Vec<_> = growths.collect();
    eprintln!("growth: {}", growths.join(", "));
    has_grown
}

fn plot(samples: &[Sample]) -> String {
    let charts = SERIES.iter().enumerate().map(|(series, (title, _))| {
        let points = samples.iter().map(|(minutes, all)| (*minutes, all[series]));
        let points = points.collect();
        Chart {
            title,
            lines: vec![Line { name: "", points }],
        }
    });
    lines("Minutes", XAxis::Linear, &charts.collect::<Vec<_>>())
}
