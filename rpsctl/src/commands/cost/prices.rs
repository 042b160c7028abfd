//! `rpsctl cost prices`: shows the prices and allowances.

use std::iter::{once, repeat};
use std::path::Path;

use rust_decimal::Decimal;
use serde::Serialize;
use time::{Date, OffsetDateTime};

use crate::aws::Account;
use crate::billing::prices::{Allowance, AllowancePeriod, BilledItem, ItemPrice, Prices, Tier};
use crate::cli::Global;
use crate::commands::billing::prices_in;
use crate::exit::Exit;
use crate::output::{self, Format, NARROW, labelled};
use crate::words::{escaped, grouped};

const MAX_SOURCE: usize = 240;

const ITEM_WIDTH: usize = 26;

/// A price as JSON. docs/rpsctl.md has the fields.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(in crate::commands) struct PriceRow<'a> {
    /// Billed item.
    #[cfg_attr(test, schemars(with = "String"))]
    item: BilledItem,
    /// Name of the unit.
    unit: &'a str,
    /// Number of units that have the price.
    per: String,
    /// Prices by monthly usage beyond the free allowances.
    tiers: Vec<PriceTier>,
    /// Monthly free allowances.
    free: Vec<PriceAllowance<'a>>,
    /// AWS region of the price.
    region: &'a str,
    /// Source of the price.
    source: &'a str,
    /// Day on which the source was checked.
    #[cfg_attr(test, schemars(with = "String"))]
    checked: Date,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct PriceTier {
    /// Upper limit of the tier in units; missing in the last tier.
    #[serde(skip_serializing_if = "Option::is_none")]
    up_to: Option<String>,
    /// USD for `per` units.
    price: String,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct PriceAllowance<'a> {
    /// Name of the allowance.
    allowance: &'a str,
    /// Number of free units.
    amount: String,
    /// Items that share the allowance.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    covers: &'a [BilledItem],
    /// `always` for every account, or `first-12-months`.
    #[cfg_attr(test, schemars(with = "String"))]
    plan: AllowancePeriod,
    /// Day on which the allowance ends for every account.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    until: Option<Date>,
}

impl PriceTier {
    fn new(tier: &Tier) -> Self {
        Self {
            up_to: tier.up_to.map(|up_to| up_to.to_string()),
            price: tier.price.to_string(),
        }
    }
}

pub(super) fn run(account: &Account, file: Option<&Path>, global: &Global) -> anyhow::Result<Exit> {
    let prices = prices_in(account.region(), file)?;
    let doubts = prices.doubts(account.region(), OffsetDateTime::now_utc().date());
    doubts.iter().for_each(output::note);
    match global.output {
        Format::Json => rows(&prices).try_for_each(output::row)?,
        Format::Table => {
            let (region, dated) = (&prices.region, prices.dated);
            output::data(format_args!("Prices in USD for {region}, dated {dated}"))?;
            output::data(lines(&prices, output::width()))?;
        }
    }
    Ok(Exit::Ok)
}

fn rows(prices: &Prices) -> impl Iterator<Item = PriceRow<'_>> {
    prices.items.iter().map(|price| PriceRow {
        item: price.item,
        unit: &price.unit,
        per: price.per.to_string(),
        tiers: price.tiers.iter().map(PriceTier::new).collect(),
        free: allowances(prices, price.item)
            .map(|allowance| PriceAllowance {
                allowance: &allowance.name,
                amount: allowance.amount.to_string(),
                covers: &allowance.covers,
                plan: allowance.plan,
                until: allowance.until,
            })
            .collect(),
        region: &prices.region,
        source: &price.source,
        checked: price.checked,
    })
}

/// The allowances that cover an item.
fn allowances(prices: &Prices, item: BilledItem) -> impl Iterator<Item = &Allowance> {
    let all = prices.allowances.iter();
    all.filter(move |allowance| allowance.covers.contains(&item))
}

/// Each price with its allowances and its source, wrapped to `width`.
fn lines(prices: &Prices, width: usize) -> String {
    let mut lines = Vec::new();
    for price in &prices.items {
        let free = allowances(prices, price.item).map(|it| format!("free: {}", free_in_words(it)));
        let source = escaped(&price.source, MAX_SOURCE);
        let source = format!("{}: {source}", price.checked);
        let texts = once(in_words(price)).chain(free).chain([source]);
        let (mut label, mut columns) = (price.item.name(), ITEM_WIDTH);
        if width < NARROW {
            lines.push(label.to_owned());
            (label, columns) = ("", 2);
        }
        let texts: Vec<_> = once(label).chain(repeat("")).zip(texts).collect();
        lines.push(labelled(width, columns, &texts));
    }
    lines.join("\n")
}

/// The price of an item, tier by tier.
pub(super) fn in_words(price: &ItemPrice) -> String {
    let per = if price.per == Decimal::ONE {
        String::new()
    } else {
        format!(" per {}", grouped(&price.per))
    };
    let mut above = String::new();
    let tiers = price.tiers.iter().map(|tier| {
        let words = format!("{}{per}{above}", tier.price);
        if let Some(up_to) = tier.up_to {
            above = format!(" above {}", grouped(&up_to));
        }
        words
    });
    tiers.collect::<Vec<_>>().join(", ")
}

fn free_in_words(allowance: &Allowance) -> String {
    let amount = grouped(&allowance.amount);
    let shared = if allowance.covers.len() > 1 {
        format!(", shared as {}", escaped(&allowance.name, MAX_SOURCE))
    } else {
        String::new()
    };
    let offer = match (allowance.plan, allowance.until) {
        (AllowancePeriod::Always, _) => String::new(),
        (AllowancePeriod::First12Months, None) => ", first 12 months".to_owned(),
        (AllowancePeriod::First12Months, Some(until)) => {
            format!(", first 12 months, until {until}")
        }
    };
    format!("{amount}{shared}{offer}")
}
