//! `rpsctl cost prices`.

use std::iter::{once, repeat};
use std::path::Path;

use rust_decimal::Decimal;
use serde::Serialize;
use time::{Date, OffsetDateTime};

use crate::aws::Account;
use crate::billing::prices::{Allowance, Item, ItemPrice, Offer, Prices, Tier};
use crate::cli::Global;
use crate::commands::billing::prices_in;
use crate::exit::Exit;
use crate::output::{self, Format, NARROW, labelled};
use crate::words::{escaped, grouped};

const LONGEST_SOURCE: usize = 240;

const ITEM_WIDTH: usize = 26;

/// A price. docs/rpsctl.md describes the fields.
#[derive(Debug, Serialize)]
struct Row<'a> {
    item: Item,
    unit: &'a str,
    per: String,
    tiers: &'a [Tier],
    free: Vec<Free<'a>>,
    region: &'a str,
    source: &'a str,
    checked: Date,
}

#[derive(Debug, Serialize)]
struct Free<'a> {
    allowance: &'a str,
    amount: String,
    covers: &'a [Item],
    plan: Offer,
    until: Option<Date>,
}

pub(super) fn run(account: &Account, file: Option<&Path>, global: &Global) -> anyhow::Result<Exit> {
    let prices = prices_in(account.region(), file)?;
    if let Some(old) = prices.age_in_words(OffsetDateTime::now_utc().date()) {
        output::note(old);
    }
    match global.output {
        Format::Json => rows(&prices).try_for_each(output::row)?,
        Format::Table => {
            let (region, dated) = (&prices.region, prices.dated);
            output::data(format_args!("{region}, USD, put together on {dated}"))?;
            output::data(lines(&prices, output::width()))?;
        }
    }
    Ok(Exit::Ok)
}

fn rows(prices: &Prices) -> impl Iterator<Item = Row<'_>> {
    prices.items.iter().map(|price| Row {
        item: price.item,
        unit: &price.unit,
        per: price.per.to_string(),
        tiers: &price.tiers,
        free: free(prices, price.item)
            .map(|allowance| Free {
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

/// What is free of an item, for anybody.
fn free(prices: &Prices, item: Item) -> impl Iterator<Item = &Allowance> {
    let all = prices.allowances.iter();
    all.filter(move |allowance| allowance.covers.contains(&item))
}

/// All prices in lines of so many characters: what each is, what of it is free, and who says so.
fn lines(prices: &Prices, width: usize) -> String {
    let mut lines = Vec::new();
    for price in &prices.items {
        let free = free(prices, price.item).map(|it| format!("free: {}", free_in_words(it)));
        let source = escaped(&price.source, LONGEST_SOURCE);
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
        format!(", shared as {}", escaped(&allowance.name, LONGEST_SOURCE))
    } else {
        String::new()
    };
    let offer = match (allowance.plan, allowance.until) {
        (Offer::Always, _) => String::new(),
        (Offer::First12Months, None) => ", first 12 months".to_owned(),
        (Offer::First12Months, Some(until)) => format!(", first 12 months, until {until}"),
    };
    format!("{amount}{shared}{offer}")
}
