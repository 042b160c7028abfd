//! What a month costs: pure, without a clock and without AWS.
//!
//! The units of an item are in a row: first those of its first line, then those of the next. Allowances cover the
//! first of them; the rest fills the tiers. So what several lines cost is what one line with their sum would cost,
//! whatever their order.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::billing::prices::{Item, Month, Plan, Prices};

/// A line of a bill, before it has a price: so many units of an item, 0 or more.
pub(crate) type Use = (Item, Decimal);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Charge {
    pub(crate) item: Item,
    /// Units: `free` and `billable` ones.
    pub(crate) used: Decimal,
    pub(crate) free: Decimal,
    pub(crate) billable: Decimal,
    pub(crate) covered: Vec<Covered>,
    /// USD for as many units as the item's price is of: the price of the last unit, if that is not free.
    pub(crate) price: Decimal,
    /// USD, exactly.
    pub(crate) cost: Decimal,
}

/// How many units, more than 0, an allowance makes free.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Covered {
    pub(crate) allowance: String,
    pub(crate) units: Decimal,
}

/// The charge for each line of a month's bill, in the same order.
pub(crate) fn bill(prices: &Prices, plan: Plan, month: Month, lines: &[Use]) -> Vec<Charge> {
    let free = share(prices, plan, month, lines);
    let mut sums: BTreeMap<Item, Decimal> = BTreeMap::new();
    let charges = lines.iter().map(|&(item, used)| {
        let to = sums.entry(item).or_default();
        let from = *to;
        *to = from.saturating_add(used);
        let shares = free.iter().filter(|(of, _)| *of == item);
        charge(prices, (item, used), [from, *to], shares.map(|(_, it)| it))
    });
    charges.collect()
}

/// What each allowance makes free of each item. An allowance goes to what it covers in its own order, so that the
/// order of the lines does not matter.
fn share(prices: &Prices, plan: Plan, month: Month, lines: &[Use]) -> Vec<(Item, Covered)> {
    let mut open: BTreeMap<Item, Decimal> = BTreeMap::new();
    for &(item, used) in lines {
        let units = open.entry(item).or_default();
        *units = units.saturating_add(used);
    }
    let mut shares = Vec::new();
    for allowance in prices.allowances(plan, month) {
        let mut left = allowance.amount;
        for &item in &allowance.covers {
            let open = open.entry(item).or_default();
            let units = left.min(*open);
            left -= units;
            *open -= units;
            let allowance = allowance.name.clone();
            shares.push((item, Covered { allowance, units }));
        }
    }
    shares
}

/// The charge for a line that uses the units of its item between those two.
fn charge<'a>(
    prices: &Prices,
    (item, used): Use,
    [from, to]: [Decimal; 2],
    shares: impl Iterator<Item = &'a Covered>,
) -> Charge {
    let price = prices.of_item(item);
    let mut covered = Vec::new();
    let mut below = Decimal::ZERO;
    for share in shares {
        let above = below + share.units;
        let units = above.min(to) - below.max(from);
        if units > Decimal::ZERO {
            let allowance = share.allowance.clone();
            covered.push(Covered { allowance, units });
        }
        below = above;
    }
    let [paid_from, paid_to] = [from, to].map(|units| (units - below).max(Decimal::ZERO));
    Charge {
        item,
        used,
        free: covered.iter().map(|it| it.units).sum(),
        billable: paid_to - paid_from,
        covered,
        price: price.tier(paid_to).price,
        cost: (price.cost(paid_to) - price.cost(paid_from)).normalize(),
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
