//! What holds of every bill, with any prices.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, subsequence};
use serde_json::{Value, json};
use strum::VariantArray;
use time::macros::date;

use super::*;
use crate::billing::prices::parse;

/// The least difference of two uses: bills are exact well below it.
fn least() -> Decimal {
    Decimal::new(1, 3)
}

/// How much may be used: from nothing to far above every bound.
fn units() -> impl Strategy<Value = Decimal> {
    (0..12_u32, 0..10_i64.pow(12))
        .prop_map(|(digits, units)| Decimal::new(units % 10_i64.pow(digits), 3))
}

/// Up to four tiers, the last without an end.
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

/// Prices as no file has them, of every shape that one may have.
fn prices() -> impl Strategy<Value = Prices> {
    let items = vec((tiers(), 0..7_u32), Item::VARIANTS.len());
    let allowance = (
        subsequence(Item::VARIANTS.to_vec(), 1..4).prop_shuffle(),
        units(),
        any::<bool>(),
    );
    (items, vec(allowance, 0..6)).prop_map(|(items, allowances)| {
        let items = Item::VARIANTS.iter().zip(items).map(|(item, (tiers, digits))| {
            let per = 10_u64.pow(digits).to_string();
            json!({ "item": item, "unit": "u", "per": per, "tiers": tiers, "source": "s", "checked": "2026-01-01" })
        });
        // Nothing of something is no allowance.
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

/// Lines of few items, so that several share one.
fn lines() -> impl Strategy<Value = Vec<Use>> {
    let item = (0..4_usize, 0..Item::VARIANTS.len()).prop_map(|(few, any)| match few {
        0 => Item::VARIANTS[any],
        few => Item::VARIANTS[few],
    });
    vec((item, units()), 1..8)
}

fn plan() -> impl Strategy<Value = Plan> {
    prop_oneof![Just(Plan::Legacy), Just(Plan::Credits)]
}

fn make(prices: &Prices, plan: Plan, lines: &[Use]) -> Vec<Charge> {
    bill(prices, plan, Month::of(date!(2026 - 06 - 01)), lines)
}

fn total(prices: &Prices, plan: Plan, lines: &[Use]) -> Decimal {
    let charges = make(prices, plan, lines);
    charges.iter().map(|charge| charge.cost).sum()
}

fn dearest(prices: &Prices) -> Decimal {
    let units = prices.items.iter().flat_map(|price| {
        let tiers = price.tiers.iter();
        tiers.map(|tier| tier.price / price.per)
    });
    units.max().expect("some items")
}

/// How much of an item may be used until an allowance or a tier ends.
fn edges(prices: &Prices, plan: Plan, item: Item) -> Vec<Decimal> {
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
    fn nothing_is_negative_and_each_unit_is_free_or_not(prices in prices(), plan in plan(), lines in lines()) {
        let charges = make(&prices, plan, &lines);
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
        for allowance in prices.allowances(Plan::Legacy, Month::of(date!(2026 - 06 - 01))) {
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
    fn where_an_allowance_or_a_tier_ends_cost_does_not_jump(
        prices in prices(), plan in plan(), lines in lines(), which: Index, edge: Index,
    ) {
        let at = which.index(lines.len());
        let mut lines = lines;
        lines[at].1 = Decimal::ZERO;
        let item = lines[at].0;
        let others: Decimal = lines.iter().filter(|line| line.0 == item).map(|line| line.1).sum();
        // Just below where an allowance or a tier ends.
        let edges = edges(&prices, plan, item);
        lines[at].1 = (edges[edge.index(edges.len())] - others - least()).max(Decimal::ZERO);
        let costs: Vec<_> = (0..3)
            .map(|_| {
                lines[at].1 += least();
                total(&prices, plan, &lines)
            })
            .collect();
        let most = least() * dearest(&prices);
        prop_assert!(costs.is_sorted(), "{costs:?}");
        prop_assert!(costs[1] - costs[0] <= most && costs[2] - costs[1] <= most, "{costs:?} {most}");
    }

    #[test]
    fn lines_cost_what_one_with_their_sum_would(prices in prices(), plan in plan(), lines in lines()) {
        let sums = Item::VARIANTS.iter().map(|item| {
            let lines = lines.iter().filter(|line| line.0 == *item);
            (*item, lines.map(|line| line.1).sum())
        });
        let sums: Vec<_> = sums.collect();
        let charges = make(&prices, plan, &lines);
        for sum in make(&prices, plan, &sums) {
            let lines = charges.iter().filter(|charge| charge.item == sum.item);
            prop_assert_eq!(lines.map(|charge| charge.cost).sum::<Decimal>(), sum.cost);
        }
    }
}
