//! What AWS asks for what the game uses: data, in a dated file a region, with the source of each number.
//!
//! - `item`: what is charged for; `month`: what it is charged by
//! - `read`: a price file, and what is wrong with one
//! - `list`: AWS's own price list, and which of its products an item is; `refresh`: prices made of it

mod item;
mod list;
mod month;
mod read;
mod refresh;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;
use time::Date;

pub(crate) use self::item::Item;
pub(crate) use self::list::Query;
pub(crate) use self::month::Month;
#[cfg(test)]
pub(crate) use self::read::parse;
pub(crate) use self::refresh::{News, refreshed};

/// Prices older than this, in days, may be wrong.
pub(crate) const OLD_DAYS: i64 = 180;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Prices {
    /// The version of the file's shape: 1.
    v: u32,
    pub(crate) region: String,
    /// Always USD.
    currency: String,
    /// When they were put together.
    pub(crate) dated: Date,
    /// Sorted, one for each [`Item`]: `read` has seen to it.
    pub(crate) items: Vec<ItemPrice>,
    /// For anybody and at any time.
    pub(crate) allowances: Vec<Allowance>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ItemPrice {
    pub(crate) item: Item,
    /// What one unit is, in words.
    pub(crate) unit: String,
    /// How many units have the price: a power of ten.
    #[serde(with = "rust_decimal::serde::str")]
    pub(crate) per: Decimal,
    /// The cheaper the more is used. As in AWS's price list, units that are free do not count.
    pub(crate) tiers: Vec<Tier>,
    pub(crate) source: String,
    /// When the source said so.
    pub(crate) checked: Date,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tier {
    /// Up to so many units, that one included; the last tier has no end.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "rust_decimal::serde::str_option"
    )]
    pub(crate) up_to: Option<Decimal>,
    /// USD for [`ItemPrice::per`] units.
    #[serde(with = "rust_decimal::serde::str")]
    pub(crate) price: Decimal,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Allowance {
    pub(crate) name: String,
    /// The items that share it. The first is covered first.
    pub(crate) covers: Vec<Item>,
    /// How many units are free.
    #[serde(with = "rust_decimal::serde::str")]
    pub(crate) amount: Decimal,
    pub(crate) plan: Offer,
    /// The day on which it is over for everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) until: Option<Date>,
    pub(crate) source: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Offer {
    Always,
    /// For accounts opened before 2025-07-15.
    #[serde(rename = "first-12-months")]
    First12Months,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, IntoStaticStr, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub(crate) enum Plan {
    /// Opened before 2025-07-15, and in its first 12 months
    Legacy,
    /// Opened since then: credits, and what is always free
    Credits,
    /// What is always free, and nothing else
    AlwaysFree,
}

impl Prices {
    pub(crate) fn of_item(&self, item: Item) -> &ItemPrice {
        &self.items[self.items.partition_point(|price| price.item < item)]
    }

    /// What is free in that month, whole. The month in which an offer ends still has it.
    pub(crate) fn allowances(&self, plan: Plan, month: Month) -> impl Iterator<Item = &Allowance> {
        self.allowances.iter().filter(move |it| match it.plan {
            Offer::Always => true,
            Offer::First12Months => {
                plan == Plan::Legacy && it.until.is_none_or(|until| month.first() < until)
            }
        })
    }

    /// How old they are, if they may be wrong by now.
    pub(crate) fn age_in_words(&self, today: Date) -> Option<String> {
        let days = (today - self.dated).whole_days();
        (days > OLD_DAYS).then(|| format!(
            "the prices are {days} days old and may have changed: make them anew with `rpsctl cost prices --refresh`"
        ))
    }
}

impl ItemPrice {
    pub(crate) fn is_old(&self, today: Date) -> bool {
        (today - self.checked).whole_days() > OLD_DAYS
    }

    /// Whether somebody says so; else it is a guess.
    pub(crate) fn is_confirmed(&self) -> bool {
        !self.source.starts_with("not confirmed")
    }

    /// What so many units of it cost in a month, none of which is free.
    pub(crate) fn cost(&self, units: Decimal) -> Decimal {
        let mut from = Decimal::ZERO;
        let mut cost = Decimal::ZERO;
        for tier in &self.tiers {
            let to = tier.up_to.unwrap_or(units).min(units);
            if to <= from {
                break;
            }
            cost = cost.saturating_add((to - from).saturating_mul(tier.price / self.per));
            from = to;
        }
        cost
    }

    pub(crate) fn tier(&self, units: Decimal) -> Tier {
        let within = |tier: &&Tier| tier.up_to.is_none_or(|up_to| units <= up_to);
        // The last one has no end: `read` has seen to it.
        self.tiers.iter().find(within).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
