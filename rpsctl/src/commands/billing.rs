//! The common parts of `rpsctl cost` and `rpsctl free-tier`.

use std::path::Path;

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use rust_decimal::Decimal;
use time::OffsetDateTime;

use crate::aws::Deployment;
use crate::billing::Billing;
use crate::billing::numbers::usd;
use crate::billing::prices::{BilledItem, FreeTierPlan, Prices};
use crate::billing::usage::{Period, Usage};
use crate::cli::{BillingArgs, Global};
use crate::exit::Failure;
use crate::output::{self, Format};
use crate::target::Target;

/// Reads prices and usage. Errors in the command line end it before the first request to AWS.
pub(crate) async fn load_billing(args: BillingArgs, global: &Global) -> anyhow::Result<Billing> {
    let target = global.target.required()?;
    let period = Period::new(args.month, OffsetDateTime::now_utc(), args.days)?;
    let deployment = Deployment::reach(target).await?;
    let region = deployment.region().to_owned();
    let prices = prices_in(&region, args.prices.as_deref())?;
    if global.output == Format::Json {
        // The text has them in its notes.
        let doubts = prices.doubts(&region, period.now.date());
        doubts.iter().for_each(output::note);
    }
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
        region,
        plan,
        prices,
        usage,
    })
}

/// The prices in `file`, else the built-in prices of the region.
pub(crate) fn prices_in(region: &str, file: Option<&Path>) -> Result<Prices, Failure> {
    match file {
        Some(file) => Prices::read(file),
        None => Prices::of_region(region),
    }
}

/// The account's free tier, as AWS reports it. Falls back to what every account has.
async fn account_plan(deployment: &Deployment) -> FreeTierPlan {
    if let Target::Local { .. } = deployment.target() {
        return FreeTierPlan::AlwaysFree;
    }
    match deployment.account_plan().await {
        Ok(account) => {
            if let Some(credits) = account.credits {
                output::note(format_args!(
                    "the account has {} USD of credits left; they pay for usage beyond the free tier",
                    usd(credits)
                ));
            }
            // Only accounts opened since 2025-07-15 have credits. For other accounts, the API does not report whether
            // they are in their first 12 months.
            if account.is_free || account.credits.is_some() {
                FreeTierPlan::Credits
            } else {
                FreeTierPlan::AlwaysFree
            }
        }
        Err(why) => {
            output::note(format_args!(
                "cannot read the account's free tier, so the always-free plan is assumed: {why}; pass --plan to choose a \
                 plan"
            ));
            FreeTierPlan::AlwaysFree
        }
    }
}

fn note_requests(usage: &Usage, prices: &Prices) {
    let requests = Decimal::from(usage.requests);
    let cost = usd(prices.of_item(BilledItem::MetricRequests).cost(requests));
    let scan = if usage.period.is_current() {
        "; it also scanned the table once for open connections, which is part of the operators' reads"
    } else {
        ""
    };
    output::note(format_args!(
        "this command made {requests} CloudWatch requests (GetMetricStatistics and DescribeAlarms): free within the \
         first million requests of a month, else {cost} USD{scan}"
    ));
}

/// A table of numbers without borders. All columns but the first and column `text` are aligned to the right.
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
