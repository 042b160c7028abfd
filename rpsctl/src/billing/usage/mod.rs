//! What a game in AWS has used: each line of its bill, counted, estimated, or not known and why.
//!
//! - `line`: the lines; `amount`: what is known of one; `period`: the month, and what its rest will be
//! - `ask`: asking CloudWatch, as little as possible
//! - one file a service: `api_gateway`, `lambda`, `dynamodb`, `sqs`, `cloudwatch`; `transfer`: what leaves the region

mod amount;
mod api_gateway;
mod ask;
mod cloudwatch;
mod dynamodb;
mod lambda;
mod line;
mod period;
mod sqs;
mod transfer;

use rust_decimal::Decimal;
use time::OffsetDateTime;

pub(crate) use self::amount::{Amount, NOTHING, Used};
use self::ask::Ask;
pub(crate) use self::line::{Grows, Line};
pub(crate) use self::period::{Hours, Period};
use crate::aws::Deployment;
use crate::exit::Failure;

/// Something, or why it is not known.
pub(crate) type Known<T> = Result<T, String>;

/// 2^30 bytes, AWS's GB.
const GB: Decimal = Decimal::from_parts(1 << 30, 0, 0, false, 0);

#[derive(Debug)]
pub(crate) struct Usage {
    pub(crate) lines: Vec<Used>,
    pub(crate) games: Known<Hours>,
    pub(crate) period: Period,
    /// Requests of CloudWatch's API that were made to find out.
    pub(crate) requests: u32,
}

impl Usage {
    /// Asks AWS. Fails only if it would answer nothing; what it does not tell is an unknown line.
    pub(crate) async fn of(deployment: &Deployment, period: Period) -> Result<Self, Failure> {
        let table = dynamodb::table(deployment).await?;
        let ask = Ask::new(deployment, period).await;
        let (sockets, functions, table, queue, own) = tokio::join!(
            api_gateway::Counted::ask(&ask),
            lambda::lines(&ask),
            dynamodb::lines(&ask, table),
            sqs::lines(&ask),
            cloudwatch::Own::ask(&ask),
        );
        let (mut lines, logs, page) = tokio::join!(
            sockets.lines(&ask, &own),
            cloudwatch::lines(&ask, &own),
            transfer::page(&ask),
        );
        lines.extend([functions, table, queue, logs].into_iter().flatten());
        lines.push(transfer::to_players(&sockets));
        lines.extend(page);
        if !period.is_current() {
            lines = lines.into_iter().map(Used::of_today).collect();
        }
        Ok(Self {
            period: Period {
                since: since(&ask, &lines).await,
                ..period
            },
            lines,
            games: own.games,
            requests: ask.requests(),
        })
    }
}

/// Since when there is something to count. Of a new stack to the minute: an hour in which it was not there for long
/// says nothing of an hour.
async fn since(ask: &Ask<'_>, lines: &[Used]) -> Option<OffsetDateTime> {
    let hours = lines.iter().filter_map(|it| match &it.amount {
        Amount::Counted(hours) => hours.keys().next(),
        _ => None,
    });
    let hour = *hours.min()?;
    if !ask.period.is_new(hour) {
        return Some(hour);
    }
    sqs::first_poll(ask, hour).await.or(Some(hour))
}

/// All of them together, hour by hour; why it is not known if one is not.
fn sum<'a>(all: impl IntoIterator<Item = &'a Known<Hours>>) -> Known<Hours> {
    let mut sum = Hours::new();
    for hours in all {
        add(&mut sum, hours.as_ref().map_err(Clone::clone)?);
    }
    Ok(sum)
}

/// Adds the counts of the same hours.
pub(crate) fn add(to: &mut Hours, more: &Hours) {
    for (hour, count) in more {
        *to.entry(*hour).or_default() += count;
    }
}

fn times(hours: &Hours, factor: Decimal) -> Hours {
    let hours = hours.iter();
    hours.map(|(hour, count)| (*hour, count * factor)).collect()
}
