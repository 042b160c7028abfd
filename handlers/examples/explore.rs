//! Explores every schedule of a few players on the real functions, and reports the first violation of a guarantee.
//!
//! `cargo run --release -p rps-handlers --example explore -- --players 2 --crashes 1`

mod progress;

use std::io::{Write as _, stderr, stdout};
use std::process::ExitCode;
use std::sync::atomic::Ordering;
use std::time::Instant;

use clap::{Parser, value_parser};
use indicatif::{ProgressBar, ProgressStyle};
use rps_simulator::explore::{Scenario, explore};
use serde_json::json;

use self::progress::{exit_code, with_progress};

/// Explore every order of the calls of a few players, and check the guarantees
#[derive(Parser)]
struct Arguments {
    /// This many players join and play
    #[arg(long, default_value_t = 2, value_parser = value_parser!(u8).range(1..=3))]
    players: u8,
    /// They join in a room
    #[arg(long)]
    in_room: bool,
    /// They play against the house
    #[arg(long, conflicts_with = "in_room")]
    house: bool,
    /// At most this many of them leave, at any time
    #[arg(long, default_value_t = 0)]
    leaves: u8,
    /// The first player's connection breaks during its game, and it resumes on another
    #[arg(long)]
    resume: bool,
    /// At most this many functions die
    #[arg(long, default_value_t = 0)]
    crashes: u8,
    /// At most this many calls or messages are repeated
    #[arg(long, default_value_t = 0)]
    duplicates: u8,
    /// At most this many requests take effect late
    #[arg(long, default_value_t = 0)]
    late: u8,
    /// Interrupt functions between two calls at most this often, instead of as often as possible
    #[arg(long)]
    interruptions: Option<u8>,
}

fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    let scenario = Scenario {
        players: arguments.players,
        in_room: arguments.in_room,
        house: arguments.house,
        leaves: arguments.leaves,
        resume: arguments.resume,
        crashes: arguments.crashes,
        duplicates: arguments.duplicates,
        late: arguments.late,
        interruptions: arguments.interruptions,
    };
    let spinner = ProgressBar::new_spinner().with_style(ProgressStyle::with_template(
        "{spinner} {human_pos} states, {per_sec}, {elapsed}",
    )?);
    let began = Instant::now();
    let (violation, states) = with_progress(&spinner, 0, |states| {
        let violation = explore(scenario, states);
        (violation, states.load(Ordering::Relaxed))
    });
    spinner.finish_and_clear();
    if let Some((text, story)) = &violation {
        writeln!(stderr(), "{}\n{text}", story.join("\n"))?;
    }
    let result = json!({
        "states": states,
        "seconds": began.elapsed().as_secs_f32(),
        "violation": violation.as_ref().map(|(text, _)| text),
    });
    writeln!(stdout(), "{result}")?;
    Ok(exit_code(violation.is_some()))
}
