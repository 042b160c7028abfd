//! `rpsctl cost`: what a month costs, and what a number of games would.
//!
//! - `report`: the bill as programs read it; `show`: the same for people
//! - `what_if`: the bill of so many games
//! - `prices`: what AWS asks; `refresh`: the same from AWS's price list

mod prices;
mod refresh;
mod report;
mod show;
mod what_if;

use clap::{Args, Subcommand};

use self::report::Report;
use self::what_if::Games;
use crate::cli::Global;
use crate::commands::billing::{Billing, BillingArgs};
use crate::exit::{Exit, Failure};
use crate::output::{self, Format, Versioned};

/// What a month costs, and what drives it
///
/// The usage is what CloudWatch has counted of this stack, the prices are dated and have their sources (`rpsctl cost
/// prices`). What is free is free once in an account: it is counted as if this stack were alone in it. What is not
/// known is said so, and is in no sum.
#[derive(Debug, Args)]
pub(crate) struct CostArgs {
    #[command(flatten)]
    billing: BillingArgs,
    /// What a month with so many games would cost, such as games=1000000/month, by what a game of this month has used
    #[arg(long, value_name = "games=N/month")]
    what_if: Option<Games>,
    #[command(subcommand)]
    command: Option<CostCommand>,
}

#[derive(Debug, Subcommand)]
enum CostCommand {
    /// Show the prices that are counted with, and what is free
    ///
    /// Those of the region, of --prices if that is given. With --refresh they are made anew of AWS's public price list,
    /// and printed as a price file, or written to the file of --prices. What AWS does not say stays as it was, and is
    /// named; so does what is free.
    Prices(prices::PricesArgs),
}

/// Runs the command.
pub(crate) async fn run(args: CostArgs, global: &Global) -> anyhow::Result<Exit> {
    if let Some(CostCommand::Prices(prices)) = args.command {
        if args.billing.is_of_a_month() || args.what_if.is_some() {
            let message = "prices are of no month: leave out --month, --plan and --what-if";
            return Err(Failure::usage(message).into());
        }
        return prices::run(&prices, args.billing.prices.as_deref(), global).await;
    }
    let billing = Billing::gather(args.billing, global).await?;
    let report = match args.what_if {
        None => Report::of(&billing),
        Some(games) => what_if::report(&billing, games)?,
    };
    match global.output {
        Format::Json => output::json(&Versioned::new(&report))?,
        Format::Table => output::data(show::text(&report, output::width()))?,
    }
    Ok(Exit::Ok)
}

#[cfg(test)]
mod tests;
