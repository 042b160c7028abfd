//! Prints the bill as text.

use std::iter::repeat;

use comfy_table::Table;
use rust_decimal::{Decimal, dec};

use crate::billing::numbers::{bar, money, short, sparkline, usd};
use crate::billing::report::{CostReport, ReportLine};
use crate::billing::usage::NOTHING;
use crate::commands::billing::columns;
use crate::output::{NARROW, labelled, wrap};

const BAR_WIDTH: u32 = 6;
const LABEL_WIDTH: usize = 11;

pub(super) fn text(report: &CostReport, width: usize) -> String {
    let table = table(report, width < NARROW).trim_fmt();
    let head = report
        .head
        .each_ref()
        .map(|line| wrap(line, width).join("\n"));
    let texts = labelled(width, LABEL_WIDTH, &texts(report));
    format!("{}\n\n{table}\n\n{texts}", head.join("\n"))
}

/// The table of lines, grouped by service. A narrow terminal gets fewer columns.
fn table(report: &CostReport, narrow: bool) -> Table {
    let is_estimate = report.what_if_games.is_some();
    let columns_of = |cells: [String; 8]| -> Vec<String> {
        let [name, used, free, billable, price, cost, month, bar] = cells;
        match (narrow, is_estimate) {
            (true, true) => vec![name, used, cost],
            (true, false) => vec![name, used, cost, month],
            (false, true) => vec![name, used, free, billable, price, cost, bar],
            (false, false) => vec![name, used, free, billable, price, cost, month, bar],
        }
    };
    let mut rows = Vec::new();
    let mut service = "";
    for line in &report.lines {
        if line.service != service {
            service = line.service;
            rows.push(vec![service.to_owned()]);
        }
        rows.push(columns_of(cells(line)));
    }
    let at_least = |cost: Decimal| {
        let mark = if report.complete { "" } else { ">" };
        format!("{mark}{}", usd(cost))
    };
    let (cost, month) = (at_least(report.cost), at_least(report.month_cost));
    let total = ["total", "", "", "", "", &cost, &month, ""];
    rows.push(columns_of(total.map(str::to_owned)));
    let head = ["", "used", "free", "billable", "price", "cost", "month", ""];
    let head = columns_of(head.map(str::to_owned));
    let bar = (!narrow).then(|| head.len() - 1);
    columns(head, rows, bar)
}

fn cells(line: &ReportLine) -> [String; 8] {
    let number = |number: Option<Decimal>| number.map_or_else(|| "?".to_owned(), short);
    let cost = |cost: Option<Decimal>| cost.map_or_else(|| "?".to_owned(), usd);
    let used = match line.used {
        Some(used) if line.estimate => format!("~{}", short(used)),
        Some(_) if line.note.as_deref() == Some(NOTHING) => "none".to_owned(),
        used => number(used),
    };
    [
        format!(" {}", line.line.title()),
        used,
        number(line.free),
        number(line.billable),
        price(line),
        cost(line.cost),
        cost(line.month_cost),
        bar(line.share, BAR_WIDTH),
    ]
}

/// The price of one unit, or of a million where that is less than a cent.
fn price(line: &ReportLine) -> String {
    let one = line.price / line.per;
    if one.is_zero() || one >= dec!(0.01) {
        return one.normalize().to_string();
    }
    let million = (one * dec!(1_000_000)).round_sf(5).unwrap_or(one);
    format!("{}/M", million.normalize())
}

/// The labelled texts below the table.
fn texts(report: &CostReport) -> Vec<(&'static str, String)> {
    let mut texts = Vec::new();
    texts.push(match report.games {
        Some(games) => ("games", games_text(report, games)),
        None => (
            "games",
            "the number of finished games is unknown".to_owned(),
        ),
    });
    if let Some(bot_games) = report.bot_games.filter(|games| !games.is_zero()) {
        texts.push(("bot games", bot_games.normalize().to_string()));
    }
    if let Some(driver) = report.lines.iter().max_by_key(|line| line.share) {
        let percent = (driver.share * dec!(100)).round();
        if !percent.is_zero() {
            let (service, title) = (driver.service, driver.line.title());
            let base = if report.month_cost.is_zero() {
                "the month would cost without the free tier"
            } else {
                "the month costs"
            };
            texts.push((
                "most from",
                format!("{service} {title}: {percent} % of what {base} (see the bars)"),
            ));
        }
    }
    let costs: Vec<_> = report.days.iter().map(|day| day.list_cost).collect();
    if let Some(most) = costs.iter().max().filter(|most| !most.is_zero()) {
        let line = sparkline(&costs);
        texts.push((
            "each day",
            format!("▕{line}▏ up to {} USD without the free tier", money(*most)),
        ));
    }
    texts.push(("forecast", report.method.clone()));
    texts.extend(notes(report));
    texts
}

/// The notes on lines. Lines without data share one note.
fn notes(report: &CostReport) -> Vec<(&'static str, String)> {
    let name = |line: &ReportLine| format!("{} {}", line.service, line.line.title());
    let (mut notes, mut without_data) = (Vec::new(), Vec::new());
    for line in &report.lines {
        match (&line.unknown, &line.note) {
            (Some(why), _) => notes.push(format!("{}: usage unknown: {why}", name(line))),
            (None, Some(note)) if note == NOTHING => without_data.push(name(line)),
            (None, Some(note)) => notes.push(format!("{}: {note}", name(line))),
            (None, None) => {}
        }
    }
    if !without_data.is_empty() {
        notes.push(format!("{NOTHING} for {}", without_data.join(", ")));
    }
    notes.extend(report.doubts.iter().cloned());
    let labels = ["notes"].into_iter().chain(repeat(""));
    labels.zip(notes).collect()
}

fn games_text(report: &CostReport, games: Decimal) -> String {
    if games.is_zero() {
        return "no game has ended, so the cost per game is unknown".to_owned();
    }
    let (cost, list) = (report.cost_per_game, report.list_cost_per_game);
    let (cost, list) = (cost.unwrap_or_default(), list.unwrap_or_default());
    let at_least = if report.complete { "" } else { "at least " };
    format!(
        "{}; one costs {at_least}{} USD, 1,000 cost {}; without the free tier {} and {}",
        short(games),
        money(cost),
        money(cost * dec!(1000)),
        money(list),
        money(list * dec!(1000))
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::tests::stack;

    #[test]
    fn a_bill_fits_the_terminal() {
        let mut stack = stack();
        let report = CostReport::of(&stack);
        insta::assert_snapshot!("wide", text(&report, 80));
        insta::assert_snapshot!("narrow", text(&report, 40));
        stack.usage.games = Ok([].into());
        assert!(text(&CostReport::of(&stack), 80).contains("games      no game has ended"));
    }
}
