//! `rpsctl free-tier`: shows the usage of each free-tier allowance.

use comfy_table::Table;
use rust_decimal::{Decimal, dec};

use crate::billing::Billing;
use crate::billing::free_tier::{FreeTierRow, paid_from_the_first, rows};
use crate::billing::numbers::{bar, short};
use crate::cli::{FreeTierArgs, Global};
use crate::commands::billing::{columns, load_billing};
use crate::exit::Exit;
use crate::output::{self, Format, NARROW, wrap};

const BAR_WIDTH: u32 = 8;

pub(crate) async fn run(args: FreeTierArgs, global: &Global) -> anyhow::Result<Exit> {
    let billing = load_billing(args.billing, global).await?;
    let rows = rows(&billing);
    match global.output {
        Format::Json => rows.iter().try_for_each(output::row)?,
        Format::Table => output::data(text(&billing, &rows, output::width()))?,
    }
    let mut exit = Exit::Ok;
    if let Some(limit) = args.fail_over {
        let over = rows.iter().filter(|row| row.is_over(limit, args.forecast));
        for row in over {
            let is = match (&row.unknown, args.forecast) {
                (Some(_), _) => "may be",
                (None, false) => "is",
                (None, true) => "is forecast to be",
            };
            output::note(format_args!(
                "{} {is} over the limit of {limit} %",
                row.allowance
            ));
            exit = Exit::Unhealthy;
        }
    }
    Ok(exit)
}

/// The table of allowances and its notes, wrapped to `width`.
fn text(billing: &Billing, rows: &[FreeTierRow], width: usize) -> String {
    let wrapped = |lines: &[String]| {
        let lines = lines.iter().flat_map(|line| wrap(line, width));
        lines.collect::<Vec<_>>().join("\n")
    };
    let head = billing.head(&billing.usage.period.month.to_string());
    let table = table(rows, width < NARROW).trim_fmt();
    let notes = wrapped(&notes(billing, rows));
    format!("{}\n\n{table}\n\n{notes}", wrapped(&head))
}

fn table(rows: &[FreeTierRow], narrow: bool) -> Table {
    let cells = |[name, used, of, now, bar, month, day]: [String; 7]| -> Vec<String> {
        if narrow {
            vec![name, month, day]
        } else {
            vec![name, used, of, now, bar, month, day]
        }
    };
    let in_percent = |share: Option<Decimal>| match share {
        Some(share) => format!("{} %", short(share)),
        None => "?".to_owned(),
    };
    let head = ["", "used", "of", "now", "", "month", "used up"];
    let rows = rows.iter().map(|row| {
        cells([
            row.allowance.clone(),
            row.used.map_or_else(|| "?".to_owned(), short),
            short(row.amount),
            in_percent(row.percent),
            bar(row.percent.unwrap_or_default() / dec!(100), BAR_WIDTH),
            in_percent(row.month_percent),
            row.used_up_on.clone().unwrap_or_else(|| "-".to_owned()),
        ])
    });
    let bar = (!narrow).then_some(4);
    columns(cells(head.map(str::to_owned)), rows, bar)
}

fn notes(billing: &Billing, rows: &[FreeTierRow]) -> Vec<String> {
    let unknown = rows.iter().filter_map(|row| {
        let why = row.unknown.as_ref()?;
        Some(format!("{}: usage unknown: {why}", row.allowance))
    });
    let mut notes: Vec<String> = unknown.collect();
    let paid = paid_from_the_first(billing);
    if !paid.is_empty() {
        notes.push(format!("no free tier for: {}", paid.join(", ")));
    }
    notes.push(format!("forecast: {}", billing.method()));
    notes.extend(billing.doubts());
    notes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::tests::stack;

    #[test]
    fn the_free_tier_fits_the_terminal() {
        let stack = stack();
        insta::assert_snapshot!("wide", text(&stack, &rows(&stack), 80));
        insta::assert_snapshot!("narrow", text(&stack, &rows(&stack), 40));
    }
}
