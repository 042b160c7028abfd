//! What `rpsctl cost` and `rpsctl free-tier` have in common: the usage of a month, its prices, and the free tier.
//!
//! - `plan`: which free tier that is; `numbers`: numbers and money for people and for programs; `columns`: their tables

mod columns;
mod numbers;
mod plan;

use std::path::{Path, PathBuf};

use clap::{Args, value_parser};
use rust_decimal::Decimal;
use time::{Duration, OffsetDateTime};

use crate::aws::Deployment;
use crate::billing::bill::{Charge, Use, bill};
use crate::billing::prices::{Item, ItemPrice, Month, OLD_DAYS, Offer, Plan, Prices};
use crate::billing::usage::{Period, Usage, Used};
use crate::cli::Global;
use crate::exit::Failure;
use crate::output;
use crate::words::count;

pub(super) use self::columns::columns;
pub(super) use self::numbers::{bar, json, money, short, sparkline, usd};

/// CloudWatch keeps hours for 455 days
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html>).
const KEPT_DAYS: i64 = 455;

/// Which month, and by which prices.
#[derive(Debug, Args)]
pub(super) struct BillingArgs {
    /// The month, in UTC, such as 2026-11; this one if not given
    #[arg(long, value_name = "YYYY-MM")]
    month: Option<Month>,
    /// The last days, by which the rest of the month is forecast
    #[arg(long, value_name = "DAYS", default_value_t = 7, value_parser = value_parser!(u16).range(1..=28))]
    days: u16,
    /// The account's free tier. If it is not given AWS is asked, and if that does not tell, it is always-free
    #[arg(long, value_enum, value_name = "PLAN")]
    plan: Option<Plan>,
    /// Prices out of this file instead of those that are built in
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) prices: Option<PathBuf>,
    /// Say how often CloudWatch was asked, which is billed too
    #[arg(long)]
    verbose: bool,
}

impl BillingArgs {
    /// Whether they ask for a bill.
    pub(super) fn is_of_a_month(&self) -> bool {
        self.month.is_some() || self.plan.is_some()
    }
}

/// What a month's bill is made of.
pub(super) struct Billing {
    pub(super) name: String,
    pub(super) period: Period,
    pub(super) plan: Plan,
    pub(super) prices: Prices,
    pub(super) usage: Usage,
}

/// A line of the bill, and what it costs where that is known.
pub(super) struct Row<'a> {
    pub(super) used: &'a Used,
    /// So far.
    pub(super) now: Option<Charge>,
    /// In the whole month.
    pub(super) month: Option<Charge>,
}

impl Billing {
    /// Asks AWS. What is wrong with the command line is said before that.
    pub(super) async fn gather(args: BillingArgs, global: &Global) -> anyhow::Result<Self> {
        let target = global.target.required()?;
        let now = OffsetDateTime::now_utc();
        let month = month(args.month, now)?;
        let deployment = Deployment::reach(target).await?;
        let prices = prices_in(deployment.region(), args.prices.as_deref())?;
        let period = Period::new(month, now, args.days);
        let usage = Usage::of(&deployment, period).await?;
        let plan = plan::chosen(args.plan, &deployment).await;
        if args.verbose {
            note_requests(&usage, period, &prices);
        }
        Ok(Self {
            name: deployment.target().name().to_owned(),
            period,
            plan,
            prices,
            usage,
        })
    }

    /// Each line with its charges.
    pub(super) fn rows(&self) -> Vec<Row<'_>> {
        let since = self.usage.since;
        let now = self.charges(|used| used.amount.used(self.period, since));
        let month = self.charges(|used| used.amount.forecast(self.period, since));
        let charges = now.into_iter().zip(month);
        let rows = self.usage.lines.iter().zip(charges);
        rows.map(|(used, (now, month))| Row { used, now, month })
            .collect()
    }

    /// The charges for so much of each line; none where that is not known.
    pub(super) fn charges(&self, amount: impl Fn(&Used) -> Option<Decimal>) -> Vec<Option<Charge>> {
        let lines = self.usage.lines.iter();
        let amounts: Vec<_> = lines.map(|it| (it, amount(it))).collect();
        let known = amounts.iter().filter_map(|(it, amount)| {
            Some(Use {
                line: it.line.title(),
                item: it.item,
                used: (*amount)?,
            })
        });
        let known: Vec<_> = known.collect();
        let bill = bill(&self.prices, self.plan, self.period.month(), &known);
        let mut charges = bill.charges.into_iter();
        let each = amounts.iter().map(|(_, amount)| match amount {
            Some(_) => charges.next(),
            None => None,
        });
        each.collect()
    }

    /// What is billed, and how.
    pub(super) fn head(&self, what: &str) -> [String; 2] {
        let (prices, plan) = (&self.prices, self.plan.name());
        [
            format!("{}: {what}", self.name),
            format!(
                "prices of {} ({}), free tier {plan}",
                prices.dated, prices.region
            ),
        ]
    }

    /// What has to be said of the prices and of the free tier.
    pub(super) fn doubts(&self) -> Vec<String> {
        let mut doubts = Vec::new();
        let mut items: Vec<_> = self.usage.lines.iter().map(|it| it.item).collect();
        items.sort();
        items.dedup();
        let prices: Vec<_> = items.iter().map(|it| self.prices.of_item(*it)).collect();
        let named = |doubt: &dyn Fn(&ItemPrice) -> bool| {
            let doubtful = prices.iter().filter(|it| doubt(it));
            let names: Vec<_> = doubtful.map(|it| it.item.name()).collect();
            Some(names.join(", ")).filter(|names| !names.is_empty())
        };
        if let Some(names) = named(&|it| !it.is_confirmed()) {
            doubts.push(format!(
                "nobody has confirmed the prices of {names}: see `rpsctl cost prices`, and make them anew with --refresh"
            ));
        }
        let today = self.period.now().date();
        if let Some(names) = named(&|it| it.is_confirmed() && it.is_old(today)) {
            doubts.push(format!(
                "the prices of {names} were last checked more than {OLD_DAYS} days ago: see `rpsctl cost prices`"
            ));
        }
        doubts.extend(self.prices.age_in_words(today));
        let mut offers = self.prices.allowances(self.plan, self.period.month());
        if self.plan == Plan::Legacy && !offers.any(|it| it.plan == Offer::First12Months) {
            doubts.push(format!(
                "the offers of the first 12 months are over for everybody in {}",
                self.period.month()
            ));
        }
        doubts
    }

    /// What a line costs if nothing is free.
    pub(super) fn list_cost(&self, charge: &Charge) -> Decimal {
        self.prices.of_item(charge.item).cost(charge.used)
    }

    /// Games that were over in the month; none if that is not known.
    pub(super) fn games(&self) -> Option<Decimal> {
        let games = self.usage.games.as_ref().ok()?;
        Some(self.period.used(games))
    }

    /// How the rest of the month is forecast.
    pub(super) fn method(&self) -> String {
        if !self.period.is_current() {
            return "the month is over".to_owned();
        }
        let mean = match self.usage.since {
            Some(since) if self.period.is_new(since) => format!(
                "the mean of all that is known, from {} {:02}:{:02} UTC on",
                since.date(),
                since.hour(),
                since.minute()
            ),
            _ => format!(
                "the mean of the last {}",
                count(self.period.last_days(), "day")
            ),
        };
        let days_left = self.period.days_left().round_dp(1);
        format!("what was used, and for each of the {days_left} days that are left {mean}")
    }
}

/// The month that is asked for: one that has begun, and of which CloudWatch knows.
fn month(asked: Option<Month>, now: OffsetDateTime) -> Result<Month, Failure> {
    let this = Month::of(now.date());
    let month = asked.unwrap_or(this);
    if month > this {
        return Err(Failure::usage(format!(
            "{month} has not begun: pass a month up to {this}; what will be is in the forecast of this month, or \
             in --what-if games=N/month"
        )));
    }
    let oldest = now.date().saturating_sub(Duration::days(KEPT_DAYS));
    if month.first() < oldest {
        // The first of which it knows all.
        let whole = Month::of(Month::of(oldest).end().date());
        return Err(Failure::usage(format!(
            "CloudWatch keeps its numbers for {KEPT_DAYS} days and does not know all of {month} any more: pass a month \
             from {whole} on"
        )));
    }
    Ok(month)
}

/// The prices to count with in that region; says if they are of another.
pub(super) fn prices_in(region: &str, file: Option<&Path>) -> Result<Prices, Failure> {
    let prices = match file {
        Some(file) => Prices::read(file)?,
        None => Prices::of_region(region)?,
    };
    let theirs = &prices.region;
    if theirs != region {
        output::note(format_args!(
            "these are prices of {theirs}, not of {region}: pass another --prices, or --region {theirs}"
        ));
    }
    Ok(prices)
}

fn note_requests(usage: &Usage, period: Period, prices: &Prices) {
    let requests = Decimal::from(usage.requests);
    let cost = usd(prices.of_item(Item::MetricRequests).cost(requests));
    let read = if period.is_current() {
        "; the table was read through once for the connections that are open, which is among its read units"
    } else {
        ""
    };
    output::note(format_args!(
        "CloudWatch was asked {requests} times (GetMetricStatistics and DescribeAlarms): free within its million \
         requests a month, else {cost} USD{read}"
    ));
}

#[cfg(test)]
pub(super) mod tests;
