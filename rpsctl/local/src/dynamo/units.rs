//! The capacity units that a call consumes (source: "DynamoDB read and write operations", DynamoDB developer guide).

use dynoxide::types::{Item, item_size};
use serde_json::Value;

use crate::metrics::{LocalMetric, Metrics};

const READ_UNITS: LocalMetric = of_table("ConsumedReadCapacityUnits");
const WRITE_UNITS: LocalMetric = of_table("ConsumedWriteCapacityUnits");

/// One value for each successful request.
pub(super) const LATENCY: LocalMetric = LocalMetric::new(
    "AWS/DynamoDB",
    "SuccessfulRequestLatency",
    &["TableName", "Operation"],
    "Milliseconds",
);

const fn of_table(name: &'static str) -> LocalMetric {
    LocalMetric::new("AWS/DynamoDB", name, &["TableName"], "Count")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CapacityKind {
    Read,
    Write,
}

#[derive(Debug, PartialEq)]
pub(super) struct ConsumedUnits {
    pub(super) kind: CapacityKind,
    pub(super) table: String,
    pub(super) amount: f64,
}

impl ConsumedUnits {
    /// Reads an entry of `ConsumedCapacity`. `kind` applies unless the entry has read units: a repeated transaction
    /// reads the items that it has written before, and reports read units.
    pub(super) fn from_entry(entry: &Value, kind: CapacityKind) -> Option<Self> {
        let table = entry["TableName"].as_str()?.to_owned();
        let (kind, amount) = match entry["ReadCapacityUnits"].as_f64() {
            Some(amount) => (CapacityKind::Read, amount),
            None => (kind, entry["CapacityUnits"].as_f64()?),
        };
        Some(Self {
            kind,
            table,
            amount,
        })
    }

    pub(super) fn count(&self, metrics: &Metrics) {
        let metric = match self.kind {
            CapacityKind::Read => READ_UNITS,
            CapacityKind::Write => WRITE_UNITS,
        };
        metrics.count(metric, &[&self.table], self.amount);
    }
}

/// The units for writing an item: one per KB or part of it, and at least one.
#[expect(clippy::cast_precision_loss, reason = "an item has 400 KB at most")]
pub(super) fn write_units(bytes: usize) -> f64 {
    bytes.div_ceil(1024).max(1) as f64
}

/// The item's size in bytes; 0 for a value that is not an item.
pub(super) fn item_bytes(item: &Value) -> usize {
    let item = serde_json::from_value::<Item>(item.clone());
    item.map_or(0, |item| item_size(&item))
}
