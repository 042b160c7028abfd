use std::path::PathBuf;

use clap::{Args, Subcommand, value_parser};
use rust_decimal::Decimal;

use crate::billing::prices::{Month, Plan};
use crate::billing::what_if::Games;

/// Which month, and by which prices.
#[derive(Debug, Args)]
pub(crate) struct BillingArgs {
    /// The month, in UTC, such as 2026-11; this one if not given
    #[arg(long, value_name = "YYYY-MM")]
    pub(crate) month: Option<Month>,
    /// The last days, by which the rest of the month is forecast
    #[arg(long, value_name = "DAYS", default_value_t = 7, value_parser = value_parser!(u16).range(1..=28))]
    pub(crate) days: u16,
    /// The account's free tier. If it is not given AWS is asked, and if that does not tell, it is always-free
    #[arg(long, value_enum, value_name = "PLAN")]
    pub(crate) plan: Option<Plan>,
    /// Prices out of this file instead of those that are built in
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) prices: Option<PathBuf>,
    /// Say how often CloudWatch was asked, which is billed too
    #[arg(long)]
    pub(crate) verbose: bool,
}

/// What a month costs, and what drives it
///
/// The usage is what CloudWatch has counted of this stack, the prices are dated and have their sources (`rpsctl cost
/// prices`). What is free is free once in an account: it is counted as if this stack were alone in it. What is not
/// known is said so, and is in no sum.
#[derive(Debug, Args)]
pub(crate) struct CostArgs {
    #[command(flatten)]
    pub(crate) billing: BillingArgs,
    /// What a month with so many games would cost, such as games=1000000/month, by what a game of this month has used
    #[arg(long, value_name = "games=N/month")]
    pub(crate) what_if: Option<Games>,
    #[command(subcommand)]
    pub(crate) command: Option<CostCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CostCommand {
    /// Show the prices that are counted with, and what is free
    ///
    /// Those of the region, of --prices if that is given. With --refresh they are made anew of AWS's public price list,
    /// and printed as a price file, or written to the file of --prices. What AWS does not say stays as it was, and is
    /// named; so does what is free.
    Prices(PricesArgs),
}

#[derive(Debug, Args)]
pub(crate) struct PricesArgs {
    /// Make them anew of AWS's price list, which needs an AWS account; prints or writes a price file
    #[arg(long)]
    pub(crate) refresh: bool,
}

/// How much of what is free is used, and when it will be used up
///
/// Each allowance that this system touches, the most endangered first. Allowances are an account's: what else is in it
/// uses them too, and is not counted here.
#[derive(Debug, Args)]
pub(crate) struct FreeTierArgs {
    #[command(flatten)]
    pub(crate) billing: BillingArgs,
    /// End with exit code 4 if more than so much of an allowance is used, or that is not known, for a cron job
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    pub(crate) fail_over: Option<Decimal>,
}

fn percent(text: &str) -> Result<Decimal, &'static str> {
    let percent: Option<Decimal> = text.trim_end_matches('%').parse().ok();
    let percent = percent.filter(|it| !it.is_sign_negative());
    percent.ok_or("it takes a number from 0 on, such as 80")
}
