//! The functions.

use aws_sdk_lambda::types::Architecture;
use futures_util::future::join_all;
use rps_contract::names::Function;
use rust_decimal::{Decimal, dec};

use crate::aws::Metric;
use crate::billing::prices::Item;
use crate::billing::usage::ask::Ask;
use crate::billing::usage::{Hours, Known, Line, Used, add, sum, times};
use crate::target::Target;

/// Lambda bills whole milliseconds, rounded up, and tells what it measured: half of one less, on average.
const ROUNDED_UP_MS: Decimal = dec!(0.5);

pub(super) async fn lines(ask: &Ask<'_>) -> Vec<Used> {
    let (invocations, durations, shape) = tokio::join!(
        of_all(ask, "Invocations"),
        of_all(ask, "Duration"),
        shape(ask),
    );
    let requests = Used::counted(Line::LambdaRequests, invocations.clone());
    let gb_seconds = gb_seconds(ask, durations, invocations, shape);
    let gb_seconds = gb_seconds.unwrap_or_else(|why| Used::unknown(Line::LambdaGbSeconds, why));
    vec![requests, gb_seconds]
}

fn gb_seconds(
    ask: &Ask<'_>,
    durations: Known<Hours>,
    invocations: Known<Hours>,
    shape: Known<Shape>,
) -> Known<Used> {
    let (durations, invocations, shape) = (durations?, invocations?, shape?);
    let gb_seconds = shape.gb_seconds(&durations, &invocations);
    let mut used = Used::counted(Line::LambdaGbSeconds, Ok(gb_seconds));
    used.item = shape.item;
    if durations.is_empty() {
        return Ok(used);
    }
    Ok(used.with_note(match ask.deployment.target() {
        Target::Stack { .. } => {
            "without the starts of new processes, which Lambda bills and does not count"
        }
        Target::Local { .. } => {
            "by this machine's processors, which are not those of Lambda; without the starts of new processes"
        }
    }))
}

async fn of_all(ask: &Ask<'_>, name: &'static str) -> Known<Hours> {
    let each = Function::ALL.map(async |which| {
        let function = ask.deployment.target().function(which);
        let metric = Metric::new("AWS/Lambda", name, [("FunctionName", function)]);
        ask.sums(&metric).await
    });
    sum(&join_all(each).await)
}

/// What a second of a function is. The four are alike.
struct Shape {
    item: Item,
    memory_mb: Decimal,
}

impl Shape {
    fn gb_seconds(&self, durations_ms: &Hours, invocations: &Hours) -> Hours {
        let gb = self.memory_mb / dec!(1024);
        let mut ms = durations_ms.clone();
        add(&mut ms, &times(invocations, ROUNDED_UP_MS));
        times(&ms, gb / dec!(1000))
    }
}

async fn shape(ask: &Ask<'_>) -> Known<Shape> {
    let found = ask.deployment.function(Function::Decide).await;
    let found = found.map_err(|why| why.to_string())?;
    let item = if found.architectures().contains(&Architecture::X8664) {
        Item::LambdaGbSecondsX86_64
    } else {
        Item::LambdaGbSecondsArm64
    };
    let memory_mb = Decimal::from(found.memory_size().unwrap_or_default());
    Ok(Shape { item, memory_mb })
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn milliseconds_of_128_mb() {
        let shape = Shape {
            item: Item::LambdaGbSecondsArm64,
            memory_mb: dec!(128),
        };
        let (one, other) = (
            datetime!(2026-11-01 00:00 UTC),
            datetime!(2026-11-02 05:00 UTC),
        );
        let durations = Hours::from([(one, dec!(7_950)), (other, dec!(1_000))]);
        let invocations = Hours::from([(one, dec!(100))]);
        let expected = Hours::from([(one, dec!(1)), (other, dec!(0.125))]);
        assert_eq!(shape.gb_seconds(&durations, &invocations), expected);
    }
}
