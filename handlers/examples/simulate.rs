//! Runs the real functions in the simulator, and reports every violation of a guarantee.
//!
//! `cargo run --release -p rps-handlers --example simulate -- --seeds N --start S`

mod progress;

use std::error::Error;
use std::fs;
use std::io::{ErrorKind, Write as _, stderr, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, value_parser};
use indicatif::{ProgressBar, ProgressStyle};
use rps_simulator::search::{Summary, search};
use rps_simulator::{Fault, Violation, explain, version};
use serde_json::{Value, json};

use self::progress::{exit_code, with_progress};

const MAX_SEED: u64 = 1_000_000_000_000;

/// Results are saved after this many seeds.
const CHUNK: u64 = 20_000;

/// Shrinking takes longer than finding.
const MAX_STORIES: usize = 10;

/// Simulate games with faults, and check the guarantees
#[derive(Parser)]
struct Arguments {
    /// Run this many seeds
    #[arg(long, default_value_t = 5000, value_parser = value_parser!(u64).range(1..MAX_SEED))]
    seeds: u64,
    /// Begin with this seed
    #[arg(long, default_value_t = 0, value_parser = value_parser!(u64).range(..MAX_SEED))]
    start: u64,
    /// Enable this fault in every seed
    #[arg(long = "with", value_name = "FAULT")]
    enabled: Vec<Fault>,
    /// Fail if a seed means another schedule than in this version of the simulator and the functions
    #[arg(long, value_name = "VERSION")]
    version: Option<String>,
    /// Save the results in this file after every 20,000 seeds, and continue from it
    #[arg(long, value_name = "FILE")]
    resume: Option<PathBuf>,
}

fn main() -> ExitCode {
    simulate(&Arguments::parse()).unwrap_or_else(|error| {
        let _ = writeln!(stderr(), "error: {error}");
        ExitCode::FAILURE
    })
}

fn simulate(arguments: &Arguments) -> Result<ExitCode, Box<dyn Error>> {
    let version = version();
    if let Some(other) = arguments.version.as_ref().filter(|it| **it != version) {
        return Err(format!("the seed is of version {other}, and this is version {version}: check out the code that printed it").into());
    }
    let mut summary = match &arguments.resume {
        Some(file) => read(file, arguments, &version)?,
        None => Summary::default(),
    };
    let bar = ProgressBar::new(arguments.seeds).with_style(ProgressStyle::with_template(
        "{bar:40} {human_pos} of {human_len} seeds, {per_sec}, {eta} left",
    )?);
    while summary.seeds < arguments.seeds {
        let first = arguments.start + summary.seeds;
        let last = (first + CHUNK).min(arguments.start + arguments.seeds);
        summary.add(with_progress(&bar, summary.seeds, |progress| {
            search(first..last, &arguments.enabled, progress)
        }));
        if let Some(file) = &arguments.resume {
            write(file, &summary, arguments, &version)?;
        }
    }
    bar.finish_and_clear();
    let violations = violations(&summary, arguments, &version);
    let result = json!({
        "seeds": summary.seeds,
        "steps": summary.steps,
        "games": summary.games,
        "resumes": summary.resumes,
        "faults": faults(&summary),
        "violations": violations,
    });
    writeln!(stdout(), "{result}")?;
    Ok(exit_code(!summary.violations.is_empty()))
}

fn violations(summary: &Summary, arguments: &Arguments, version: &str) -> Vec<Value> {
    let explained = summary.violations.iter().take(MAX_STORIES);
    let explained = explained.filter_map(|seed| explain(*seed, &arguments.enabled));
    let mut violations: Vec<Value> = explained
        .map(|violation| {
            tell(&violation, &command(violation.seed, arguments, version));
            json!({
                "seed": violation.seed,
                "guarantee": violation.guarantee as u8,
                "text": violation.text,
                "story": violation.story,
                "command": command(violation.seed, arguments, version),
            })
        })
        .collect();
    let others = summary.violations.iter().skip(MAX_STORIES);
    violations.extend(
        others.map(|seed| json!({ "seed": seed, "command": command(*seed, arguments, version) })),
    );
    violations
}

/// Prints the story for people.
fn tell(violation: &Violation, command: &str) {
    let Violation {
        seed,
        guarantee,
        text,
        story,
    } = violation;
    let guarantee = *guarantee as u8;
    let story = story.join("\n");
    let _ = writeln!(
        stderr(),
        "seed {seed} violates guarantee {guarantee}: {text}\n{story}\nReplay: {command}\n"
    );
}

/// The command that replays a seed.
fn command(seed: u64, arguments: &Arguments, version: &str) -> String {
    let enabled = arguments.enabled.iter();
    let enabled: Vec<String> = enabled.map(|fault| format!(" --with {fault}")).collect();
    let enabled = enabled.concat();
    format!(
        "cargo run --release -p rps-handlers --example simulate -- --seeds 1 --start {seed} --version {version}{enabled}"
    )
}

fn faults(summary: &Summary) -> Value {
    let counts = summary.faults.iter();
    counts
        .map(|(fault, count)| (fault.to_string(), json!(count)))
        .collect()
}

/// The results of an interrupted run.
fn read(file: &Path, arguments: &Arguments, version: &str) -> Result<Summary, Box<dyn Error>> {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Summary::default()),
        Err(error) => return Err(format!("cannot read {}: {error}", file.display()).into()),
    };
    let saved: Value = serde_json::from_str(&text).unwrap_or_default();
    if saved["version"] != version || saved["run"] != run_of(arguments) {
        let file = file.display();
        return Err(format!("{file} has results of another version, start or fault: continue with the same, or name a new file").into());
    }
    let number = |name: &str| saved[name].as_u64().unwrap_or_default();
    let faults = saved["faults"].as_object().into_iter().flatten();
    let faults = faults.filter_map(|(fault, count)| Some((fault.parse().ok()?, count.as_u64()?)));
    let violations = saved["violations"].as_array().into_iter().flatten();
    Ok(Summary {
        seeds: number("seeds"),
        steps: number("steps"),
        games: number("games"),
        resumes: number("resumes"),
        faults: faults.collect(),
        violations: violations.filter_map(Value::as_u64).collect(),
    })
}

fn write(
    file: &Path,
    summary: &Summary,
    arguments: &Arguments,
    version: &str,
) -> Result<(), Box<dyn Error>> {
    let saved = json!({
        "version": version,
        "run": run_of(arguments),
        "seeds": summary.seeds,
        "steps": summary.steps,
        "games": summary.games,
        "resumes": summary.resumes,
        "faults": faults(summary),
        "violations": summary.violations,
    });
    // An interruption leaves the old file or the new one.
    let new = file.with_extension("new");
    fs::write(&new, saved.to_string())?;
    fs::rename(&new, file)?;
    Ok(())
}

fn run_of(arguments: &Arguments) -> Value {
    let enabled = arguments.enabled.iter();
    let enabled: Vec<String> = enabled.map(ToString::to_string).collect();
    json!({ "start": arguments.start, "with": enabled })
}
