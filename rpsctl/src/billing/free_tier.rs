use std::cmp::Reverse;

use rust_decimal::{Decimal, dec};
use serde::Serialize;
use time::Date;

use crate::billing::Billing;
use crate::billing::numbers::json;
use crate::billing::prices::{Allowance, Plan};
use crate::billing::usage::{Amount, Hours, Period, Used, add};

#[derive(Debug, Serialize)]
pub(crate) struct Row {
    month: String,
    plan: Plan,
    pub(crate) allowance: String,
    covers: Vec<&'static str>,
    /// Units so far; null if that is not known.
    #[serde(serialize_with = "json::number")]
    pub(crate) used: Option<Decimal>,
    /// Units that are free in a month.
    #[serde(serialize_with = "json::number")]
    pub(crate) amount: Decimal,
    #[serde(serialize_with = "json::number")]
    pub(crate) percent: Option<Decimal>,
    /// Units in the whole month, by forecast.
    #[serde(serialize_with = "json::number")]
    month_used: Option<Decimal>,
    #[serde(serialize_with = "json::number")]
    pub(crate) month_percent: Option<Decimal>,
    /// A day, such as 2026-11-30; null if that is not in this month.
    pub(crate) used_up_on: Option<String>,
    pub(crate) unknown: Option<String>,
}

impl Row {
    /// Whether more than so many percent are used, or may be.
    pub(crate) fn is_over(&self, limit: Decimal) -> bool {
        self.percent.is_none_or(|percent| percent > limit)
    }
}

/// All that this system touches, the most endangered first. Of what is not known nobody can say that it is not in
/// danger.
pub(crate) fn rows(billing: &Billing) -> Vec<Row> {
    let month = billing.usage.period.month;
    let allowances = billing.prices.allowances(billing.plan, month);
    let mut rows: Vec<_> = allowances.filter_map(|it| row(billing, it)).collect();
    rows.sort_by_key(|row| Reverse(row.month_percent.unwrap_or(Decimal::MAX)));
    rows
}

fn row(billing: &Billing, allowance: &Allowance) -> Option<Row> {
    let touches = |used: &&Used| allowance.covers.contains(&used.item);
    let lines: Vec<_> = billing.usage.lines.iter().filter(touches).collect();
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
    let day = match used.zip(sum(Amount::a_day)) {
        Some((used, _)) if used >= allowance.amount => {
            Some(used_up_on(period, &lines, used, allowance.amount))
        }
        Some((used, a_day)) => period.reaches(used, a_day, allowance.amount),
        None => None,
    };
    Some(Row {
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

/// The day on which an allowance was used up. What has no days counts as used from the first on.
fn used_up_on(period: Period, lines: &[&Used], used: Decimal, amount: Decimal) -> Date {
    let mut hours = Hours::new();
    for line in lines {
        if let Amount::Counted(counted) = &line.amount {
            add(&mut hours, counted);
        }
    }
    let also = used - period.used(&hours);
    let reached = period.reached(&hours, also, amount);
    reached.unwrap_or(period.month.first())
}

/// What this system uses and no allowance covers.
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

    /// A cron job hears of what is over its limit. `rpsctl free-tier` has a snapshot of the rows.
    #[test]
    fn limits() {
        let rows = rows(&stack());
        for (limit, expected) in [(dec!(30), 2), (dec!(30.24), 1), (dec!(42), 0)] {
            let over = rows.iter().filter(|row| row.is_over(limit));
            assert_eq!(over.count(), expected, "{limit}");
        }
    }

    #[test]
    fn what_is_not_known_may_be_in_danger() {
        let mut billing = stack();
        let why = "AWS does not allow it";
        billing.usage.lines[6].amount = Amount::Unknown(why.to_owned());
        let rows = rows(&billing);
        let first = &rows[0];
        assert_eq!((&*first.allowance, first.percent), ("sqs-requests", None));
        assert_eq!(first.unknown.as_deref(), Some(why));
        assert!(first.is_over(dec!(100)) && !rows[1].is_over(dec!(100)));
    }
}
