//! The results as a table and as JSON.

#![expect(clippy::cast_precision_loss, reason = "some megabytes")]

use comfy_table::Table;
use comfy_table::presets::ASCII_MARKDOWN;
use rps_testkit::plot;
use serde_json::{Map, Value, json};

use crate::measure::Sample;
use crate::variants::Variant;

struct Metric {
    title: &'static str,
    key: &'static str,
    of: fn(&Sample) -> Option<f64>,
}

const FIRST_ANSWER: usize = 1;
const SMALL: usize = 2;

const METRICS: [Metric; 6] = [
    Metric {
        title: "init, ms",
        key: "init_ms",
        of: |sample| Some(sample.init.as_secs_f64() * 1e3),
    },
    Metric {
        title: "first answer, ms",
        key: "first_answer_ms",
        of: |sample| Some(sample.first.as_secs_f64() * 1e3),
    },
    Metric {
        title: "first invocation at 128 MB, ms",
        key: "first_invocation_at_128_mb_ms",
        of: |sample| Some(sample.small?.as_secs_f64() * 1e3),
    },
    Metric {
        title: "warm invocation, ms",
        key: "warm_invocation_ms",
        of: |sample| Some(sample.warm.as_secs_f64() * 1e3),
    },
    Metric {
        title: "CPU, ms",
        key: "cpu_ms",
        of: |sample| Some(sample.cpu.as_secs_f64() * 1e3),
    },
    Metric {
        title: "memory, MB",
        key: "memory_mb",
        of: |sample| Some(sample.memory_kb as f64 / 1e3),
    },
];

pub(crate) struct Row {
    pub(crate) variant: Variant,
    pub(crate) samples: Vec<Sample>,
}

/// Median, minimum and maximum.
type Spread = [f64; 3];

impl Row {
    fn spread(&self, metric: &Metric) -> Option<Spread> {
        let mut values: Vec<f64> = self.samples.iter().filter_map(metric.of).collect();
        values.sort_by(f64::total_cmp);
        Some([
            *values.get(values.len() / 2)?,
            *values.first()?,
            *values.last()?,
        ])
    }

    fn sizes_mb(&self) -> Option<[f64; 2]> {
        let sizes = self.variant.program.sizes?;
        Some(sizes.map(|bytes| bytes as f64 / 1e6))
    }
}

pub(crate) fn table(rows: &[Row]) -> String {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN);
    let titles = METRICS.iter().map(|metric| metric.title);
    table.set_header(
        ["variant"]
            .into_iter()
            .chain(titles)
            .chain(["executable, MB", "zip, MB"]),
    );
    for row in rows {
        let mut cells = vec![row.variant.name.to_owned()];
        cells.extend(METRICS.iter().map(|metric| {
            row.spread(metric)
                .map_or("-".to_owned(), |[median, min, max]| {
                    format!(
                        "{} ({} to {})",
                        plot::digits(median),
                        plot::digits(min),
                        plot::digits(max)
                    )
                })
        }));
        let sizes = row.sizes_mb().map(|sizes| sizes.map(plot::digits));
        cells.extend(sizes.unwrap_or(["-", "-"].map(str::to_owned)));
        table.add_row(cells);
    }
    table.to_string()
}

pub(crate) fn json(rows: &[Row]) -> Value {
    let rows = rows.iter().map(|row| {
        let metrics = METRICS.iter().filter_map(|metric| {
            let [median, min, max] = row.spread(metric)?;
            let spread = json!({ "median": median, "min": min, "max": max });
            Some((metric.key.to_owned(), spread))
        });
        let mut object: Map<String, Value> = metrics.collect();
        object.insert("variant".to_owned(), json!(row.variant.name));
        if let Some([executable, zip]) = row.variant.program.sizes {
            object.insert("executable_bytes".to_owned(), json!(executable));
            object.insert("zip_bytes".to_owned(), json!(zip));
        }
        Value::from(object)
    });
    rows.collect()
}

/// The medians that the chart compares.
pub(crate) fn chart_values(row: &Row) -> Vec<Option<f64>> {
    let metrics = [FIRST_ANSWER, SMALL].map(|index| &METRICS[index]);
    let medians = metrics
        .into_iter()
        .map(|metric| row.spread(metric).map(|[median, ..]| median));
    medians.collect()
}
