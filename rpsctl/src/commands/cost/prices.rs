//! `rpsctl cost prices`.

use std::path::Path;

use clap::Args;
use rust_decimal::Decimal;
use serde::Serialize;
use time::{Date, OffsetDateTime};

use super::refresh;
use crate::aws::Account;
use crate::billing::prices::{Allowance, Item, ItemPrice, Offer, Prices, Tier};
use crate::cli::Global;
use crate::commands::billing::prices_in;
use crate::exit::Exit;
use crate::output::{self, Format, NARROW, Versioned, labelled_in};
use crate::words::{escaped, grouped};

/// Characters of a source.
const MOST_OF_SOURCE: usize = 240;

/// The column of the items.
const ITEM: usize = 26;

#[derive(Debug, Args)]
pub(super) struct PricesArgs {
    /// Make them anew of AWS's price list, which needs an AWS account; prints or writes a price file
    #[arg(long)]
    refresh: bool,
}

/// A price as programs read it.
#[derive(Debug, Serialize)]
struct Row<'a> {
    /// What is charged for.
    item: Item,
    /// What one unit is, in words.
    unit: &'a str,
    /// How many units have the price.
    per: String,
    /// The prices by what is used, that is free taken off.
    tiers: &'a [Tier],
    /// What is free each month.
    free: Vec<Free<'a>>,
    /// The region.
    region: &'a str,
    /// Who says so.
    source: &'a str,
    /// When that was said.
    checked: Date,
}

/// What is free, as programs read it.
#[derive(Debug, Serialize)]
struct Free<'a> {
    /// The allowance's name.
    allowance: &'a str,
    /// How many units.
    amount: String,
    /// The items that share it.
    covers: &'a [Item],
    /// For whom.
    plan: Offer,
    /// The day on which it is over for everybody.
    until: Option<Date>,
}

/// Runs the command.
pub(super) async fn run(
    args: &PricesArgs,
    file: Option<&Path>,
    global: &Global,
) -> anyhow::Result<Exit> {
    let account = match global.target.given()? {
        Some(place) => Account::of(&place).await?,
        None => Account::of_login(global.target.login()).await?,
    };
    if args.refresh {
        return refresh::run(account, file, global).await;
    }
    let prices = prices_in(account.region(), file)?;
    if let Some(old) = prices.age_in_words(OffsetDateTime::now_utc().date()) {
        output::note(old);
    }
    match global.output {
        Format::Json => rows(&prices).try_for_each(|row| output::json(&Versioned::new(row)))?,
        Format::Table => {
            let (region, dated) = (&prices.region, prices.dated);
            output::data(format_args!("{region}, USD, put together on {dated}"))?;
            output::data(lines(&prices, output::width()))?;
        }
    }
    Ok(Exit::Ok)
}

fn rows(prices: &Prices) -> impl Iterator<Item = Row<'_>> {
    prices.items().iter().map(|price| Row {
        item: price.item,
        unit: &price.unit,
        per: price.per.to_string(),
        tiers: &price.tiers,
        free: free(prices, price.item).map(Free::from).collect(),
        region: &prices.region,
        source: &price.source,
        checked: price.checked,
    })
}

impl<'a> From<&'a Allowance> for Free<'a> {
    fn from(allowance: &'a Allowance) -> Self {
        Self {
            allowance: &allowance.name,
            amount: allowance.amount.to_string(),
            covers: &allowance.covers,
            plan: allowance.plan,
            until: allowance.until,
        }
    }
}

/// What is free of an item, for anybody.
fn free(prices: &Prices, item: Item) -> impl Iterator<Item = &Allowance> {
    let all = prices.all_allowances().iter();
    all.filter(move |allowance| allowance.covers.contains(&item))
}

/// All prices in lines of so many characters: what each is, what of it is free, and who says so.
fn lines(prices: &Prices, width: usize) -> String {
    let narrow = width < NARROW;
    let mut lines = Vec::new();
    for price in prices.items() {
        let free = free(prices, price.item).map(|it| format!("free: {}", free_in_words(it)));
        let mut texts = vec![in_words(price).replace('\n', ", ")];
        texts.extend(free);
        texts.push(source(price));
        let mut label = price.item.name();
        let mut columns = ITEM;
        if narrow {
            lines.push(label.to_owned());
            (label, columns) = ("", 2);
        }
        for text in texts {
            lines.extend(labelled_in(width, label, columns, &text));
            label = "";
        }
    }
    lines.join("\n")
}

/// The price of an item, a line a tier.
pub(super) fn in_words(price: &ItemPrice) -> String {
    let per = if price.per == Decimal::ONE {
        String::new()
    } else {
        format!(" per {}", grouped(&price.per))
    };
    let mut above = String::new();
    let lines = price.tiers.iter().map(|tier| {
        let line = format!("{}{per}{above}", tier.price);
        if let Some(up_to) = tier.up_to {
            above = format!(" above {}", grouped(&up_to));
        }
        line
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn free_in_words(allowance: &Allowance) -> String {
    let amount = grouped(&allowance.amount);
    let shared = if allowance.covers.len() > 1 {
        format!(", shared as {}", escaped(&allowance.name, MOST_OF_SOURCE))
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

/// Where a price is from.
fn source(price: &ItemPrice) -> String {
    format!(
        "{}: {}",
        price.checked,
        escaped(&price.source, MOST_OF_SOURCE)
    )
}
