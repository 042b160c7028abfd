//! Read and check a price file.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::Value;
use strum::VariantArray;

use crate::billing::prices::{Allowance, AllowancePeriod, BilledItem, ItemPrice, Prices};
use crate::exit::Failure;

/// The built-in price files, without allowances.
const BUILT_IN: [(&str, &str); 3] = [
    ("us-east-1", include_str!("../../../prices/us-east-1.json")),
    ("eu-west-1", include_str!("../../../prices/eu-west-1.json")),
    (
        "eu-central-1",
        include_str!("../../../prices/eu-central-1.json"),
    ),
];
/// The allowances of all regions.
const ALLOWANCES: &str = include_str!("../../../prices/allowances.json");

const VERSION: u32 = 1;

/// The maximum of every number in a price file, so that bills stay far below the limit of [`Decimal`].
const MAX_NUMBER: u64 = 1_000_000_000_000;
/// The maximum of digits after the decimal point, so that sums of products stay exact.
const MAX_SCALE: u32 = 12;

impl Prices {
    pub(crate) fn of_region(region: &str) -> Result<Self, Failure> {
        let Some((_, text)) = BUILT_IN.iter().find(|(name, _)| *name == region) else {
            let names = BUILT_IN.map(|(name, _)| name).join(", ");
            return Err(Failure::usage(format!(
                "no built-in prices for {region}, only for {names}: create a price file with `rpsctl cost \
                 prices --refresh --region {region} --prices FILE`, then pass --prices FILE"
            )));
        };
        built_in(text)
            .map_err(|why| Failure::usage(format!("invalid built-in prices for {region}: {why}")))
    }

    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let file = path.display();
        let text = fs::read_to_string(path).map_err(|why| {
            let message = format!("cannot read the price file {file}: {why}; check --prices");
            Failure::usage(message)
        })?;
        parse(&text).map_err(|why| {
            Failure::usage(format!(
                "invalid price file {file}: {why}; correct it, or delete it and create it again with `rpsctl cost \
                 prices --refresh --prices {file}`"
            ))
        })
    }
}

fn built_in(text: &str) -> Result<Prices, String> {
    let read = |text| serde_json::from_str::<Value>(text).map_err(|why| why.to_string());
    let mut prices = read(text)?;
    prices["allowances"] = read(ALLOWANCES)?;
    parse(&prices.to_string())
}

/// Parses a price file. The error names the place and the reason.
pub(crate) fn parse(text: &str) -> Result<Prices, String> {
    /// Parsed first, because another version may have another format.
    #[derive(Deserialize)]
    struct Head {
        v: u32,
    }
    let Head { v } = serde_json::from_str(text).map_err(|why| why.to_string())?;
    if v != VERSION {
        return Err(format!(
            "its version is {v}, but this rpsctl reads version {VERSION}"
        ));
    }
    let mut prices: Prices = serde_json::from_str(text).map_err(|why| why.to_string())?;
    if prices.currency != "USD" {
        return Err(format!("its currency is {}, not USD", prices.currency));
    }
    if prices.region.is_empty() {
        return Err("its region is empty".to_owned());
    }
    check_items(&prices.items)?;
    check_allowances(&prices.allowances)?;
    prices.items.sort_by_key(|price| price.item);
    Ok(prices)
}

fn check_items(items: &[ItemPrice]) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for price in items {
        let name = price.item.name();
        if !seen.insert(price.item) {
            return Err(format!("duplicate item {name}"));
        }
        check_price(price).map_err(|why| format!("{name}: {why}"))?;
    }
    match BilledItem::VARIANTS
        .iter()
        .find(|item| !seen.contains(item))
    {
        Some(item) => Err(format!("item {} is missing", item.name())),
        None => Ok(()),
    }
}

fn check_price(price: &ItemPrice) -> Result<(), String> {
    let per = price.per;
    if !(0..=9).any(|digits| per == Decimal::from(10_u64.pow(digits))) {
        return Err(format!(
            "per is {per}, but must be a power of ten from 1 to 1000000000"
        ));
    }
    let Some(last) = price.tiers.len().checked_sub(1) else {
        return Err("tiers is empty".to_owned());
    };
    let mut below = Decimal::ZERO;
    for (index, tier) in price.tiers.iter().enumerate() {
        let at = format!("tiers[{index}]");
        check_number(tier.price).map_err(|why| format!("{at}.price {why}"))?;
        match (tier.up_to, index == last) {
            (None, true) => {}
            (None, false) => {
                return Err(format!("{at} has no up_to; only the last tier may omit it"));
            }
            (Some(_), true) => {
                return Err(format!(
                    "{at} is the last tier and has an up_to: units beyond it would have no price"
                ));
            }
            (Some(up_to), false) => {
                check_number(up_to).map_err(|why| format!("{at}.up_to {why}"))?;
                if up_to <= below {
                    return Err(format!(
                        "{at}.up_to is {up_to}, but must be more than {below}"
                    ));
                }
                below = up_to;
            }
        }
    }
    Ok(())
}

fn check_allowances(allowances: &[Allowance]) -> Result<(), String> {
    let mut names = BTreeSet::new();
    for (at, allowance) in allowances.iter().enumerate() {
        let at = format!("allowances[{at}] ({})", allowance.name);
        check_number(allowance.amount).map_err(|why| format!("{at}.amount {why}"))?;
        if allowance.amount.is_zero() {
            return Err(format!(
                "{at}.amount is 0: remove the allowance if nothing is free"
            ));
        }
        let covered: BTreeSet<_> = allowance.covers.iter().collect();
        if covered.is_empty() || covered.len() < allowance.covers.len() {
            return Err(format!("{at}.covers is empty or has a duplicate item"));
        }
        if allowance.until.is_some() && allowance.plan == AllowancePeriod::Always {
            return Err(format!(
                "{at} has the plan always, so it must have no until"
            ));
        }
        if !names.insert(&allowance.name) {
            return Err(format!("{at} is a duplicate"));
        }
    }
    Ok(())
}

fn check_number(number: Decimal) -> Result<(), String> {
    if number.is_sign_negative() && !number.is_zero() {
        return Err(format!("is negative: {number}"));
    }
    if number > Decimal::from(MAX_NUMBER) || number.normalize().scale() > MAX_SCALE {
        return Err(format!(
            "is {number}, but may be {MAX_NUMBER} at most, with {MAX_SCALE} digits after the decimal point"
        ));
    }
    Ok(())
}
