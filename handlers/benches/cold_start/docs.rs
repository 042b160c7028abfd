//! Writes the results to `docs/performance.md`, and their chart beside it.

use std::fs;
use std::path::Path;

use anyhow::Result;
use rps_testkit::plot;
use rps_testkit::tables::with_table;
use serde_json::Value;

use crate::report::{self, Row};

pub(crate) fn write(rows: &[Row], runs: u32, machine: &Value) -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let page = folder.join("performance.md");
    let document = fs::read_to_string(&page)?;
    let text = |name: &str| machine[name].as_str().unwrap_or("-");
    let measured = format!(
        "Measured on {} with {} runs of each program, on {} cores ({}, {}), with Rust {}, Node.js {} and Python {}.",
        text("date"),
        runs,
        machine["cores"],
        text("cpu"),
        text("kernel"),
        text("rust"),
        text("node"),
        text("python"),
    );
    let results = format!("\n{measured}\n\n{}\n", report::table(rows));
    fs::write(&page, with_table(&document, "cold-starts", &results))?;
    let bars: Vec<_> = rows
        .iter()
        .map(|row| (row.variant.name, report::chart_values(row)))
        .collect();
    plot::bars(
        &folder.join("cold-start.svg"),
        "Cold starts: median milliseconds, logarithmic scale",
        &[
            "from the start of the process to its first answer",
            "first invocation, at the CPU share of 128 MB",
        ],
        &bars,
    );
    Ok(())
}
