//! Properties of every bill, with random prices.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, subsequence};
use serde_json::{Value, json};
use strum::VariantArray;
use time::macros::date;

use super::*;
use crate::billing::prices::parse;

/// The smallest difference of two amounts in these tests. Bills are exact well below it.
fn step() -> Decimal {
    Decimal::new(1, 3)
}

/// An amount from zero to far above every tier and allowance.
fn units() -> impl Strategy<Value = Decimal> {
    (0..12_u32, 0..10_i64.pow(12))
        .prop_map(|(digits, units)| Decimal::new(units % 10_i64.pow(digits), 3))
}

/// One to four tiers; the last has no end.
fn tiers() -> impl Strategy<Value = Value> {
    let tier = (1..5_000_000_u64, 0..100_000_i64);
    (vec(tier, 0..4), 0..100_000_i64).prop_map(|(tiers, last)| {
        let price = |price| Decimal::new(price, 4).to_string();
        let mut up_to = 0;
        let mut tiers: Vec<_> = tiers
            .into_iter()
            .map(|(more, tier)| {
                up_to += more;
                json!({ "up_to": up_to.to_string(), "price": price(tier) })
            })
            .collect();
        tiers.push(json!({ "price": price(last) }));
        Value::Array(tiers)
    })
}

/// Random valid prices.
fn prices() -> impl Strategy<Value = Prices> {
    let items = vec((tiers(), 0..7_u32), BilledItem::VARIANTS.len());
    let allowance = (
        subsequence(BilledItem::VARIANTS.to_vec(), 1..4).prop_shuffle(),
        units(),
        any::<bool>(),
    );
    (items, vec(allowance, 0..6)).prop_map(|(items, allowances)| {
        let items = BilledItem::VARIANTS.iter().zip(items).map(|(item, (tiers, digits))| {
            let per = 10_u64.pow(digits).to_string();
            json!({ "item": item, "unit": "u", "per": per, "tiers": tiers, "source": "s", "checked": "2026-01-01" })
        });
        // An allowance must not be zero.
        let allowances = allowances.into_iter().filter(|(_, amount, _)| !amount.is_zero());
        let allowances = allowances.enumerate().map(|(at, (covers, amount, always))| {
            let plan = if always { "always" } else { "first-12-months" };
            json!({ "name": at.to_string(), "covers": covers, "amount": amount, "plan": plan, "source": "s" })
        });
        let file = json!({
            "v": 1, "region": "r", "currency": "USD", "dated": "2026-01-01",
            "items": items.collect::<Vec<_>>(), "allowances": allowances.collect::<Vec<_>>(),
        });
        parse(&file.to_string()).expect("a price file")
    })
}

/// Lines of few items, so that several lines have the same item.
fn lines() -> impl Strategy<Value = Vec<ItemUse>> {
    let item = (0..4_usize, 0..BilledItem::VARIANTS.len()).prop_map(|(few, any)| match few {
        0 => BilledItem::VARIANTS[any],
        few => BilledItem::VARIANTS[few],
    });
    vec((item, units()), 1..8)
}

fn plan() -> impl Strategy<Value = FreeTierPlan> {
    prop_oneof![Just(FreeTierPlan::Legacy), Just(FreeTierPlan::Credits)]
}

fn june_bill(prices: &Prices, plan: FreeTierPlan, lines: &[ItemUse]) -> Vec<Charge> {
    bill(prices, plan, Month::of(date!(2026 - 06 - 01)), lines)
}

fn total(prices: &Prices, plan: FreeTierPlan, lines: &[ItemUse]) -> Decimal {
    let charges = june_bill(prices, plan, lines);
    charges.iter().map(|charge| charge.cost).sum()
}

fn highest_unit_price(prices: &Prices) -> Decimal {
    let units = prices.items.iter().flat_map(|price| {
        let tiers = price.tiers.iter();
        tiers.map(|tier| tier.price / price.per)
    });
    units.max().expect("some items")
}

/// The amounts of an item at which an allowance or a tier ends.
fn edges(prices: &Prices, plan: FreeTierPlan, item: BilledItem) -> Vec<Decimal> {
    let allowances = prices.allowances(plan, Month::of(date!(2026 - 06 - 01)));
    let amounts = allowances
        .filter(|it| it.covers.contains(&item))
        .map(|it| it.amount);
    let mut edges = vec![Decimal::ZERO];
    for amount in amounts {
        let below = edges.last().copied().unwrap_or_default();
        edges.push(below + amount);
    }
    let free = edges.last().copied().unwrap_or_default();
    let tiers = prices.of_item(item).tiers.iter();
    edges.extend(tiers.filter_map(|tier| Some(free + tier.up_to?)));
    edges
}

proptest! {
    #[test]
    fn no_number_is_negative_and_each_unit_is_free_or_billable(prices in prices(), plan in plan(), lines in lines()) {
        let charges = june_bill(&prices, plan, &lines);
        prop_assert_eq!(charges.len(), lines.len());
        for (charge, (item, used)) in charges.iter().zip(&lines) {
            prop_assert_eq!((charge.item, charge.used), (*item, *used));
            prop_assert_eq!(charge.used, charge.free + charge.billable);
            let covered: Decimal = charge.covered.iter().map(|it| it.units).sum();
            prop_assert_eq!(charge.free, covered);
            for number in [charge.free, charge.billable, charge.cost, charge.price] {
                prop_assert!(number >= Decimal::ZERO, "{charge:?}");
            }
        }
        for allowance in prices.allowances(FreeTierPlan::Legacy, Month::of(date!(2026 - 06 - 01))) {
            let covered = charges.iter().flat_map(|charge| &charge.covered);
            let covered = covered.filter(|it| it.allowance == allowance.name);
            prop_assert!(covered.map(|it| it.units).sum::<Decimal>() <= allowance.amount);
        }
    }

    #[test]
    fn more_use_never_costs_less(
        prices in prices(), plan in plan(), lines in lines(), which: Index, more in units(),
    ) {
        let less = total(&prices, plan, &lines);
        let mut lines = lines;
        let at = which.index(lines.len());
        lines[at].1 += more;
        prop_assert!(total(&prices, plan, &lines) >= less);
    }

    #[test]
    fn cost_does_not_jump_at_the_end_of_an_allowance_or_a_tier(
        prices in prices(), plan in plan(), lines in lines(), which: Index, edge: Index,
    ) {
        let at = which.index(lines.len());
        let mut lines = lines;
        lines[at].1 = Decimal::ZERO;
        let item = lines[at].0;
        let others: Decimal = lines.iter().filter(|line| line.0 == item).map(|line| line.1).sum();
        // Start just below the end of an allowance or a tier.
        let edges = edges(&prices, plan, item);
        lines[at].1 = (edges[edge.index(edges.len())] - others - step()).max(Decimal::ZERO);
        let costs: Vec<_> = (0..3)
            .map(|_| {
                lines[at].1 += step();
                total(&prices, plan, &lines)
            })
            .collect();
        let most = step() * highest_unit_price(&prices);
        prop_assert!(costs.is_sorted(), "{costs:?}");
        prop_assert!(costs[1] - costs[0] <= most && costs[2] - costs[1] <= most, "{costs:?} {most}");
    }

    #[test]
    fn several_lines_cost_the_same_as_one_line_with_their_sum(prices in prices(), plan in plan(), lines in lines()) {
        let sums = BilledItem::VARIANTS.iter().map(|item| {
            let lines = lines.iter().filter(|line| line.0 == *item);
            (*item, lines.map(|line| line.1).sum())
        });
        let sums: Vec<_> = sums.collect();
        let charges = june_bill(&prices, plan, &lines);
        for sum in june_bill(&prices, plan, &sums) {
            let lines = charges.iter().filter(|charge| charge.item == sum.item);
            prop_assert_eq!(lines.map(|charge| charge.cost).sum::<Decimal>(), sum.cost);
        }
    }
}
