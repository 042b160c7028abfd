//! `rpsctl free-tier`: how much of what is free is used, and when it will be used up.

mod row;

use clap::Args;
use comfy_table::Table;
use rust_decimal::{Decimal, dec};

use self::row::Row;
use crate::cli::Global;
use crate::commands::billing::{Billing, BillingArgs, bar, columns, short};
use crate::exit::Exit;
use crate::output::{self, Format, NARROW, Versioned, wrap};

/// The characters of a bar.
const BAR: u32 = 8;

/// How much of what is free is used, and when it will be used up
///
/// Each allowance that this system touches, the most endangered first. Allowances are an account's: what else is in it
/// uses them too, and is not counted here.
#[derive(Debug, Args)]
pub(crate) struct FreeTierArgs {
    #[command(flatten)]
    billing: BillingArgs,
    /// End with exit code 4 if more than so much of an allowance is used, or that is not known, for a cron job
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    fail_over: Option<Decimal>,
}

/// A number of percent.
fn percent(text: &str) -> Result<Decimal, &'static str> {
    let percent: Option<Decimal> = text.trim_end_matches('%').parse().ok();
    let percent = percent.filter(|it| !it.is_sign_negative());
    percent.ok_or("it takes a number from 0 on, such as 80")
}

/// Runs the command.
pub(crate) async fn run(args: FreeTierArgs, global: &Global) -> anyhow::Result<Exit> {
    let billing = Billing::gather(args.billing, global).await?;
    let rows = row::rows(&billing);
    match global.output {
        Format::Json => {
            for row in &rows {
                output::json(&Versioned::new(row))?;
            }
        }
        Format::Table => output::data(text(&billing, &rows, output::width()))?,
    }
    let over = args
        .fail_over
        .map(|limit| row::over(&rows, limit))
        .unwrap_or_default();
    for row in &over {
        let limit = args.fail_over.unwrap_or_default();
        let is = if row.unknown.is_some() {
            "may be"
        } else {
            "is"
        };
        output::note(format_args!("{} {is} over {limit} %", row.allowance));
    }
    Ok(if over.is_empty() {
        Exit::Ok
    } else {
        Exit::Unhealthy
    })
}

/// The allowances in so many columns, and what is to be said of them.
fn text(billing: &Billing, rows: &[Row], width: usize) -> String {
    let notes = notes(billing, rows).into_iter();
    let notes = notes.flat_map(|note| wrap(&note, width));
    let table = table(rows, width < NARROW).trim_fmt();
    let head = billing.head(&billing.period.month().to_string());
    let head = head.iter().flat_map(|line| wrap(line, width));
    let [head, notes] = [head.collect::<Vec<_>>(), notes.collect()].map(|it| it.join("\n"));
    format!("{head}\n\n{table}\n\n{notes}")
}

fn table(rows: &[Row], narrow: bool) -> Table {
    let shown = |cells: [String; 7]| -> Vec<String> {
        let [what, used, of, now, bar, month, day] = cells;
        if narrow {
            vec![what, month, day]
        } else {
            vec![what, used, of, now, bar, month, day]
        }
    };
    let in_percent = |share: Option<Decimal>| match share {
        Some(share) => format!("{} %", short(share)),
        None => "?".to_owned(),
    };
    let head = ["", "used", "of", "now", "", "month", "used up"];
    let rows = rows.iter().map(|row| {
        shown([
            row.allowance.clone(),
            row.used.map_or_else(|| "?".to_owned(), short),
            short(row.amount),
            in_percent(row.percent),
            bar(row.percent.unwrap_or_default() / dec!(100), BAR),
            in_percent(row.month_percent),
            row.used_up_on.clone().unwrap_or_else(|| "-".to_owned()),
        ])
    });
    let bar = (!narrow).then_some(4);
    columns(shown(head.map(str::to_owned)), rows, bar)
}

/// What is to be said of the rows.
fn notes(billing: &Billing, rows: &[Row]) -> Vec<String> {
    let mut notes: Vec<String> = rows
        .iter()
        .filter_map(|row| {
            Some(format!(
                "{}: not known: {}",
                row.allowance,
                row.unknown.as_ref()?
            ))
        })
        .collect();
    let paid = row::paid_from_the_first(billing);
    if !paid.is_empty() {
        notes.push(format!("nothing is free of: {}", paid.join(", ")));
    }
    notes.push(format!("forecast: {}", billing.method()));
    notes.extend(billing.doubts());
    notes
}

#[cfg(test)]
mod tests;
