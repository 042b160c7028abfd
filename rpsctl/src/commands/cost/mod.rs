//! `rpsctl cost`: what a month costs, and what a number of games would.

mod prices;
mod refresh;
mod show;

use crate::aws::Account;
use crate::billing::report::Report;
use crate::billing::what_if;
use crate::cli::{CostArgs, CostCommand, Global};
use crate::commands::billing::gather;
use crate::exit::{Exit, Failure};
use crate::output;

pub(crate) async fn run(args: CostArgs, global: &Global) -> anyhow::Result<Exit> {
    if let Some(CostCommand::Prices(prices)) = args.command {
        let billing = args.billing;
        if billing.month.is_some() || billing.plan.is_some() || args.what_if.is_some() {
            let message = "prices are of no month: leave out --month, --plan and --what-if";
            return Err(Failure::usage(message).into());
        }
        let file = billing.prices.as_deref();
        let account = match global.target.given()? {
            Some(target) => Account::of(&target).await?,
            None => Account::of_login(global.target.login()).await?,
        };
        if prices.refresh {
            return refresh::run(account, file, global).await;
        }
        return prices::run(&account, file, global);
    }
    let billing = gather(args.billing, global).await?;
    let report = match args.what_if {
        None => Report::of(&billing),
        Some(games) => what_if::report(&billing, games)?,
    };
    let text = || show::text(&report, output::width());
    output::show(global.output, &report, text)?;
    Ok(Exit::Ok)
}
