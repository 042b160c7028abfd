//! Usage of DynamoDB.

use aws_sdk_dynamodb::types::{BillingMode, TableDescription};
use rust_decimal::Decimal;

use crate::aws::{CallTimer, Deployment, Metric};
use crate::billing::usage::query::UsageQuery;
use crate::billing::usage::{BillLine, GB, LineUsage, UsageResult};
use crate::exit::Failure;

#[derive(Default)]
pub(super) struct TableUsage {
    bytes: Decimal,
    /// Provisioned write and read units a second; none if the table is on demand.
    provisioned: Option<[Decimal; 2]>,
}

/// Reads the table's settings. Fails only if every other call would fail too.
pub(super) async fn table(deployment: &Deployment) -> Result<UsageResult<TableUsage>, Failure> {
    match deployment.describe_table(&CallTimer::default()).await {
        Err(failure) if failure.is_final() => Err(failure),
        result => Ok(result
            .map(|table| read(&table))
            .map_err(|why| why.to_string())),
    }
}

fn read(table: &TableDescription) -> TableUsage {
    let is_on_demand = table
        .billing_mode_summary()
        .and_then(|it| it.billing_mode())
        == Some(&BillingMode::PayPerRequest);
    let capacity = table.provisioned_throughput().filter(|_| !is_on_demand);
    let units = |units: Option<i64>| Decimal::from(units.unwrap_or_default());
    TableUsage {
        bytes: units(table.table_size_bytes()),
        provisioned: capacity.map(|it| {
            [
                units(it.write_capacity_units()),
                units(it.read_capacity_units()),
            ]
        }),
    }
}

pub(super) async fn lines(
    query: &UsageQuery<'_>,
    table: UsageResult<TableUsage>,
) -> Vec<LineUsage> {
    let mut lines = match &table {
        Ok(TableUsage {
            provisioned: Some(capacity),
            ..
        }) => provisioned(query, *capacity),
        _ => on_demand(query).await,
    };
    let gb = table.map(|table| table.bytes / GB);
    lines.push(
        LineUsage::standing(BillLine::Storage, gb)
            .with_note("DynamoDB updates the size only every few hours"),
    );
    lines
}

fn provisioned(query: &UsageQuery<'_>, [writes, reads]: [Decimal; 2]) -> Vec<LineUsage> {
    let hours = Decimal::from(query.period.month.days()) * Decimal::from(24);
    vec![
        LineUsage::standing(BillLine::WriteCapacity, Ok(writes * hours)),
        LineUsage::standing(BillLine::ReadCapacity, Ok(reads * hours)),
    ]
}

async fn on_demand(query: &UsageQuery<'_>) -> Vec<LineUsage> {
    let sums = async |name| {
        let table = [("TableName", query.deployment.table())];
        query.sums(&Metric::new("AWS/DynamoDB", name, table)).await
    };
    let (writes, reads) = tokio::join!(
        sums("ConsumedWriteCapacityUnits"),
        sums("ConsumedReadCapacityUnits"),
    );
    vec![
        LineUsage::measured(BillLine::WriteUnits, writes),
        LineUsage::measured(BillLine::ReadUnits, reads),
    ]
}
