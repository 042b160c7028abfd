//! Usage of DynamoDB.

use aws_sdk_dynamodb::types::{BillingMode, TableDescription};
use rust_decimal::Decimal;

use crate::aws::{CallTimer, Deployment, Metric};
use crate::billing::usage::query::UsageQuery;
use crate::billing::usage::{BillLine, GB, Hours, LineUsage, UsageResult};
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
    let table = ("TableName", query.deployment.table());
    let sums = async |name| {
        let metric = Metric::new("AWS/DynamoDB", name, [table.clone()]);
        query.sums(&metric).await
    };
    // The consumed units have no dimension for the operation, but the latencies have, one for each request.
    let operation = ("Operation", "GetItem".to_owned());
    let dimensions = [table.clone(), operation];
    let latency = Metric::new("AWS/DynamoDB", "SuccessfulRequestLatency", dimensions);
    let (writes, reads, gets) = tokio::join!(
        sums("ConsumedWriteCapacityUnits"),
        sums("ConsumedReadCapacityUnits"),
        query.sums_and_counts(&latency),
    );
    let reads = reads.and_then(|reads| Ok(split_reads(&reads, &gets?.1)));
    let (of_games, of_operators) = reads.map_or_else(
        |why| (Err(why.clone()), Err(why)),
        |(of_games, of_operators)| (Ok(of_games), Ok(of_operators)),
    );
    let mut lines = vec![LineUsage::measured(BillLine::WriteUnits, writes)];
    for (line, hours, how) in [
        (
            BillLine::ReadUnits,
            of_games,
            "estimate: at most one unit for each GetItem, the only read of games",
        ),
        (
            BillLine::OperatorReads,
            of_operators,
            "estimate: all other units",
        ),
    ] {
        let used = LineUsage::measured(line, hours);
        let has_data = used.has_data();
        lines.push(if has_data { used.estimate(how) } else { used });
    }
    lines
}

/// Splits the read units into those of games and those of operators. Games only use `GetItem`, for one unit or half a unit,
/// because their items have less than 4 KB. So one unit for each `GetItem` is the most that games have read.
fn split_reads(reads: &Hours, gets: &Hours) -> (Hours, Hours) {
    let split = reads.iter().map(|(hour, units)| {
        let gets = gets.get(hour).copied().unwrap_or_default();
        let of_games = gets.min(*units);
        ((*hour, of_games), (*hour, units - of_games))
    });
    split.unzip()
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_scan_is_no_read_of_a_game() {
        let hour = datetime!(2026-11-02 05:00 UTC);
        for (units, gets, of_games, of_operators) in [
            // Half of the games' reads are eventually consistent.
            (dec!(6), dec!(8), dec!(6), dec!(0)),
            (dec!(1006), dec!(8), dec!(8), dec!(998)),
            (dec!(5), dec!(0), dec!(0), dec!(5)),
        ] {
            let hours = |amount| Hours::from([(hour, amount)]);
            let gets = if gets.is_zero() {
                Hours::new()
            } else {
                hours(gets)
            };
            let split = split_reads(&hours(units), &gets);
            assert_eq!(split, (hours(of_games), hours(of_operators)));
        }
    }
}
