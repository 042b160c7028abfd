//! Usage of Lambda.

use aws_sdk_lambda::types::Architecture;
use futures_util::future::join_all;
use rps_contract::names::Function;
use rust_decimal::{Decimal, dec};

use crate::aws::Metric;
use crate::billing::prices::BilledItem;
use crate::billing::usage::query::UsageQuery;
use crate::billing::usage::{BillLine, Hours, LineUsage, UsageResult, add, sum, times};
use crate::target::Target;

/// Lambda rounds billed durations up to whole milliseconds, but its metric does not: on average it is this much less.
const MEAN_ROUNDING_MS: Decimal = dec!(0.5);

pub(super) async fn lines(query: &UsageQuery<'_>) -> Vec<LineUsage> {
    let (invocations, durations, config) = tokio::join!(
        sum_of_functions(query, "Invocations"),
        sum_of_functions(query, "Duration"),
        config(query),
    );
    let requests = LineUsage::measured(BillLine::LambdaRequests, invocations.clone());
    let gb_seconds = gb_seconds(query, durations, invocations, config);
    let gb_seconds =
        gb_seconds.unwrap_or_else(|why| LineUsage::unknown(BillLine::LambdaGbSeconds, why));
    vec![requests, gb_seconds]
}

fn gb_seconds(
    query: &UsageQuery<'_>,
    durations: UsageResult<Hours>,
    invocations: UsageResult<Hours>,
    config: UsageResult<FunctionConfig>,
) -> UsageResult<LineUsage> {
    let (durations, invocations, config) = (durations?, invocations?, config?);
    let gb_seconds = config.gb_seconds(&durations, &invocations);
    let mut used = LineUsage::measured(BillLine::LambdaGbSeconds, Ok(gb_seconds));
    used.item = config.item;
    if durations.is_empty() {
        return Ok(used);
    }
    Ok(used.with_note(match query.deployment.target() {
        Target::Stack { .. } => "excludes cold starts, which Lambda bills but does not measure",
        Target::Local { .. } => {
            "measured on this machine, which may be faster or slower than Lambda; excludes cold starts"
        }
    }))
}

async fn sum_of_functions(query: &UsageQuery<'_>, name: &'static str) -> UsageResult<Hours> {
    let each = Function::ALL.map(async |function| {
        let function = query.deployment.target().function(function);
        let metric = Metric::new("AWS/Lambda", name, [("FunctionName", function)]);
        query.sums(&metric).await
    });
    sum(&join_all(each).await)
}

/// The architecture and memory of a function. All four functions have the same.
struct FunctionConfig {
    item: BilledItem,
    memory_mb: Decimal,
}

impl FunctionConfig {
    fn gb_seconds(&self, durations_ms: &Hours, invocations: &Hours) -> Hours {
        let gb = self.memory_mb / dec!(1024);
        let mut ms = durations_ms.clone();
        add(&mut ms, &times(invocations, MEAN_ROUNDING_MS));
        times(&ms, gb / dec!(1000))
    }
}

async fn config(query: &UsageQuery<'_>) -> UsageResult<FunctionConfig> {
    let function = query.deployment.function(Function::Decide).await;
    let function = function.map_err(|why| why.to_string())?;
    let item = if function.architectures().contains(&Architecture::X8664) {
        BilledItem::LambdaGbSecondsX86_64
    } else {
        BilledItem::LambdaGbSecondsArm64
    };
    let memory_mb = Decimal::from(function.memory_size().unwrap_or_default());
    Ok(FunctionConfig { item, memory_mb })
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn gb_seconds_of_functions_with_128_mb() {
        let config = FunctionConfig {
            item: BilledItem::LambdaGbSecondsArm64,
            memory_mb: dec!(128),
        };
        let (one, other) = (
            datetime!(2026-11-01 00:00 UTC),
            datetime!(2026-11-02 05:00 UTC),
        );
        let durations = Hours::from([(one, dec!(7_950)), (other, dec!(1_000))]);
        let invocations = Hours::from([(one, dec!(100))]);
        let expected = Hours::from([(one, dec!(1)), (other, dec!(0.125))]);
        assert_eq!(config.gb_seconds(&durations, &invocations), expected);
    }
}
