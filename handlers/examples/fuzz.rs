//! Runs hostile input through a parser, and reports the first input that breaks a property.
//!
//! `cargo run --release -p rps-handlers --example fuzz -- frame --inputs 1000000 --seed 1`

mod progress;

use std::io::{Write as _, stderr, stdout};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use clap::Parser;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use indicatif::{ProgressBar, ProgressStyle};
use rps_fuzz::{Corpus, FuzzError, Run, Target, become_function, replay};
use serde_json::json;

use self::progress::{exit_code, with_progress};

/// The exit code after Ctrl-C, as in shells.
const INTERRUPTED: i32 = 130;

/// Run mutations of a corpus through a parser, and check the parser's properties
#[derive(Parser)]
struct Arguments {
    /// The parser
    #[arg(value_parser = targets())]
    target: Target,
    /// Run this many inputs
    #[arg(long, default_value_t = 10_000)]
    inputs: u64,
    /// Determines all inputs
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Begin with this input
    #[arg(long, default_value_t = 0)]
    start: u64,
    /// Mutate the files in this folder [default: the target's corpus in the repository]
    #[arg(long, value_name = "FOLDER")]
    corpus: Option<PathBuf>,
    /// Run only this file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["inputs", "seed", "start", "corpus"])]
    file: Option<PathBuf>,
}

fn targets() -> impl TypedValueParser<Value = Target> {
    let names = Target::ALL.iter().map(<&str>::from);
    PossibleValuesParser::new(names).try_map(|name| name.parse::<Target>())
}

fn main() -> ExitCode {
    become_function();
    fuzz(&Arguments::parse()).unwrap_or_else(|error| {
        let _ = writeln!(stderr(), "error: {error}");
        ExitCode::FAILURE
    })
}

fn fuzz(arguments: &Arguments) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let target = arguments.target;
    let began = Instant::now();
    let (done, result) = match &arguments.file {
        Some(file) => (1, replay(target, target.start(), file)),
        None => run(arguments)?,
    };
    let failure = match result {
        Err(failure @ FuzzError::Failed { .. }) => Some(failure.to_string()),
        result => result.map(|()| None)?,
    };
    if let Some(failure) = &failure {
        writeln!(stderr(), "{failure}")?;
    }
    let result = json!({
        "target": target.to_string(),
        "inputs": done,
        "seconds": began.elapsed().as_secs_f32(),
        "failure": failure,
    });
    writeln!(stdout(), "{result}")?;
    Ok(exit_code(failure.is_some()))
}

/// Returns how many inputs ran, and the first failure.
fn run(arguments: &Arguments) -> Result<(u64, Result<(), FuzzError>), Box<dyn std::error::Error>> {
    let &Arguments {
        target,
        inputs,
        seed,
        start,
        ..
    } = arguments;
    let folder = arguments.corpus.clone();
    let corpus = Corpus::read(&folder.unwrap_or_else(|| Corpus::folder(target)))?;
    let end = start
        .checked_add(inputs)
        .ok_or("--start plus --inputs is too large: use smaller numbers")?;
    let is_stopped = stop_at_ctrl_c()?;
    let bar = ProgressBar::new(inputs).with_style(ProgressStyle::with_template(
        "{bar:40} {human_pos} of {human_len} inputs, {per_sec}, {eta} left",
    )?);
    let (done, result) = with_progress(&bar, 0, |done: &AtomicU64| {
        let run = Run {
            target,
            corpus: &corpus,
            seed,
            inputs: start..end,
            done,
            is_stopped: &is_stopped,
        };
        let result = run.run(target.start());
        (done.load(Ordering::Relaxed), result)
    });
    bar.finish_and_clear();
    if result.is_ok() && done < inputs {
        let (next, rest) = (start + done, inputs - done);
        writeln!(
            stderr(),
            "interrupted after {done} inputs without a failure; to continue: --seed {seed} --start {next} --inputs {rest}"
        )?;
        std::process::exit(INTERRUPTED);
    }
    Ok((done, result))
}

/// Ctrl-C ends the run after its current input. A second Ctrl-C ends a run that hangs.
fn stop_at_ctrl_c() -> std::io::Result<Arc<AtomicBool>> {
    let is_stopped = Arc::new(AtomicBool::new(false));
    let stop = Arc::clone(&is_stopped);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    std::thread::spawn(move || {
        runtime.block_on(async {
            while tokio::signal::ctrl_c().await.is_ok() {
                if stop.swap(true, Ordering::Relaxed) {
                    std::process::exit(INTERRUPTED);
                }
            }
        });
    });
    Ok(is_stopped)
}
