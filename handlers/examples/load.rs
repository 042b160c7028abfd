//! Reports the waiting times of many players on a simulated AWS without faults.
//!
//! `cargo run --release -p rps-handlers --example load -- --players-per-s 500`

mod progress;

use std::io::{Write as _, stdout};
use std::process::ExitCode;

use clap::{Parser, value_parser};
use indicatif::{ProgressBar, ProgressStyle};
use rps_simulator::load::{Load, Times, run};
use serde_json::{Value, json};

use self::progress::{exit_code, with_progress};

/// Simulate many players with AWS's usual latencies, and report their waiting times
#[derive(Parser)]
struct Arguments {
    /// Players who connect per second, at random times
    #[arg(long, default_value_t = 100, value_parser = value_parser!(u64).range(1..=10_000))]
    players_per_s: u64,
    /// Players connect for this time
    #[arg(long, default_value_t = 30, value_parser = value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// The limit of the lobby's places
    #[arg(long, default_value_t = 28, value_parser = value_parser!(u8).range(1..=28))]
    places: u8,
    /// Determines all random times
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    let load = Load {
        players_per_s: arguments.players_per_s,
        seconds: arguments.seconds,
        places: arguments.places,
        seed: arguments.seed,
    };
    let style = ProgressStyle::with_template("{spinner} {elapsed}")?;
    let spinner = ProgressBar::new_spinner().with_style(style);
    let report = with_progress(&spinner, 0, |_| run(load));
    spinner.finish_and_clear();
    let result = json!({
        "players": report.players,
        "games": report.games,
        "joins": report.joins,
        "answer_ms": percentiles(&report.answers),
        "start_ms": percentiles(&report.starts),
        "outcome_ms": percentiles(&report.outcomes),
        "cold_starts": report.cold_starts,
        "throttled": report.throttled,
        "violation": report.violation,
    });
    writeln!(stdout(), "{result}")?;
    Ok(exit_code(report.violation.is_some()))
}

fn percentiles(times: &Times) -> Value {
    json!({ "p50": times.percentile(50), "p99": times.percentile(99) })
}
