//! What `rpsctl cost` and `rpsctl free-tier` have in common.

use std::path::Path;

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use rust_decimal::Decimal;
use time::OffsetDateTime;

use crate::aws::Deployment;
use crate::billing::Billing;
use crate::billing::numbers::usd;
use crate::billing::prices::{Item, Plan, Prices};
use crate::billing::usage::{Period, Usage};
use crate::cli::{BillingArgs, Global};
use crate::exit::Failure;
use crate::output;
use crate::target::Target;

/// Asks AWS. What is wrong with the command line is said before that.
pub(crate) async fn gather(args: BillingArgs, global: &Global) -> anyhow::Result<Billing> {
    let target = global.target.required()?;
    let period = Period::new(args.month, OffsetDateTime::now_utc(), args.days)?;
    let deployment = Deployment::reach(target).await?;
    let prices = prices_in(deployment.region(), args.prices.as_deref())?;
    let usage = Usage::of(&deployment, period).await?;
    let plan = match args.plan {
        Some(plan) => plan,
        None => account_plan(&deployment).await,
    };
    if args.verbose {
        note_requests(&usage, &prices);
    }
    Ok(Billing {
        name: deployment.target().name().to_owned(),
        plan,
        prices,
        usage,
    })
}

/// The prices to count with in that region; says if they are of another.
pub(crate) fn prices_in(region: &str, file: Option<&Path>) -> Result<Prices, Failure> {
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

/// The account's free tier as AWS tells it, or else what everybody has.
async fn account_plan(deployment: &Deployment) -> Plan {
    if let Target::Local { .. } = deployment.target() {
        return Plan::AlwaysFree;
    }
    match deployment.account_plan().await {
        Ok(account) => {
            if let Some(credits) = account.credits {
                output::note(format_args!(
                    "the account has credits of {} USD left, which pay for what is not free",
                    usd(credits)
                ));
            }
            // An account that has credits is one opened since 2025-07-15; of another the API does not say whether it
            // is in its first 12 months.
            if account.is_free || account.credits.is_some() {
                Plan::Credits
            } else {
                Plan::AlwaysFree
            }
        }
        Err(why) => {
            output::note(format_args!(
                "the account's free tier is not known, so only what is always free counts; --plan says otherwise ({why})"
            ));
            Plan::AlwaysFree
        }
    }
}

fn note_requests(usage: &Usage, prices: &Prices) {
    let requests = Decimal::from(usage.requests);
    let cost = usd(prices.of_item(Item::MetricRequests).cost(requests));
    let read = if usage.period.is_current() {
        "; the table was read through once for the connections that are open, which is among its read units"
    } else {
        ""
    };
    output::note(format_args!(
        "CloudWatch was asked {requests} times (GetMetricStatistics and DescribeAlarms): free within its million \
         requests a month, else {cost} USD{read}"
    ));
}

/// A table of numbers without borders: as many columns as a line can have. Numbers are on the right; the first column
/// is not one, nor is `text`.
pub(crate) fn columns(
    head: Vec<String>,
    rows: impl IntoIterator<Item = Vec<String>>,
    text: Option<usize>,
) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(head)
        .add_rows(rows);
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 1));
        if index > 0 && Some(index) != text {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}
