//! Compute the bill of a month. Pure: no clock, no AWS.
//!
//! Units of an item are billed in the order of its lines. Allowances cover the first units; the rest fills the price
//! tiers. So several lines cost the same as one line with their sum, whatever their order.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::billing::prices::{BilledItem, FreeTierPlan, Month, Prices};

/// A bill line before pricing: an item and its used units, 0 or more.
pub(crate) type ItemUse = (BilledItem, Decimal);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Charge {
    pub(crate) item: BilledItem,
    /// The sum of `free` and `billable` units.
    pub(crate) used: Decimal,
    pub(crate) free: Decimal,
    pub(crate) billable: Decimal,
    pub(crate) covered: Vec<CoveredUnits>,
    /// USD for [`ItemPrice::per`](super::prices::ItemPrice::per) units, in the tier of the last billable unit.
    pub(crate) price: Decimal,
    /// USD, not rounded.
    pub(crate) cost: Decimal,
}

/// The units, more than 0, that an allowance makes free.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CoveredUnits {
    pub(crate) allowance: String,
    pub(crate) units: Decimal,
}

/// Computes the charge of each line, in the same order.
pub(crate) fn bill(
    prices: &Prices,
    plan: FreeTierPlan,
    month: Month,
    lines: &[ItemUse],
) -> Vec<Charge> {
    let free = distribute_allowances(prices, plan, month, lines);
    let mut sums: BTreeMap<BilledItem, Decimal> = BTreeMap::new();
    let charges = lines.iter().map(|&(item, used)| {
        let to = sums.entry(item).or_default();
        let from = *to;
        *to = from.saturating_add(used);
        let shares = free.iter().filter(|(of, _)| *of == item);
        charge(prices, (item, used), [from, *to], shares.map(|(_, it)| it))
    });
    charges.collect()
}

/// Distributes each allowance to the items that it covers, in the allowance's order. So the order of the lines does not
/// matter.
fn distribute_allowances(
    prices: &Prices,
    plan: FreeTierPlan,
    month: Month,
    lines: &[ItemUse],
) -> Vec<(BilledItem, CoveredUnits)> {
    let mut uncovered: BTreeMap<BilledItem, Decimal> = BTreeMap::new();
    for &(item, used) in lines {
        let units = uncovered.entry(item).or_default();
        *units = units.saturating_add(used);
    }
    let mut shares = Vec::new();
    for allowance in prices.allowances(plan, month) {
        let mut left = allowance.amount;
        for &item in &allowance.covers {
            let uncovered = uncovered.entry(item).or_default();
            let units = left.min(*uncovered);
            left -= units;
            *uncovered -= units;
            let allowance = allowance.name.clone();
            shares.push((item, CoveredUnits { allowance, units }));
        }
    }
    shares
}

/// Computes the charge of a line that uses its item's units from `from` to `to`.
fn charge<'a>(
    prices: &Prices,
    (item, used): ItemUse,
    [from, to]: [Decimal; 2],
    shares: impl Iterator<Item = &'a CoveredUnits>,
) -> Charge {
    let price = prices.of_item(item);
    let mut covered = Vec::new();
    let mut below = Decimal::ZERO;
    for share in shares {
        let above = below + share.units;
        let units = above.min(to) - below.max(from);
        if units > Decimal::ZERO {
            let allowance = share.allowance.clone();
            covered.push(CoveredUnits { allowance, units });
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
mod tests;
