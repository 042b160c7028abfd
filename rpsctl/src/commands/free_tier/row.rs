//! The allowances.

use rust_decimal::{Decimal, dec};
use serde::Serialize;

use crate::commands::billing::{Billing, json};
use time::Date;

use crate::billing::prices::{Allowance, Plan};
use crate::billing::usage::{Amount, Hours, Period, Used, add};

/// An allowance, as programs read it.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    /// The month, such as 2026-11, in UTC.
    month: String,
    /// The free tier: `legacy`, `credits` or `always-free`.
    plan: Plan,
    /// Its name.
    pub(super) allowance: String,
    /// What it covers.
    covers: Vec<&'static str>,
    /// Units so far; null if that is not known.
    #[serde(serialize_with = "json::maybe_number")]
    pub(super) used: Option<Decimal>,
    /// Units that are free in a month.
    #[serde(serialize_with = "json::number")]
    pub(super) amount: Decimal,
    /// How much of it is used, percent.
    #[serde(serialize_with = "json::maybe_number")]
    pub(super) percent: Option<Decimal>,
    /// Units in the whole month, by forecast.
    #[serde(serialize_with = "json::maybe_number")]
    month_used: Option<Decimal>,
    /// How much of it is used in the whole month, percent.
    #[serde(serialize_with = "json::maybe_number")]
    pub(super) month_percent: Option<Decimal>,
    /// The day on which it is used up, such as 2026-11-30; null if that is not in this month.
    pub(super) used_up_on: Option<String>,
    /// Why that is not known; null if it is.
    pub(super) unknown: Option<String>,
}

/// All that this system touches, the most endangered first. Of what is not known nobody can say that it is not in
/// danger.
pub(super) fn rows(billing: &Billing) -> Vec<Row> {
    let allowances = billing
        .prices
        .allowances(billing.plan, billing.period.month());
    let mut rows: Vec<_> = allowances.filter_map(|it| row(billing, it)).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.month_percent.unwrap_or(Decimal::MAX)));
    rows
}

fn row(billing: &Billing, allowance: &Allowance) -> Option<Row> {
    let touches = |used: &&Used| allowance.covers.contains(&used.item);
    let lines: Vec<_> = billing.usage.lines.iter().filter(touches).collect();
    if lines.is_empty() {
        return None;
    }
    let (period, since) = (billing.period, billing.usage.since);
    let all = |amount: &dyn Fn(&Amount) -> Option<Decimal>| -> Option<Decimal> {
        lines.iter().map(|used| amount(&used.amount)).sum()
    };
    let used = all(&|it| it.used(period, since));
    let a_day = all(&|it| it.a_day(period, since));
    let month_used = all(&|it| it.forecast(period, since));
    let percent = |units: Decimal| (units / allowance.amount * dec!(100)).round_dp(4);
    let day = match used.zip(a_day) {
        Some((used, _)) if used >= allowance.amount => {
            let amounts = lines.iter().map(|it| &it.amount);
            Some(used_up_on(period, amounts, used, allowance.amount))
        }
        Some((used, a_day)) => period.reaches(used, a_day, allowance.amount),
        None => None,
    };
    Some(Row {
        month: period.month().to_string(),
        plan: billing.plan,
        allowance: allowance.name.clone(),
        covers: allowance.covers.iter().map(|item| item.name()).collect(),
        used,
        amount: allowance.amount,
        percent: used.map(percent),
        month_used,
        month_percent: month_used.map(percent),
        used_up_on: day.map(|day| day.to_string()),
        unknown: lines
            .iter()
            .find_map(|it| it.amount.unknown().map(str::to_owned)),
    })
}

/// The day on which an allowance was used up. What has no days counts as used from the first on.
fn used_up_on<'a>(
    period: Period,
    amounts: impl Iterator<Item = &'a Amount>,
    used: Decimal,
    amount: Decimal,
) -> Date {
    let mut hours = Hours::new();
    for amount in amounts {
        if let Amount::Counted(counted) = amount {
            add(&mut hours, counted);
        }
    }
    let also = used - period.used(&hours);
    let reached = period.reached(&hours, also, amount);
    reached.unwrap_or(period.month().first())
}

/// Those of which more than so many percent are used, or may be.
pub(super) fn over(rows: &[Row], limit: Decimal) -> Vec<&Row> {
    let over = |row: &&Row| row.percent.is_none_or(|percent| percent > limit);
    rows.iter().filter(over).collect()
}

/// What this system uses and no allowance covers.
pub(super) fn paid_from_the_first(billing: &Billing) -> Vec<&'static str> {
    let allowances = billing
        .prices
        .allowances(billing.plan, billing.period.month());
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
