//! `rpsctl cost`: shows the cost of a month, and estimates the cost of a number of games.

mod prices;
mod refresh;
mod show;

#[cfg(test)]
pub(super) use self::prices::PriceRow;
use crate::aws::Account;
use crate::billing::report::CostReport;
use crate::billing::what_if;
use crate::cli::{CostArgs, CostCommand, Global};
use crate::commands::billing::load_billing;
use crate::exit::{Exit, Failure};
use crate::output;

pub(crate) async fn run(args: CostArgs, global: &Global) -> anyhow::Result<Exit> {
    if let Some(CostCommand::Prices(prices)) = args.command {
        let billing = args.billing;
        if billing.month.is_some() || billing.plan.is_some() || args.what_if.is_some() {
            let message =
                "prices do not depend on a month: leave out --month, --plan and --what-if";
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
    let billing = load_billing(args.billing, global).await?;
    let report = match args.what_if {
        None => CostReport::of(&billing),
        Some(games) => what_if::report(&billing, games)?,
    };
    let text = || show::text(&report, output::width());
    output::show(global.output, &report, text)?;
    Ok(Exit::Ok)
}
