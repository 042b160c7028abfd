//! Estimate the bill of a month with a given number of games.

use std::str::FromStr;

use rust_decimal::Decimal;

use crate::billing::Billing;
use crate::billing::report::{BillRow, CostReport};
use crate::billing::usage::{Amount, Growth, LineUsage};
use crate::exit::{Exit, Failure};
use crate::words::grouped;

/// The argument of `--what-if`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct GamesPerMonth(Decimal);

impl FromStr for GamesPerMonth {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let games = text
            .strip_prefix("games=")
            .map(|rest| rest.strip_suffix("/month").unwrap_or(rest));
        let games = games.and_then(|games| games.replace('_', "").parse::<u32>().ok());
        let games = games.filter(|games| *games > 0);
        let games = games.ok_or(
            "use games=N/month or games=N with a whole number of games per month, such as games=1000000/month",
        )?;
        Ok(Self(games.into()))
    }
}

/// Estimates the bill: each game uses the same as a game of this month. Usage that does not depend on games counts for
/// the whole month.
pub(crate) fn report(
    billing: &Billing,
    GamesPerMonth(games): GamesPerMonth,
) -> Result<CostReport, Failure> {
    let month = billing.usage.period.month;
    let measured = billing.games().unwrap_or_default();
    if measured.is_zero() {
        let why = match &billing.usage.games {
            Ok(_) => format!("no game ended in {month}"),
            Err(why) => format!("the number of games in {month} is unknown ({why})"),
        };
        return Err(Failure::new(
            Exit::NoSuchThing,
            format!(
                "cannot measure the usage of a game: {why}; play some, such as with `rpsctl bots`, and try again a \
                 minute later, or pass --month"
            ),
        ));
    }
    let charges = billing.charges(|used| amount(billing, used, games / measured));
    let rows = billing.usage.lines.iter().zip(charges);
    let rows: Vec<_> = rows
        .map(|(used, charge)| BillRow {
            used,
            now: charge.clone(),
            month: charge,
        })
        .collect();
    let mut report = CostReport::of_rows(billing, &rows, Some(games));
    report.what_if_games = Some(games);
    let words = grouped(&games);
    report.head = billing.head(&format!("a month like {month} with {words} games, USD"));
    report.method = format!(
        "each game uses as much as one of the {measured} games of {month}; other usage counts for the whole month"
    );
    Ok(report)
}

/// The amount of a line in a month that has `factor` times as many games.
fn amount(billing: &Billing, used: &LineUsage, factor: Decimal) -> Option<Decimal> {
    let period = billing.usage.period;
    match (used.line.growth(), &used.amount) {
        (Growth::WithGames, amount) => Some(amount.used(period)? * factor),
        (Growth::WithTime, Amount::UntilNow(amount)) => Some(*amount),
        (Growth::WithTime, Amount::Standing(all_month)) => Some(*all_month),
        (Growth::WithTime, amount) => {
            Some(amount.per_day(period)? * Decimal::from(period.month.days()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn games_are_parsed() {
        let million = Ok(GamesPerMonth(Decimal::from(1_000_000)));
        for text in [
            "games=1000000/month",
            "games=1000000",
            "games=1_000_000/month",
        ] {
            assert_eq!(text.parse(), million, "{text}");
        }
        let bad = "1000000 games= games=0 games=-1 games=1.5 games=1/day games=1/month/month";
        for text in bad.split(' ').chain([""]) {
            assert!(text.parse::<GamesPerMonth>().is_err(), "{text}");
        }
    }
}
