//! Capacity units: what a call consumes (source: "DynamoDB read and write operations", DynamoDB developer guide).

use dynoxide::types::{Item, item_size};
use serde_json::Value;

use crate::metrics::{Metric, Metrics};

const READ_UNITS: Metric = of_table("ConsumedReadCapacityUnits");
const WRITE_UNITS: Metric = of_table("ConsumedWriteCapacityUnits");

const fn of_table(name: &'static str) -> Metric {
    Metric::new("AWS/DynamoDB", name, &["TableName"], "Count")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Read,
    Write,
}

#[derive(Debug, PartialEq)]
pub(super) struct Units {
    pub(super) kind: Kind,
    pub(super) table: String,
    pub(super) amount: f64,
}

impl Units {
    /// Those that an entry of `ConsumedCapacity` reports. A repeated transaction reads what it has written, and
    /// then says so itself.
    pub(super) fn reported(entry: &Value, kind: Kind) -> Option<Self> {
        let table = entry["TableName"].as_str()?.to_owned();
        let (kind, amount) = match entry["ReadCapacityUnits"].as_f64() {
            Some(amount) => (Kind::Read, amount),
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
            Kind::Read => READ_UNITS,
            Kind::Write => WRITE_UNITS,
        };
        metrics.count(metric, &[&self.table], self.amount);
    }
}

/// The units of writing an item of that size: one for each KB that was begun, and one at least.
#[expect(clippy::cast_precision_loss, reason = "an item has 400 KB at most")]
pub(super) fn of_write(bytes: usize) -> f64 {
    bytes.div_ceil(1024).max(1) as f64
}

/// The size of an item; what is none has no size.
pub(super) fn bytes(item: &Value) -> usize {
    let item = serde_json::from_value::<Item>(item.clone());
    item.map_or(0, |item| item_size(&item))
}
