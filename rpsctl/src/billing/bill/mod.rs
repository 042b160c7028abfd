//! What a month costs: pure, without a clock and without AWS.
//!
//! The units of an item are in a row: first those of its first line, then those of the next. Allowances cover the
//! first of them; the rest fills the tiers. So what several lines cost is what one line with their sum would cost,
//! whatever their order.

use rust_decimal::Decimal;

use crate::billing::prices::{Allowance, Item, Month, Plan, Prices};

/// A line of a bill, before it has a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Use {
    /// What it is called.
    pub(crate) line: &'static str,
    /// What it uses.
    pub(crate) item: Item,
    /// How many units in the month: 0 or more.
    pub(crate) used: Decimal,
}

/// What a month costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bill {
    /// One for each line, in the same order.
    pub(crate) charges: Vec<Charge>,
}

/// What a line costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Charge {
    /// What the line is called.
    pub(crate) line: &'static str,
    /// What it uses.
    pub(crate) item: Item,
    /// How many units it uses.
    pub(crate) used: Decimal,
    /// How many of them are free.
    pub(crate) free: Decimal,
    /// How many of them are not.
    pub(crate) billable: Decimal,
    /// What makes them free.
    pub(crate) covered: Vec<Covered>,
    /// USD for [`Charge::per`] units: the price of its last unit, if that is not free.
    pub(crate) price: Decimal,
    /// How many units have that price.
    pub(crate) per: Decimal,
    /// USD, exactly.
    pub(crate) cost: Decimal,
}

/// What an allowance makes free.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Covered {
    /// The allowance's name.
    pub(crate) allowance: String,
    /// How many units, more than 0.
    pub(crate) units: Decimal,
}

#[cfg(test)]
impl Bill {
    /// USD, exactly.
    pub(crate) fn total(&self) -> Decimal {
        self.charges.iter().map(|charge| charge.cost).sum()
    }
}

/// The bill of a month.
pub(crate) fn bill(prices: &Prices, plan: Plan, month: Month, lines: &[Use]) -> Bill {
    let allowances: Vec<_> = prices.allowances(plan, month).collect();
    let free = share(&allowances, lines);
    let mut used = [Decimal::ZERO; Item::ALL.len()];
    let charges = lines.iter().map(|line| {
        let from = used[line.item as usize];
        let to = from.saturating_add(line.used);
        used[line.item as usize] = to;
        charge(prices, line, [from, to], &free)
    });
    Bill {
        charges: charges.collect(),
    }
}

/// How many units of an item an allowance makes free.
struct Share<'a> {
    allowance: &'a Allowance,
    item: Item,
    units: Decimal,
}

/// What each allowance makes free of each item. An allowance goes to what it covers in its own order, so that the
/// order of the lines does not matter.
fn share<'a>(allowances: &[&'a Allowance], lines: &[Use]) -> Vec<Share<'a>> {
    let mut open = [Decimal::ZERO; Item::ALL.len()];
    for line in lines {
        let units = &mut open[line.item as usize];
        *units = units.saturating_add(line.used);
    }
    let mut shares = Vec::new();
    for allowance in allowances {
        let mut left = allowance.amount;
        for &item in &allowance.covers {
            let units = left.min(open[item as usize]);
            left -= units;
            open[item as usize] -= units;
            shares.push(Share {
                allowance,
                item,
                units,
            });
        }
    }
    shares
}

/// The charge for a line that uses the units of its item between those two.
fn charge(prices: &Prices, line: &Use, [from, to]: [Decimal; 2], shares: &[Share<'_>]) -> Charge {
    let price = prices.of_item(line.item);
    let mut covered = Vec::new();
    let mut below = Decimal::ZERO;
    for share in shares.iter().filter(|share| share.item == line.item) {
        let above = below + share.units;
        let units = above.min(to) - below.max(from);
        if units > Decimal::ZERO {
            covered.push(Covered {
                allowance: share.allowance.name.clone(),
                units,
            });
        }
        below = above;
    }
    let free = covered.iter().map(|it| it.units).sum();
    let [paid_from, paid_to] = [from, to].map(|units| (units - below).max(Decimal::ZERO));
    Charge {
        line: line.line,
        item: line.item,
        used: line.used,
        free,
        billable: paid_to - paid_from,
        covered,
        price: price.tier(paid_to).price,
        per: price.per,
        cost: (price.cost(paid_to) - price.cost(paid_from)).normalize(),
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
