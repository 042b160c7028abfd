//! AWS's prices, as data: one dated file per region, with the source of each number.
//!
//! - `item`: the billed items; `month`: the billing period
//! - `read`: read and check a price file
//! - `list`: find an item's price in AWS's price list; `refresh`: update prices from that list

mod item;
mod list;
mod month;
mod read;
mod refresh;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;
use time::Date;

pub(crate) use self::item::BilledItem;
pub(crate) use self::list::ProductQuery;
pub(crate) use self::month::Month;
#[cfg(test)]
pub(crate) use self::read::parse;
pub(crate) use self::refresh::{RefreshResult, refreshed};

/// Prices older than this, in days, may be wrong.
pub(crate) const OLD_DAYS: i64 = 180;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Prices {
    /// The version of the file format: 1.
    v: u32,
    pub(crate) region: String,
    /// Always USD.
    currency: String,
    /// When the file was compiled.
    pub(crate) dated: Date,
    /// Sorted, one for each [`BilledItem`]: `read` checks it.
    pub(crate) items: Vec<ItemPrice>,
    /// The allowances of all plans and months.
    pub(crate) allowances: Vec<Allowance>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ItemPrice {
    pub(crate) item: BilledItem,
    /// The name of the unit.
    pub(crate) unit: String,
    /// The number of units that tier prices are for: a power of ten.
    #[serde(with = "rust_decimal::serde::str")]
    pub(crate) per: Decimal,
    /// The price tiers. As in AWS's price list, free units do not count.
    pub(crate) tiers: Vec<Tier>,
    pub(crate) source: String,
    /// When the price was last compared with its source.
    pub(crate) checked: Date,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tier {
    /// The last unit of the tier. The last tier has no end.
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
    /// The items that share it, in the order in which they use it.
    pub(crate) covers: Vec<BilledItem>,
    /// The number of free units.
    #[serde(with = "rust_decimal::serde::str")]
    pub(crate) amount: Decimal,
    pub(crate) plan: AllowancePeriod,
    /// The day on which it ends for every account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) until: Option<Date>,
    pub(crate) source: String,
}

/// When an account has an allowance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum AllowancePeriod {
    Always,
    /// For accounts opened before 2025-07-15.
    #[serde(rename = "first-12-months")]
    First12Months,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, IntoStaticStr, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub(crate) enum FreeTierPlan {
    /// Account opened before 2025-07-15, in its first 12 months; ended on 2026-07-15
    Legacy,
    /// Account opened since 2025-07-15: credits, and the always-free allowances
    Credits,
    /// Only the always-free allowances
    AlwaysFree,
}

impl Prices {
    pub(crate) fn of_item(&self, item: BilledItem) -> &ItemPrice {
        &self.items[self.items.partition_point(|price| price.item < item)]
    }

    /// The allowances in a month. An allowance that ends during the month counts fully.
    pub(crate) fn allowances(
        &self,
        plan: FreeTierPlan,
        month: Month,
    ) -> impl Iterator<Item = &Allowance> {
        self.allowances.iter().filter(move |it| match it.plan {
            AllowancePeriod::Always => true,
            AllowancePeriod::First12Months => {
                plan == FreeTierPlan::Legacy && it.until.is_none_or(|until| month.first() < until)
            }
        })
    }

    /// Warnings about prices of another region, old prices and prices from the future.
    pub(crate) fn doubts(&self, region: &str, today: Date) -> Vec<String> {
        let mut doubts = Vec::new();
        let (own_region, dated) = (&self.region, self.dated);
        if own_region != region {
            doubts.push(format!(
                "the prices are for {own_region}, not for {region}: pass another --prices FILE, or --region {own_region}"
            ));
        }
        let days = (today - dated).whole_days();
        if days > OLD_DAYS {
            doubts.push(format!(
                "the prices are {days} days old and may have changed: refresh them with `rpsctl cost prices --refresh`"
            ));
        } else if days < 0 {
            doubts.push(format!(
                "the prices are dated {dated}, which is in the future: correct the date in the price file, or this \
                 machine's clock"
            ));
        }
        doubts
    }
}

impl ItemPrice {
    pub(crate) fn is_old(&self, today: Date) -> bool {
        (today - self.checked).whole_days() > OLD_DAYS
    }

    /// Whether a source confirms the price. If not, it is a guess.
    pub(crate) fn is_confirmed(&self) -> bool {
        !self.source.starts_with("not confirmed")
    }

    /// The cost of units in a month, without free allowances.
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
        // There is one: `read` checks that the last tier has no end.
        self.tiers.iter().find(within).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
