//! The bill of a month.

use rust_decimal::{Decimal, dec};
use serde::Serialize;

use crate::billing::bill::Charge;
use crate::billing::prices::Plan;
use crate::billing::usage::{Amount, Grows, Line, Used};
use crate::commands::billing::{Billing, Row, json};

/// A bill, as programs read it.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    /// The stack, or `local`.
    pub(super) stack: String,
    /// The month, such as 2026-11, in UTC.
    pub(super) month: String,
    /// Games in a month, if that was asked with --what-if; else null.
    #[serde(serialize_with = "json::maybe_number")]
    pub(super) what_if_games: Option<Decimal>,
    /// The region of the prices.
    pub(super) region: String,
    /// When the prices were put together, such as 2026-11-22.
    pub(super) prices_dated: String,
    /// The free tier: `legacy`, `credits` or `always-free`.
    pub(super) plan: Plan,
    /// Games that were over in the month so far; null if that is not known.
    #[serde(serialize_with = "json::maybe_number")]
    pub(super) games: Option<Decimal>,
    /// Whether all lines are known; else the sums are less than what it costs.
    pub(super) complete: bool,
    /// USD so far.
    #[serde(serialize_with = "json::money")]
    pub(super) cost: Decimal,
    /// USD in the whole month, by forecast.
    #[serde(serialize_with = "json::money")]
    pub(super) month_cost: Decimal,
    /// How the forecast is made.
    pub(super) method: String,
    /// USD a game, for what grows with games; null if no game is known.
    #[serde(serialize_with = "json::maybe_money")]
    pub(super) cost_per_game: Option<Decimal>,
    /// The same for 1,000 games.
    #[serde(serialize_with = "json::maybe_money")]
    pub(super) cost_per_1000_games: Option<Decimal>,
    /// USD a game if nothing were free.
    #[serde(serialize_with = "json::maybe_money")]
    pub(super) list_cost_per_game: Option<Decimal>,
    /// The same for 1,000 games.
    #[serde(serialize_with = "json::maybe_money")]
    pub(super) list_cost_per_1000_games: Option<Decimal>,
    /// What has to be said of the prices and the free tier.
    pub(super) doubts: Vec<String>,
    /// What is above the table.
    #[serde(skip)]
    pub(super) head: [String; 2],
    /// The lines.
    pub(super) lines: Vec<ReportLine>,
    /// Each day of the month so far; none with --what-if.
    pub(super) days: Vec<Day>,
}

/// A line of the bill.
#[derive(Debug, Serialize)]
pub(super) struct ReportLine {
    /// The service.
    pub(super) service: &'static str,
    /// What is paid for.
    pub(super) line: Line,
    /// What one unit is.
    pub(super) unit: String,
    /// Units so far; null if that is not known.
    #[serde(serialize_with = "json::maybe_number")]
    pub(super) used: Option<Decimal>,
    /// How many of them are free.
    #[serde(serialize_with = "json::maybe_number")]
    pub(super) free: Option<Decimal>,
    /// The allowances that make them so.
    pub(super) allowances: Vec<String>,
    /// How many of them are not.
    #[serde(serialize_with = "json::maybe_number")]
    pub(super) billable: Option<Decimal>,
    /// USD for `per` units: the price of the last one, if that is not free.
    #[serde(serialize_with = "json::money")]
    pub(super) price: Decimal,
    /// Units that have the price.
    #[serde(serialize_with = "json::number")]
    pub(super) per: Decimal,
    /// USD so far.
    #[serde(serialize_with = "json::maybe_money")]
    pub(super) cost: Option<Decimal>,
    /// Units in the whole month, by forecast.
    #[serde(serialize_with = "json::maybe_number")]
    pub(super) month_used: Option<Decimal>,
    /// USD in the whole month, by forecast.
    #[serde(serialize_with = "json::maybe_money")]
    pub(super) month_cost: Option<Decimal>,
    /// How much it is of what the whole month costs, or if that is nothing would cost if nothing were free, 0 to 1.
    #[serde(serialize_with = "json::number")]
    pub(super) share: Decimal,
    /// Whether each game adds to it; else it is there without games.
    pub(super) grows_with_games: bool,
    /// Whether the units are an estimate.
    pub(super) estimate: bool,
    /// What has to be said of the units; null if nothing.
    pub(super) note: Option<String>,
    /// Why they are not known; null if they are.
    pub(super) unknown: Option<String>,
}

/// A day.
#[derive(Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "programs read the names")]
pub(super) struct Day {
    /// The day of the month, from 1 on.
    pub(super) day: usize,
    /// Games that were over; null if that is not known.
    #[serde(serialize_with = "json::maybe_number")]
    pub(super) games: Option<Decimal>,
    /// USD for what happened on it, if nothing were free.
    #[serde(serialize_with = "json::money")]
    pub(super) list_cost: Decimal,
}

/// What a game costs.
struct PerGame {
    cost: Option<Decimal>,
    list_cost: Option<Decimal>,
}

impl Report {
    /// The bill of what was used.
    pub(super) fn of(billing: &Billing) -> Self {
        let rows = billing.rows();
        let games = billing.games();
        Self {
            days: days(billing),
            ..Self::of_rows(billing, &rows, games)
        }
    }

    /// The bill of those rows, and of so many games.
    pub(super) fn of_rows(billing: &Billing, rows: &[Row<'_>], games: Option<Decimal>) -> Self {
        let per_game = per_game(billing, rows, games);
        let thousand = |cost: Option<Decimal>| cost.map(|cost| cost * dec!(1000));
        let total = |charge: fn(&Row<'_>) -> Option<Decimal>| rows.iter().filter_map(charge).sum();
        Self {
            stack: billing.name.clone(),
            month: billing.period.month().to_string(),
            what_if_games: None,
            region: billing.prices.region.clone(),
            prices_dated: billing.prices.dated.to_string(),
            plan: billing.plan,
            games,
            complete: rows.iter().all(|row| row.now.is_some()),
            cost: total(|row| Some(row.now.as_ref()?.cost)),
            month_cost: total(|row| Some(row.month.as_ref()?.cost)),
            method: billing.method(),
            cost_per_1000_games: thousand(per_game.cost),
            cost_per_game: per_game.cost,
            list_cost_per_1000_games: thousand(per_game.list_cost),
            list_cost_per_game: per_game.list_cost,
            doubts: billing.doubts(),
            head: billing.head(&format!("{}, USD", billing.period.month())),
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
    ReportLine {
        service: line.service(),
        line: *line,
        unit: price.unit.clone(),
        used: now(|it| it.used),
        free: now(|it| it.free),
        allowances: row.now.as_ref().map(allowances).unwrap_or_default(),
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
        unknown: amount.unknown().map(str::to_owned),
    }
}

fn allowances(charge: &Charge) -> Vec<String> {
    let covered = charge.covered.iter();
    covered.map(|it| it.allowance.clone()).collect()
}

/// What a game costs: of what grows with games, the cost divided by them.
fn per_game(billing: &Billing, rows: &[Row<'_>], games: Option<Decimal>) -> PerGame {
    let rows = rows
        .iter()
        .filter(|row| row.used.line.grows() == Grows::WithGames);
    let charges: Vec<_> = rows.filter_map(|row| row.now.as_ref()).collect();
    let games = games.filter(|games| !games.is_zero());
    let a_game = |all: Decimal| games.map(|games| all / games);
    PerGame {
        cost: a_game(charges.iter().map(|it| it.cost).sum()),
        list_cost: a_game(charges.iter().map(|it| billing.list_cost(it)).sum()),
    }
}

fn days(billing: &Billing) -> Vec<Day> {
    let period = billing.period;
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
