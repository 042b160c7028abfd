use rust_decimal::{Decimal, dec};
use serde::Serialize;

use crate::billing::Billing;
use crate::billing::bill::Charge;
use crate::billing::numbers::json;
use crate::billing::prices::Plan;
use crate::billing::usage::{Amount, Grows, Line, Used};

/// The bill of a month, as programs read it.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    stack: String,
    month: String,
    #[serde(serialize_with = "json::number")]
    pub(crate) what_if_games: Option<Decimal>,
    region: String,
    prices_dated: String,
    plan: Plan,
    #[serde(serialize_with = "json::number")]
    pub(crate) games: Option<Decimal>,
    /// Whether all lines are known; else the sums are less than what it costs.
    pub(crate) complete: bool,
    /// USD so far.
    #[serde(serialize_with = "json::money")]
    pub(crate) cost: Decimal,
    /// USD in the whole month, by forecast.
    #[serde(serialize_with = "json::money")]
    pub(crate) month_cost: Decimal,
    pub(crate) method: String,
    /// USD for what grows with games.
    #[serde(serialize_with = "json::money")]
    pub(crate) cost_per_game: Option<Decimal>,
    #[serde(serialize_with = "json::money")]
    cost_per_1000_games: Option<Decimal>,
    /// The same if nothing were free.
    #[serde(serialize_with = "json::money")]
    pub(crate) list_cost_per_game: Option<Decimal>,
    #[serde(serialize_with = "json::money")]
    list_cost_per_1000_games: Option<Decimal>,
    pub(crate) doubts: Vec<String>,
    /// What is above the table.
    #[serde(skip)]
    pub(crate) head: [String; 2],
    pub(crate) lines: Vec<ReportLine>,
    /// Each day of the month so far; none with --what-if.
    pub(crate) days: Vec<Day>,
}

#[derive(Debug, Serialize)]
pub(crate) struct ReportLine {
    pub(crate) service: &'static str,
    pub(crate) line: Line,
    unit: String,
    /// Units so far: `free` and `billable` ones.
    #[serde(serialize_with = "json::number")]
    pub(crate) used: Option<Decimal>,
    #[serde(serialize_with = "json::number")]
    pub(crate) free: Option<Decimal>,
    allowances: Vec<String>,
    #[serde(serialize_with = "json::number")]
    pub(crate) billable: Option<Decimal>,
    /// USD for `per` units: the price of the last one, if that is not free.
    #[serde(serialize_with = "json::money")]
    pub(crate) price: Decimal,
    #[serde(serialize_with = "json::number")]
    pub(crate) per: Decimal,
    /// USD so far.
    #[serde(serialize_with = "json::money")]
    pub(crate) cost: Option<Decimal>,
    /// Units in the whole month, by forecast.
    #[serde(serialize_with = "json::number")]
    month_used: Option<Decimal>,
    #[serde(serialize_with = "json::money")]
    pub(crate) month_cost: Option<Decimal>,
    /// How much it is of what the whole month costs, or if that is nothing would cost if nothing were free, 0 to 1.
    #[serde(serialize_with = "json::number")]
    pub(crate) share: Decimal,
    grows_with_games: bool,
    pub(crate) estimate: bool,
    pub(crate) note: Option<String>,
    pub(crate) unknown: Option<String>,
}

#[derive(Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "programs read the names")]
pub(crate) struct Day {
    day: usize,
    #[serde(serialize_with = "json::number")]
    games: Option<Decimal>,
    /// USD for what happened on it, if nothing were free.
    #[serde(serialize_with = "json::money")]
    pub(crate) list_cost: Decimal,
}

/// A line, and what it costs where that is known.
pub(super) struct Row<'a> {
    pub(super) used: &'a Used,
    /// So far.
    pub(super) now: Option<Charge>,
    pub(super) month: Option<Charge>,
}

impl Report {
    pub(crate) fn of(billing: &Billing) -> Self {
        let period = billing.usage.period;
        let now = billing.charges(|used| used.amount.used(period));
        let month = billing.charges(|used| used.amount.forecast(period));
        let charges = now.into_iter().zip(month);
        let rows = billing.usage.lines.iter().zip(charges);
        let rows: Vec<_> = rows
            .map(|(used, (now, month))| Row { used, now, month })
            .collect();
        Self {
            days: days(billing),
            ..Self::of_rows(billing, &rows, billing.games())
        }
    }

    pub(super) fn of_rows(billing: &Billing, rows: &[Row<'_>], games: Option<Decimal>) -> Self {
        let thousand = |cost: Option<Decimal>| cost.map(|cost| cost * dec!(1000));
        let total = |charge: fn(&Row<'_>) -> Option<Decimal>| rows.iter().filter_map(charge).sum();
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

fn lines(billing: &Billing, rows: &[Row<'_>]) -> Vec<ReportLine> {
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

fn line(billing: &Billing, row: &Row<'_>, share: Decimal) -> ReportLine {
    let Used {
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
        grows_with_games: line.grows() == Grows::WithGames,
        estimate: row.used.is_estimate,
        note: row.used.note.clone(),
        unknown: amount.unknown(),
    }
}

/// What a game costs: of what grows with games, the cost divided by them.
fn per_game(
    rows: &[Row<'_>],
    games: Option<Decimal>,
    cost: impl Fn(&Charge) -> Decimal,
) -> Option<Decimal> {
    let games = games.filter(|games| !games.is_zero())?;
    let grow = rows
        .iter()
        .filter(|row| row.used.line.grows() == Grows::WithGames);
    let all: Decimal = grow.filter_map(|row| row.now.as_ref()).map(cost).sum();
    Some(all / games)
}

fn days(billing: &Billing) -> Vec<Day> {
    let period = billing.usage.period;
    let games = billing.usage.games.as_ref().ok();
    let games = games.map(|games| period.each_day(games));
    let mut costs: Vec<Decimal> = Vec::new();
    for used in &billing.usage.lines {
        let Amount::Counted(hours) = &used.amount else {
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
