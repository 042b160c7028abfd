use std::cmp::Reverse;

use rust_decimal::{Decimal, dec};
use serde::Serialize;
use time::Date;

use crate::billing::Billing;
use crate::billing::numbers::json;
use crate::billing::prices::{Allowance, FreeTierPlan};
use crate::billing::usage::{Amount, Hours, LineUsage, Period, add};

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct FreeTierRow {
    /// Month in UTC, such as `2026-11`.
    month: String,
    /// Free-tier plan: `legacy`, `credits` or `always-free`.
    #[cfg_attr(test, schemars(with = "String"))]
    plan: FreeTierPlan,
    /// Name of the allowance.
    pub(crate) allowance: String,
    /// Items of the price file that share the allowance.
    covers: Vec<&'static str>,
    /// Units so far. Null if unknown.
    #[serde(serialize_with = "json::number")]
    #[cfg_attr(test, schemars(with = "Option<f64>"))]
    pub(crate) used: Option<Decimal>,
    /// Free units per month.
    #[serde(serialize_with = "json::number")]
    #[cfg_attr(test, schemars(with = "f64"))]
    pub(crate) amount: Decimal,
    /// Used percentage of the allowance.
    #[serde(serialize_with = "json::number")]
    #[cfg_attr(test, schemars(with = "Option<f64>"))]
    pub(crate) percent: Option<Decimal>,
    /// Forecast of units for the whole month.
    #[serde(serialize_with = "json::number")]
    #[cfg_attr(test, schemars(with = "Option<f64>"))]
    month_used: Option<Decimal>,
    /// Forecast of the used percentage for the whole month.
    #[serde(serialize_with = "json::number")]
    #[cfg_attr(test, schemars(with = "Option<f64>"))]
    pub(crate) month_percent: Option<Decimal>,
    /// Day on which the allowance was or will be used up, such as `2026-11-30`. Null if this is not in the month.
    pub(crate) used_up_on: Option<String>,
    /// Why the usage is unknown.
    pub(crate) unknown: Option<String>,
}

impl FreeTierRow {
    /// Whether more than `limit` percent are used, or by forecast will be. An unknown usage counts as over the limit.
    pub(crate) fn is_over(&self, limit: Decimal, by_forecast: bool) -> bool {
        let percent = if by_forecast {
            self.month_percent
        } else {
            self.percent
        };
        percent.is_none_or(|percent| percent > limit)
    }
}

/// The allowances that this system uses, highest forecast first. Unknown usage comes before all others.
pub(crate) fn rows(billing: &Billing) -> Vec<FreeTierRow> {
    let month = billing.usage.period.month;
    let allowances = billing.prices.allowances(billing.plan, month);
    let mut rows: Vec<_> = allowances.filter_map(|it| row(billing, it)).collect();
    rows.sort_by_key(|row| Reverse(row.month_percent.unwrap_or(Decimal::MAX)));
    rows
}

fn row(billing: &Billing, allowance: &Allowance) -> Option<FreeTierRow> {
    let is_covered = |used: &&LineUsage| allowance.covers.contains(&used.item);
    let lines: Vec<_> = billing.usage.lines.iter().filter(is_covered).collect();
    if lines.is_empty() {
        return None;
    }
    let period = billing.usage.period;
    let sum = |amount: fn(&Amount, Period) -> Option<Decimal>| -> Option<Decimal> {
        let amounts = lines.iter().map(|used| amount(&used.amount, period));
        amounts.sum()
    };
    let used = sum(Amount::used);
    let month_used = sum(Amount::forecast);
    let percent = |units: Decimal| (units / allowance.amount * dec!(100)).round_dp(4);
    let day = match used.zip(sum(Amount::per_day)) {
        Some((used, _)) if used >= allowance.amount => {
            Some(used_up_on(period, &lines, used, allowance.amount))
        }
        Some((used, per_day)) => period.will_reach(used, per_day, allowance.amount),
        None => None,
    };
    Some(FreeTierRow {
        month: period.month.to_string(),
        plan: billing.plan,
        allowance: allowance.name.clone(),
        covers: allowance.covers.iter().map(|item| item.name()).collect(),
        used,
        amount: allowance.amount,
        percent: used.map(percent),
        month_used,
        month_percent: month_used.map(percent),
        used_up_on: day.map(|day| day.to_string()),
        unknown: lines.iter().find_map(|it| it.amount.unknown()),
    })
}

/// The day on which an allowance was used up. Amounts without hours count as used on the first day.
fn used_up_on(period: Period, lines: &[&LineUsage], used: Decimal, amount: Decimal) -> Date {
    let mut hours = Hours::new();
    for line in lines {
        if let Amount::Measured(measured) = &line.amount {
            add(&mut hours, measured);
        }
    }
    let without_hours = used - period.used(&hours);
    let day = period.reached(&hours, without_hours, amount);
    day.unwrap_or(period.month.first())
}

/// The items that this system uses and no allowance covers.
pub(crate) fn paid_from_the_first(billing: &Billing) -> Vec<&'static str> {
    let month = billing.usage.period.month;
    let allowances = billing.prices.allowances(billing.plan, month);
    let covered: Vec<_> = allowances.flat_map(|it| it.covers.clone()).collect();
    let mut paid = Vec::new();
    for used in &billing.usage.lines {
        let name = used.item.name();
        if !covered.contains(&used.item) && !paid.contains(&name) {
            paid.push(name);
        }
    }
    paid
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::tests::stack;

    /// A snapshot of `rpsctl free-tier` has the rows themselves.
    #[test]
    fn usage_over_the_limit_is_reported() {
        let rows = rows(&stack());
        for (limit, expected, by_forecast) in [
            (dec!(30), 2, 3),
            (dec!(30.24), 1, 3),
            (dec!(42), 0, 3),
            (dec!(86.4), 0, 1),
            (dec!(120), 0, 0),
        ] {
            let over = |by| rows.iter().filter(|row| row.is_over(limit, by)).count();
            assert_eq!(
                (over(false), over(true)),
                (expected, by_forecast),
                "{limit}"
            );
        }
    }

    #[test]
    fn unknown_usage_comes_first_and_counts_as_over_the_limit() {
        let mut billing = stack();
        let why = "AWS does not allow it";
        billing.usage.lines[6].amount = Amount::Unknown(why.to_owned());
        let rows = rows(&billing);
        let first = &rows[0];
        assert_eq!((&*first.allowance, first.percent), ("sqs-requests", None));
        assert_eq!(first.unknown.as_deref(), Some(why));
        for by_forecast in [false, true] {
            assert!(first.is_over(dec!(130), by_forecast));
            assert!(!rows[1].is_over(dec!(130), by_forecast));
        }
    }
}
