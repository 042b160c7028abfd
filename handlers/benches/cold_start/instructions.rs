//! Counts the instructions from the start of a function to its second poll of the Runtime API, with Callgrind.
//!
//! Unlike a time, the count does not depend on the load of the machine.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use crate::measure::Lab;
use crate::programs;
use crate::variants::Variant;

/// The functions that players wait for.
pub(crate) const VARIANTS: [&str; 2] = ["connection", "join-game, starts a game"];

/// A count may exceed the recorded one by this factor.
const MAX_RISE: f64 = 1.05;

/// On a busy machine a function gives up a connection before it is open, and opens another one.
const ATTEMPTS: usize = 20;
const GAVE_UP: &str = "cannot open all connections";

/// Fails if a count exceeds the recorded one too far. `records`: writes the counts instead.
pub(crate) fn check(lab: &Lab, variants: &mut [Variant], records: bool) -> Result<()> {
    let record = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/cold_start/instructions.json");
    let recorded: Value = match fs::read_to_string(&record) {
        Ok(text) => serde_json::from_str(&text)?,
        Err(_) => Value::Null,
    };
    ensure!(
        variants.len() == VARIANTS.len(),
        "cannot build all functions"
    );
    let (mut counts, mut risen) = (json!({}), Vec::new());
    for variant in variants {
        let count = count(lab, variant)?;
        let name = variant.name;
        let limit = recorded[name].as_f64().unwrap_or_default() * MAX_RISE;
        println!("{name}: {count} instructions, recorded {}", recorded[name]);
        #[expect(clippy::cast_precision_loss, reason = "some millions")]
        if count as f64 > limit {
            risen.push(name);
        }
        counts[name] = json!(count);
    }
    if records {
        return Ok(fs::write(record, format!("{counts:#}\n"))?);
    }
    ensure!(
        risen.is_empty(),
        "too many instructions: {}; docs/performance.md explains how to find the cause, and how to accept them",
        risen.join(" and ")
    );
    Ok(())
}

fn count(lab: &Lab, variant: &mut Variant) -> Result<u64> {
    let profile =
        programs::folder().join(format!("callgrind.out.{}", variant.name.replace(' ', "-")));
    let valgrind = programs::on_path("valgrind")?;
    let arguments = [
        valgrind.into(),
        "--tool=callgrind".into(),
        format!("--callgrind-out-file={}", profile.display()).into(),
    ];
    variant.program.command.splice(0..0, arguments);
    for _ in 0..ATTEMPTS {
        lab.run_once(variant)?;
        if !lab.log().contains(GAVE_UP) {
            return total(&profile);
        }
    }
    bail!("{}: {GAVE_UP}; the machine is too busy", variant.name)
}

fn total(profile: &Path) -> Result<u64> {
    let text = fs::read_to_string(profile)?;
    let total = text.lines().find_map(|line| line.strip_prefix("summary: "));
    let total = total.with_context(|| format!("{} has no summary", profile.display()))?;
    Ok(total.trim().parse()?)
}
