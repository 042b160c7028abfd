//! What a month costs.
//!
//! - `usage`: what a game in AWS has used; `prices`: what AWS asks for it; `bill`: what a month costs
//! - `report`: the bill as programs read it; `what_if`: that of so many games; `free_tier`: how much of what is free
//! - `numbers`: numbers and money for people and for programs

mod bill;
pub(crate) mod free_tier;
pub(crate) mod numbers;
pub(crate) mod prices;
pub(crate) mod report;
pub(crate) mod usage;
pub(crate) mod what_if;

use rust_decimal::Decimal;

use crate::billing::bill::{Charge, bill};
use crate::billing::prices::{ItemPrice, OLD_DAYS, Offer, Plan, Prices};
use crate::billing::usage::{Usage, Used};
use crate::words::count;

pub(crate) struct Billing {
    /// Of the stack, or `local`.
    pub(crate) name: String,
    pub(crate) plan: Plan,
    pub(crate) prices: Prices,
    pub(crate) usage: Usage,
}

impl Billing {
    /// The charges for so much of each line; none where that is not known, which takes nothing from the others.
    fn charges(&self, amount: impl Fn(&Used) -> Option<Decimal>) -> Vec<Option<Charge>> {
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

    pub(crate) fn head(&self, what: &str) -> [String; 2] {
        let (dated, region) = (self.prices.dated, &self.prices.region);
        let plan: &str = self.plan.into();
        [
            format!("{}: {what}", self.name),
            format!("prices of {dated} ({region}), free tier {plan}"),
        ]
    }

    /// What has to be said of the prices and of the free tier.
    pub(crate) fn doubts(&self) -> Vec<String> {
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
        let period = self.usage.period;
        let today = period.now.date();
        if let Some(names) = named(&|it| it.is_confirmed() && it.is_old(today)) {
            doubts.push(format!(
                "the prices of {names} were last checked more than {OLD_DAYS} days ago: see `rpsctl cost prices`"
            ));
        }
        doubts.extend(self.prices.age_in_words(today));
        let mut offers = self.prices.allowances(self.plan, period.month);
        if self.plan == Plan::Legacy && !offers.any(|it| it.plan == Offer::First12Months) {
            doubts.push(format!(
                "the offers of the first 12 months are over for everybody in {}",
                period.month
            ));
        }
        doubts
    }

    fn list_cost(&self, charge: &Charge) -> Decimal {
        self.prices.of_item(charge.item).cost(charge.used)
    }

    /// Games that were over in the month; none if that is not known.
    fn games(&self) -> Option<Decimal> {
        let games = self.usage.games.as_ref().ok()?;
        Some(self.usage.period.used(games))
    }

    pub(crate) fn method(&self) -> String {
        let period = self.usage.period;
        if !period.is_current() {
            return "the month is over".to_owned();
        }
        let mean = match period.since {
            Some(since) if period.is_new(since) => format!(
                "the mean of all that is known, from {} {:02}:{:02} UTC on",
                since.date(),
                since.hour(),
                since.minute()
            ),
            _ => format!("the mean of the last {}", count(period.last_days, "day")),
        };
        let days_left = period.days_left().round_dp(1);
        format!("what was used, and for each of the {days_left} days that are left {mean}")
    }
}

#[cfg(test)]
pub(crate) mod tests;
