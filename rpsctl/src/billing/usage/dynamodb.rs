//! The table.

use aws_sdk_dynamodb::types::{BillingMode, TableDescription};
use rust_decimal::Decimal;

use crate::aws::{Deployment, Metric, Watch};
use crate::billing::usage::ask::Ask;
use crate::billing::usage::{GB, Known, Line, Used};
use crate::exit::Failure;

#[derive(Default)]
pub(super) struct Table {
    bytes: Decimal,
    /// Write and read units a second that are paid by the hour; none if it is paid by the request.
    provisioned: Option<[Decimal; 2]>,
}

/// Asks for the table. Fails if every other call would fail too.
pub(super) async fn table(deployment: &Deployment) -> Result<Known<Table>, Failure> {
    match deployment.describe_table(&Watch::default()).await {
        Err(failure) if failure.is_final() => Err(failure),
        found => Ok(found
            .map(|table| read(&table))
            .map_err(|why| why.to_string())),
    }
}

fn read(table: &TableDescription) -> Table {
    let by_request = table
        .billing_mode_summary()
        .and_then(|it| it.billing_mode())
        == Some(&BillingMode::PayPerRequest);
    let capacity = table.provisioned_throughput().filter(|_| !by_request);
    let units = |units: Option<i64>| Decimal::from(units.unwrap_or_default());
    Table {
        bytes: units(table.table_size_bytes()),
        provisioned: capacity.map(|it| {
            [
                units(it.write_capacity_units()),
                units(it.read_capacity_units()),
            ]
        }),
    }
}

pub(super) async fn lines(ask: &Ask<'_>, table: Known<Table>) -> Vec<Used> {
    let mut lines = match &table {
        Ok(Table {
            provisioned: Some(capacity),
            ..
        }) => by_the_hour(ask, *capacity),
        _ => by_the_request(ask).await,
    };
    let gb = table.map(|table| table.bytes / GB);
    lines.push(Used::standing(Line::Storage, gb).with_note("the size is hours old"));
    lines
}

fn by_the_hour(ask: &Ask<'_>, [writes, reads]: [Decimal; 2]) -> Vec<Used> {
    let hours = Decimal::from(ask.period.month.days()) * Decimal::from(24);
    vec![
        Used::standing(Line::WriteCapacity, Ok(writes * hours)),
        Used::standing(Line::ReadCapacity, Ok(reads * hours)),
    ]
}

async fn by_the_request(ask: &Ask<'_>) -> Vec<Used> {
    let sums = async |name| {
        let of = [("TableName", ask.deployment.table())];
        ask.sums(&Metric::new("AWS/DynamoDB", name, of)).await
    };
    let (writes, reads) = tokio::join!(
        sums("ConsumedWriteCapacityUnits"),
        sums("ConsumedReadCapacityUnits"),
    );
    vec![
        Used::counted(Line::WriteUnits, writes),
        Used::counted(Line::ReadUnits, reads),
    ]
}
