use std::path::PathBuf;

use clap::{Args, Subcommand};
use rust_decimal::Decimal;

use crate::billing::prices::{FreeTierPlan, Month};
use crate::billing::what_if::GamesPerMonth;
use crate::cli::number;

/// The options of every command that reads usage and prices.
#[derive(Debug, Args)]
pub(crate) struct BillingArgs {
    /// Month in UTC, such as 2026-11 [default: the current month]
    #[arg(long, value_name = "YYYY-MM")]
    pub(crate) month: Option<Month>,
    /// Number of recent days whose mean is the forecast for the rest of the month
    #[arg(long, value_name = "DAYS", default_value_t = 7, value_parser = number(1..=28_u16))]
    pub(crate) days: u16,
    /// The account's free tier [default: the plan that AWS reports, else always-free]
    #[arg(long, value_enum, value_name = "PLAN")]
    pub(crate) plan: Option<FreeTierPlan>,
    /// Price file to use instead of the built-in prices
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) prices: Option<PathBuf>,
    /// Report how many CloudWatch requests this command made; a million a month are free
    #[arg(long)]
    pub(crate) verbose: bool,
}

/// Show the cost of a month and its largest parts
///
/// Usage comes from this stack's CloudWatch metrics. Prices have a date and a source (`rpsctl cost prices`). An
/// account has each free-tier allowance once; rpsctl assumes that this stack is alone in the account. Unknown usage
/// is marked, and no sum includes it.
#[derive(Debug, Args)]
pub(crate) struct CostArgs {
    #[command(flatten)]
    pub(crate) billing: BillingArgs,
    /// Estimate the cost of N games per month from this month's usage per game. N is a whole number, such as
    /// games=1000000/month; `/month` may be omitted
    #[arg(long, value_name = "games=N/month")]
    pub(crate) what_if: Option<GamesPerMonth>,
    #[command(subcommand)]
    pub(crate) command: Option<CostCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CostCommand {
    /// Show the prices and free-tier allowances that `rpsctl cost` uses
    ///
    /// These are the region's built-in prices, or the prices in the file of --prices. With --refresh, rpsctl reads
    /// AWS's public price list and prints a new price file, or writes it to the file of --prices. A price that
    /// the list lacks stays unchanged, and rpsctl names it on stderr. Allowances stay unchanged.
    Prices(PricesArgs),
}

#[derive(Debug, Args)]
pub(crate) struct PricesArgs {
    /// Make a new price file from AWS's price list; this needs an AWS account
    #[arg(long)]
    pub(crate) refresh: bool,
}

/// Show how much of the free tier is used, and when it will run out
///
/// The list has every allowance that this stack uses, the highest forecast for the month first; unknown usage precedes all
/// others. Other resources in the account use the same allowances, and rpsctl does not count them.
#[derive(Debug, Args)]
pub(crate) struct FreeTierArgs {
    #[command(flatten)]
    pub(crate) billing: BillingArgs,
    /// End with exit code 4 if more than this percentage of an allowance is already used, or its usage is unknown
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    pub(crate) fail_over: Option<Decimal>,
    /// Compare --fail-over with the forecast for the whole month instead of the usage so far
    #[arg(long, requires = "fail_over")]
    pub(crate) forecast: bool,
}

fn percent(text: &str) -> Result<Decimal, &'static str> {
    let percent: Option<Decimal> = text.trim_end_matches('%').parse().ok();
    let percent = percent.filter(|it| !it.is_sign_negative());
    percent.ok_or("use a number that is at least 0, such as 80")
}
