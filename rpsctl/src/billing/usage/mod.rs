//! Read the usage of a deployed game from AWS. Each line of the bill is measured, estimated, or unknown with a reason.
//!
//! - `line`: the lines; `amount`: the usage of a line; `period`: the month and its forecast
//! - `query`: read CloudWatch metrics with few requests
//! - one module for each service: `api_gateway`, `lambda`, `dynamodb`, `sqs`, `cloudwatch`; `transfer`: data transfer

mod amount;
mod api_gateway;
mod cloudwatch;
mod dynamodb;
mod lambda;
mod line;
mod period;
mod query;
mod sqs;
mod transfer;

use rust_decimal::Decimal;
use time::OffsetDateTime;

pub(crate) use self::amount::{Amount, LineUsage, NOTHING};
pub(crate) use self::line::{BillLine, Growth};
pub(crate) use self::period::{Hours, Period};
use self::query::UsageQuery;
use crate::aws::Deployment;
use crate::exit::Failure;

/// A value, or the reason why it is unknown.
pub(crate) type UsageResult<T> = Result<T, String>;

/// 2^30 bytes, AWS's GB.
const GB: Decimal = Decimal::from_parts(1 << 30, 0, 0, false, 0);

#[derive(Debug)]
pub(crate) struct Usage {
    pub(crate) lines: Vec<LineUsage>,
    pub(crate) games: UsageResult<Hours>,
    pub(crate) bot_games: UsageResult<Hours>,
    pub(crate) period: Period,
    /// The number of CloudWatch requests that this took.
    pub(crate) requests: u32,
}

impl Usage {
    /// Reads the usage from AWS. Fails only if every call would fail; a single failed call makes its line unknown.
    pub(crate) async fn of(deployment: &Deployment, period: Period) -> Result<Self, Failure> {
        let table = dynamodb::table(deployment).await?;
        let query = UsageQuery::new(deployment, period).await;
        let (api, functions, table, queue, metrics) = tokio::join!(
            api_gateway::ApiMetrics::read(&query),
            lambda::lines(&query),
            dynamodb::lines(&query, table),
            sqs::lines(&query),
            cloudwatch::StackMetrics::read(&query),
        );
        let (mut lines, logs, page) = tokio::join!(
            api.lines(&query, &metrics),
            cloudwatch::lines(&query, &metrics),
            transfer::page(&query),
        );
        lines.extend([functions, table, queue, logs].into_iter().flatten());
        lines.push(transfer::to_players(&api));
        lines.extend(page);
        if !period.is_current() {
            lines = lines
                .into_iter()
                .map(LineUsage::into_past_estimate)
                .collect();
        }
        Ok(Self {
            period: Period {
                since: first_usage(&query, &lines).await,
                ..period
            },
            lines,
            games: metrics.games,
            bot_games: metrics.bot_games,
            requests: query.requests(),
        })
    }
}

/// The time of the first usage. For a new stack it is exact to the minute: its first hour is not a whole hour of usage.
async fn first_usage(query: &UsageQuery<'_>, lines: &[LineUsage]) -> Option<OffsetDateTime> {
    let hours = lines.iter().filter_map(|it| match &it.amount {
        Amount::Measured(hours) => hours.keys().next(),
        _ => None,
    });
    let hour = *hours.min()?;
    if !query.period.is_new(hour) {
        return Some(hour);
    }
    sqs::first_poll(query, hour).await.or(Some(hour))
}

/// Sums up by hour. Unknown if one of them is.
fn sum<'a>(all: impl IntoIterator<Item = &'a UsageResult<Hours>>) -> UsageResult<Hours> {
    let mut sum = Hours::new();
    for hours in all {
        add(&mut sum, hours.as_ref().map_err(Clone::clone)?);
    }
    Ok(sum)
}

/// Adds `more` to `to`, hour by hour.
pub(crate) fn add(to: &mut Hours, more: &Hours) {
    for (hour, count) in more {
        *to.entry(*hour).or_default() += count;
    }
}

fn times(hours: &Hours, factor: Decimal) -> Hours {
    let hours = hours.iter();
    hours.map(|(hour, count)| (*hour, count * factor)).collect()
}
