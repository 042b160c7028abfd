use rust_decimal::{Decimal, dec};
use serde::Serialize;

use crate::billing::Billing;
use crate::billing::bill::Charge;
use crate::billing::numbers::json;
use crate::billing::prices::FreeTierPlan;
use crate::billing::usage::{Amount, BillLine, Growth, LineUsage};

/// The bill of a month, as `rpsctl cost --output json` prints it.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct CostReport {
    /// Name of the stack, or `local`.
    stack: String,
    /// Month in UTC, such as `2026-11`.
    month: String,
    /// Games per month given by `--what-if`.
    #[serde(serialize_with = "json::number")]
    #[cfg_attr(test, schemars(with = "Option<f64>"))]
    pub(crate) what_if_games: Option<Decimal>,
    /// Region of the prices.
    region: String,
    /// Date of the prices, such as `2026-11-22`.
    prices_dated: String,
    /// Free-tier plan: `legacy`, `credits` or `always-free`.
    #[cfg_attr(test, schemars(with = "String"))]
    plan: FreeTierPlan,
    /// Number of games that ended in the month so far. Null if unknown.
    #[serde(serialize_with = "json::number")]
    #[cfg_attr(test, schemars(with = "Option<f64>"))]
    pub(crate) games: Option<Decimal>,
    /// Number of games against the house in the month so far. `games` and the costs per game do not count them. Null if
    /// unknown.
    #[serde(serialize_with = "json::number")]
    #[cfg_attr(test, schemars(with = "Option<f64>"))]
    pub(crate) bot_games: Option<Decimal>,
    /// Whether the usage of all lines is known. Otherwise the sums are lower bounds.
    pub(crate) complete: bool,
    /// USD so far.
    #[serde(serialize_with = "json::money")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub(crate) cost: Decimal,
    /// Forecast of USD for the whole month.
    #[serde(serialize_with = "json::money")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub(crate) month_cost: Decimal,
    /// Method of the forecast.
    pub(crate) method: String,
    /// USD per game, for usage that grows with games. Null if no game has ended.
    #[serde(serialize_with = "json::money")]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub(crate) cost_per_game: Option<Decimal>,
    /// USD for 1,000 games, for usage that grows with games. Null if no game has ended.
    #[serde(serialize_with = "json::money")]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    cost_per_1000_games: Option<Decimal>,
    /// `cost_per_game` without the free tier.
    #[serde(serialize_with = "json::money")]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub(crate) list_cost_per_game: Option<Decimal>,
    /// `cost_per_1000_games` without the free tier.
    #[serde(serialize_with = "json::money")]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    list_cost_per_1000_games: Option<Decimal>,
    /// Warnings about the prices and the free tier.
    pub(crate) doubts: Vec<String>,
    /// The lines above the table.
    #[serde(skip)]
    pub(crate) head: [String; 2],
    /// Lines of the bill.
    pub(crate) lines: Vec<ReportLine>,
    /// Days of the month so far. Empty with `--what-if`.
    pub(crate) days: Vec<Day>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ReportLine {
    /// AWS service.
    pub(crate) service: &'static str,
    /// Billed item, such as `idle-polling`.
    #[cfg_attr(test, schemars(with = "String"))]
    pub(crate) line: BillLine,
    /// Name of the unit.
    unit: String,
    /// Units so far. Null if unknown.
    #[serde(serialize_with = "json::number")]
    #[cfg_attr(test, schemars(with = "Option<f64>"))]
    pub(crate) used: Option<Decimal>,
    /// Units so far that are free.
    #[serde(serialize_with = "json::number")]
    #[cfg_attr(test, schemars(with = "Option<f64>"))]
    pub(crate) free: Option<Decimal>,
    /// Names of the allowances that apply.
    allowances: Vec<String>,
    /// Units so far that are not free.
    #[serde(serialize_with = "json::number")]
    #[cfg_attr(test, schemars(with = "Option<f64>"))]
    pub(crate) billable: Option<Decimal>,
    /// USD for `per` units, at the tier of the last billable unit.
    #[serde(serialize_with = "json::money")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub(crate) price: Decimal,
    /// Number of units that have the price.
    #[serde(serialize_with = "json::number")]
    #[cfg_attr(test, schemars(with = "f64"))]
    pub(crate) per: Decimal,
    /// USD so far.
    #[serde(serialize_with = "json::money")]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub(crate) cost: Option<Decimal>,
    /// Forecast of units for the whole month.
    #[serde(serialize_with = "json::number")]
    #[cfg_attr(test, schemars(with = "Option<f64>"))]
    month_used: Option<Decimal>,
    /// Forecast of USD for the whole month.
    #[serde(serialize_with = "json::money")]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub(crate) month_cost: Option<Decimal>,
    /// Share of the month's cost, 0 to 1. If the whole month is free, the share of the cost without the free tier.
    #[serde(serialize_with = "json::number")]
    #[cfg_attr(test, schemars(with = "f64"))]
    pub(crate) share: Decimal,
    /// Whether each game adds to the usage.
    grows_with_games: bool,
    /// Whether the usage is an estimate.
    pub(crate) estimate: bool,
    /// Note about the usage.
    pub(crate) note: Option<String>,
    /// Why the usage is unknown.
    pub(crate) unknown: Option<String>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[expect(clippy::struct_field_names, reason = "programs read the names")]
pub(crate) struct Day {
    /// Day of the month, starting at 1.
    day: usize,
    /// Number of games that ended. Null if unknown.
    #[serde(serialize_with = "json::number")]
    #[cfg_attr(test, schemars(with = "Option<f64>"))]
    games: Option<Decimal>,
    /// USD for the usage of the day, without the free tier.
    #[serde(serialize_with = "json::money")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub(crate) list_cost: Decimal,
}

/// A line and its charges; an unknown line has none.
pub(super) struct BillRow<'a> {
    pub(super) used: &'a LineUsage,
    /// The charge so far.
    pub(super) now: Option<Charge>,
    /// The charge for the whole month, by forecast.
    pub(super) month: Option<Charge>,
}

impl CostReport {
    pub(crate) fn of(billing: &Billing) -> Self {
        let period = billing.usage.period;
        let now = billing.charges(|used| used.amount.used(period));
        let month = billing.charges(|used| used.amount.forecast(period));
        let charges = now.into_iter().zip(month);
        let rows = billing.usage.lines.iter().zip(charges);
        let rows: Vec<_> = rows
            .map(|(used, (now, month))| BillRow { used, now, month })
            .collect();
        Self {
            days: days(billing),
            ..Self::of_rows(billing, &rows, billing.games())
        }
    }

    pub(super) fn of_rows(billing: &Billing, rows: &[BillRow<'_>], games: Option<Decimal>) -> Self {
        let thousand = |cost: Option<Decimal>| cost.map(|cost| cost * dec!(1000));
        let total =
            |charge: fn(&BillRow<'_>) -> Option<Decimal>| rows.iter().filter_map(charge).sum();
        let cost_per_game = per_game(rows, games, |charge| charge.cost);
        let list_cost_per_game = per_game(rows, games, |charge| billing.list_cost(charge));
        let month = billing.usage.period.month.to_string();
        Self {
            stack: billing.name.clone(),
            head: billing.head(&format!("{month}, USD")),
            month,
            what_if_games: None,
            region: billing.prices.region.clone(),
            prices_dated: billing.prices.dated.to_string(),
            plan: billing.plan,
            games,
            bot_games: billing.bot_games(),
            complete: rows.iter().all(|row| row.now.is_some()),
            cost: total(|row| Some(row.now.as_ref()?.cost)),
            month_cost: total(|row| Some(row.month.as_ref()?.cost)),
            method: billing.method(),
            cost_per_1000_games: thousand(cost_per_game),
            cost_per_game,
            list_cost_per_1000_games: thousand(list_cost_per_game),
            list_cost_per_game,
            doubts: billing.doubts(),
            lines: lines(billing, rows),
            days: Vec::new(),
        }
    }
}

fn lines(billing: &Billing, rows: &[BillRow<'_>]) -> Vec<ReportLine> {
    let each = |cost: &dyn Fn(&Charge) -> Decimal| -> Vec<Decimal> {
        let costs = rows.iter().map(|row| row.month.as_ref().map(cost));
        costs.map(Option::unwrap_or_default).collect()
    };
    let mut costs = each(&|charge| charge.cost);
    if costs.iter().all(Decimal::is_zero) {
        costs = each(&|charge| billing.list_cost(charge));
    }
    let all: Decimal = costs.iter().sum();
    let share = |cost: Decimal| cost.checked_div(all).unwrap_or_default();
    let rows = rows.iter().zip(costs);
    rows.map(|(row, cost)| line(billing, row, share(cost)))
        .collect()
}

fn line(billing: &Billing, row: &BillRow<'_>, share: Decimal) -> ReportLine {
    let LineUsage {
        line, item, amount, ..
    } = row.used;
    let price = billing.prices.of_item(*item);
    let now = |part: fn(&Charge) -> Decimal| row.now.as_ref().map(part);
    let month = |part: fn(&Charge) -> Decimal| row.month.as_ref().map(part);
    let covered = row.now.iter().flat_map(|charge| &charge.covered);
    ReportLine {
        service: line.service(),
        line: *line,
        unit: price.unit.clone(),
        used: now(|it| it.used),
        free: now(|it| it.free),
        allowances: covered.map(|it| it.allowance.clone()).collect(),
        billable: now(|it| it.billable),
        price: now(|it| it.price).unwrap_or(price.tier(Decimal::ZERO).price),
        per: price.per,
        cost: now(|it| it.cost),
        month_used: month(|it| it.used),
        month_cost: month(|it| it.cost),
        share,
        grows_with_games: line.growth() == Growth::WithGames,
        estimate: row.used.is_estimate,
        note: row.used.note.clone(),
        unknown: amount.unknown(),
    }
}

/// The cost of one game: the cost of all lines that grow with games, divided by the number of games.
fn per_game(
    rows: &[BillRow<'_>],
    games: Option<Decimal>,
    cost: impl Fn(&Charge) -> Decimal,
) -> Option<Decimal> {
    let games = games.filter(|games| !games.is_zero())?;
    let grow = rows
        .iter()
        .filter(|row| row.used.line.growth() == Growth::WithGames);
    let all: Decimal = grow.filter_map(|row| row.now.as_ref()).map(cost).sum();
    Some(all / games)
}

fn days(billing: &Billing) -> Vec<Day> {
    let period = billing.usage.period;
    let games = billing.usage.games.as_ref().ok();
    let games = games.map(|games| period.each_day(games));
    let mut costs: Vec<Decimal> = Vec::new();
    for used in &billing.usage.lines {
        let Amount::Measured(hours) = &used.amount else {
            continue;
        };
        let price = billing.prices.of_item(used.item);
        let days = period.each_day(hours);
        costs.resize(days.len(), Decimal::ZERO);
        for (cost, units) in costs.iter_mut().zip(days) {
            *cost += price.cost(units);
        }
    }
    let each = costs.into_iter().enumerate().map(|(index, list_cost)| Day {
        day: index + 1,
        games: games.as_ref().and_then(|games| games.get(index)).copied(),
        list_cost,
    });
    each.collect()
}

#[cfg(test)]
mod tests;
