//! Compute the AWS cost of a month.
//!
//! - `usage`: what a deployed game has used; `prices`: AWS's prices; `bill`: the cost of a usage
//! - `report`: the bill as JSON; `what_if`: the bill of another number of games; `free_tier`: usage of free allowances
//! - `numbers`: format numbers and money

mod bill;
pub(crate) mod free_tier;
pub(crate) mod numbers;
pub(crate) mod prices;
pub(crate) mod report;
pub(crate) mod usage;
pub(crate) mod what_if;

use rust_decimal::Decimal;

use crate::billing::bill::{Charge, bill};
use crate::billing::prices::{AllowancePeriod, FreeTierPlan, ItemPrice, OLD_DAYS, Prices};
use crate::billing::usage::{LineUsage, Usage};
use crate::words::count;

pub(crate) struct Billing {
    /// The stack's name, or `local`.
    pub(crate) name: String,
    /// The stack's region.
    pub(crate) region: String,
    pub(crate) plan: FreeTierPlan,
    pub(crate) prices: Prices,
    pub(crate) usage: Usage,
}

impl Billing {
    /// Computes the charge of each line for an amount. An unknown amount has no charge, and uses up no allowance.
    fn charges(&self, amount: impl Fn(&LineUsage) -> Option<Decimal>) -> Vec<Option<Charge>> {
        let lines = &self.usage.lines;
        let amounts: Vec<_> = lines.iter().map(amount).collect();
        let uses = lines.iter().zip(&amounts);
        let uses: Vec<_> = uses
            .map(|(used, amount)| (used.item, amount.unwrap_or_default()))
            .collect();
        let charges = bill(&self.prices, self.plan, self.usage.period.month, &uses);
        let known = amounts.iter().zip(charges);
        known
            .map(|(amount, charge)| amount.map(|_| charge))
            .collect()
    }

    pub(crate) fn head(&self, title: &str) -> [String; 2] {
        let (dated, region) = (self.prices.dated, &self.prices.region);
        let plan: &str = self.plan.into();
        [
            format!("{}: {title}", self.name),
            format!("prices of {dated} ({region}), free tier {plan}"),
        ]
    }

    /// Warnings about the prices and the free tier.
    pub(crate) fn doubts(&self) -> Vec<String> {
        let mut doubts = Vec::new();
        let mut items: Vec<_> = self.usage.lines.iter().map(|it| it.item).collect();
        items.sort();
        items.dedup();
        let prices: Vec<_> = items.iter().map(|it| self.prices.of_item(*it)).collect();
        let names_of = |is_doubtful: &dyn Fn(&ItemPrice) -> bool| {
            let doubtful = prices.iter().filter(|it| is_doubtful(it));
            let names: Vec<_> = doubtful.map(|it| it.item.name()).collect();
            Some(names.join(", ")).filter(|names| !names.is_empty())
        };
        if let Some(names) = names_of(&|it| !it.is_confirmed()) {
            doubts.push(format!(
                "the prices of {names} are not confirmed: see `rpsctl cost prices`, and refresh them with --refresh"
            ));
        }
        let period = self.usage.period;
        let today = period.now.date();
        if let Some(names) = names_of(&|it| it.is_confirmed() && it.is_old(today)) {
            doubts.push(format!(
                "the prices of {names} were last checked more than {OLD_DAYS} days ago: refresh them with `rpsctl cost prices --refresh`"
            ));
        }
        doubts.extend(self.prices.doubts(&self.region, today));
        let mut offers = self.prices.allowances(self.plan, period.month);
        if self.plan == FreeTierPlan::Legacy
            && !offers.any(|it| it.plan == AllowancePeriod::First12Months)
        {
            doubts.push(format!(
                "no account has the free tier of the first 12 months any more in {}",
                period.month
            ));
        }
        doubts
    }

    fn list_cost(&self, charge: &Charge) -> Decimal {
        self.prices.of_item(charge.item).cost(charge.used)
    }

    /// The games that ended in the month; none if the number is unknown.
    fn games(&self) -> Option<Decimal> {
        let games = self.usage.games.as_ref().ok()?;
        Some(self.usage.period.used(games))
    }

    fn bot_games(&self) -> Option<Decimal> {
        let games = self.usage.bot_games.as_ref().ok()?;
        Some(self.usage.period.used(games))
    }

    pub(crate) fn method(&self) -> String {
        let period = self.usage.period;
        if !period.is_current() {
            return "the month is over".to_owned();
        }
        let mean = match period.since {
            Some(since) if period.is_new(since) => format!(
                "the daily mean since the first usage, from {} {:02}:{:02} UTC on",
                since.date(),
                since.hour(),
                since.minute()
            ),
            _ => format!(
                "the daily mean of the last {}",
                count(period.last_days, "day")
            ),
        };
        let days_left = period.days_left().round_dp(1);
        format!("usage so far, plus {days_left} more days at {mean}")
    }
}

#[cfg(test)]
pub(crate) mod tests;
