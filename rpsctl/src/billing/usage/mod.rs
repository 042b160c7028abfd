//! What a game in AWS has used: each line of its bill, counted, estimated, or not known and why.
//!
//! - `line`: the lines; `period`: the month, and what its rest will be
//! - `ask`: asking CloudWatch, as little as possible
//! - one file a service: `api_gateway`, `lambda`, `dynamodb`, `sqs`, `cloudwatch`; `transfer`: what leaves the region

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

use crate::aws::Deployment;
use crate::billing::prices::Item;
use crate::exit::Failure;
use ask::Ask;

pub(crate) use line::{Grows, Line};
pub(crate) use period::{Hours, Period};

/// Said where CloudWatch has no datapoint at all.
pub(crate) const NOTHING: &str = "CloudWatch has counted nothing";

/// 2^30 bytes, AWS's GB.
const GB: Decimal = Decimal::from_parts(1 << 30, 0, 0, false, 0);

/// What is known of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Amount {
    /// What happened.
    Counted(Hours),
    /// What has come together until now. It says nothing of what will.
    UntilNow(Decimal),
    /// As it is now, it is this much for a whole month.
    Standing(Decimal),
    /// Nothing, and why.
    Unknown(String),
}

impl Amount {
    /// How much of it is of the month, so far; none if that is not known.
    pub(crate) fn used(&self, period: Period, since: Option<OffsetDateTime>) -> Option<Decimal> {
        match self {
            Self::Counted(hours) => Some(period.used(hours)),
            Self::UntilNow(amount) => Some(*amount),
            Self::Standing(amount) => Some(amount * period.elapsed(since)),
            Self::Unknown(_) => None,
        }
    }

    /// Why it is not known; none if it is.
    pub(crate) fn unknown(&self) -> Option<&str> {
        match self {
            Self::Unknown(why) => Some(why),
            _ => None,
        }
    }

    /// How much it is a day, by the last days.
    pub(crate) fn a_day(&self, period: Period, since: Option<OffsetDateTime>) -> Option<Decimal> {
        match self {
            Self::Counted(hours) => Some(period.a_day(hours, since)),
            Self::UntilNow(_) => Some(Decimal::ZERO),
            Self::Standing(amount) => Some(amount / Decimal::from(period.month().days())),
            Self::Unknown(_) => None,
        }
    }

    /// How much it will be in the whole month, if it goes on like the last days.
    pub(crate) fn forecast(
        &self,
        period: Period,
        since: Option<OffsetDateTime>,
    ) -> Option<Decimal> {
        let more = self.a_day(period, since)? * period.days_left();
        Some(self.used(period, since)? + more)
    }
}

/// A line, and how much of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Used {
    /// The line.
    pub(crate) line: Line,
    /// What AWS charges for it.
    pub(crate) item: Item,
    /// How much.
    pub(crate) amount: Amount,
    /// What has to be said of the amount.
    pub(crate) note: Option<String>,
    /// Whether the amount is an estimate.
    pub(crate) is_estimate: bool,
}

impl Used {
    /// What was counted, or why that is not known.
    fn counted(line: Line, item: Item, hours: Result<Hours, &Failure>) -> Self {
        match hours {
            Ok(hours) => {
                let nothing = hours.is_empty().then(|| NOTHING.to_owned());
                Self {
                    note: nothing,
                    ..Self::new(line, item, Amount::Counted(hours))
                }
            }
            Err(why) => Self::unknown(line, item, why.to_string()),
        }
    }

    /// What is there all the time, or why that is not known.
    fn standing(line: Line, item: Item, amount: Result<Decimal, &Failure>) -> Self {
        match amount {
            Ok(amount) => Self::new(line, item, Amount::Standing(amount)),
            Err(why) => Self::unknown(line, item, why.to_string()),
        }
    }

    fn unknown(line: Line, item: Item, why: String) -> Self {
        Self::new(line, item, Amount::Unknown(why))
    }

    /// How it stood in a month that is over is not known: how it stands now has to do.
    fn is_of_today(&mut self) {
        if let Amount::Standing(_) = self.amount {
            self.is_estimate = true;
            self.note = Some("estimate: as it is today".to_owned());
        }
    }

    fn new(line: Line, item: Item, amount: Amount) -> Self {
        Self {
            line,
            item,
            amount,
            note: None,
            is_estimate: false,
        }
    }

    fn with_note(self, note: impl Into<String>) -> Self {
        Self {
            note: Some(note.into()),
            ..self
        }
    }

    fn estimate(self, how: impl Into<String>) -> Self {
        Self {
            is_estimate: true,
            ..self.with_note(how)
        }
    }
}

/// What a game has used.
#[derive(Debug)]
pub(crate) struct Usage {
    /// Each line, in the order of the bill.
    pub(crate) lines: Vec<Used>,
    /// Games that were over, or why that is not known.
    pub(crate) games: Result<Hours, String>,
    /// Since when there is something to count; none if nothing was.
    pub(crate) since: Option<OffsetDateTime>,
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
            lines.iter_mut().for_each(Used::is_of_today);
        }
        Ok(Self {
            since: since(&ask, &lines).await,
            lines,
            games: own.games.map_err(|why| why.to_string()),
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

/// All of them together, hour by hour; the first failure if one is not known.
fn sum<'a>(
    all: impl IntoIterator<Item = &'a Result<Hours, Failure>>,
) -> Result<Hours, &'a Failure> {
    let mut sum = Hours::new();
    for hours in all {
        add(&mut sum, hours.as_ref()?);
    }
    Ok(sum)
}

/// Adds the counts of the same hours.
pub(crate) fn add(to: &mut Hours, more: &Hours) {
    for (hour, count) in more {
        *to.entry(*hour).or_default() += count;
    }
}

/// Each hour's count times that.
fn times(hours: &Hours, factor: Decimal) -> Hours {
    hours
        .iter()
        .map(|(hour, count)| (*hour, count * factor))
        .collect()
}
