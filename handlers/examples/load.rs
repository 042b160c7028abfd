//! Reports the waiting times of many players on a simulated AWS without faults.
//!
//! `cargo run --release -p rps-handlers --example load -- --players-per-s 500`

use std::io::{Write as _, stdout};

use clap::{Parser, value_parser};
use rps_simulator::load::{Load, Times, run};
use serde_json::{Value, json};

/// Simulate many players with AWS's usual latencies, and report their waiting times
#[derive(Parser)]
struct Arguments {
    /// Players who connect per second, at random times
    #[arg(long, default_value_t = 100, value_parser = value_parser!(u64).range(1..=10_000))]
    players_per_s: u64,
    /// Players connect for this time
    #[arg(long, default_value_t = 30, value_parser = value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// Lobby shards
    #[arg(long, default_value_t = 1, value_parser = value_parser!(u8).range(1..=16))]
    shards: u8,
    /// Determines all random times
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    let report = run(Load {
        players_per_s: arguments.players_per_s,
        seconds: arguments.seconds,
        shards: arguments.shards,
        seed: arguments.seed,
    });
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
    Ok(())
}

fn percentiles(times: &Times) -> Value {
    json!({ "p50": times.percentile(50), "p99": times.percentile(99) })
}
