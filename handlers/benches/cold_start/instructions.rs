//! Counts the instructions from the start of a function to its second poll of the Runtime API, with Callgrind.
//!
//! Unlike a time, the count does not depend on the load of the machine.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::measure::Lab;
use crate::programs;
use crate::variants::Variant;

/// The functions that players wait for.
pub(crate) const VARIANTS: [&str; 2] = ["connection", "join-game, starts a game"];

/// A count may exceed the recorded one by this much.
const MAX_RISE_PERCENT: u64 = 5;

/// On a busy machine a function sometimes opens a second connection before the first one is free again. So the least
/// count of some runs counts.
const RUNS: usize = 5;

/// Fails if a count exceeds the recorded one too far. `records`: writes the counts instead.
pub(crate) fn check(lab: &Lab, variants: &mut [Variant], records: bool) -> Result<()> {
    let all_built = variants.len() == VARIANTS.len();
    ensure!(all_built, "cannot build all functions");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/cold_start/instructions.json");
    let recorded: Value = match fs::read_to_string(&path) {
        Ok(text) if !records => serde_json::from_str(&text)?,
        _ => json!({}),
    };
    let (mut counts, mut risen) = (json!({}), Vec::new());
    for variant in variants {
        let name = variant.name;
        let limit = recorded[name].as_u64().unwrap_or_default() * (100 + MAX_RISE_PERCENT) / 100;
        let count = least_count(lab, variant, limit)?;
        println!("{name}: {count} instructions, at most {limit}");
        if count > limit {
            risen.push(name);
        }
        counts[name] = json!(count);
    }
    if records {
        return Ok(fs::write(path, format!("{counts:#}\n"))?);
    }
    ensure!(
        risen.is_empty(),
        "too many instructions: {}; docs/performance.md explains how to find the cause, and how to accept them",
        risen.join(" and ")
    );
    Ok(())
}

/// Stops at a count that does not exceed the limit.
fn least_count(lab: &Lab, variant: &mut Variant, limit: u64) -> Result<u64> {
    let name = variant.name.replace(", ", ".").replace(' ', "-");
    let profile = programs::folder().join(format!("callgrind.out.{name}"));
    let valgrind = programs::on_path("valgrind")?;
    let arguments = [
        valgrind.into(),
        "--tool=callgrind".into(),
        format!("--callgrind-out-file={}", profile.display()).into(),
    ];
    variant.program.command.splice(0..0, arguments);
    let mut least = u64::MAX;
    for _ in 0..RUNS {
        lab.run_once(variant)?;
        least = least.min(total(&profile)?);
        if least <= limit {
            break;
        }
    }
    Ok(least)
}

fn total(profile: &Path) -> Result<u64> {
    let text = fs::read_to_string(profile)?;
    let total = text.lines().find_map(|line| line.strip_prefix("summary: "));
    let total = total.with_context(|| format!("{} has no summary", profile.display()))?;
    Ok(total.trim().parse()?)
}
