//! The bill of a month with so many games.

use std::str::FromStr;

use rust_decimal::Decimal;

use crate::billing::Billing;
use crate::billing::report::{Report, Row};
use crate::billing::usage::{Amount, Grows, Used};
use crate::exit::{Exit, Failure};
use crate::words::grouped;

/// Games in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Games(Decimal);

impl FromStr for Games {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let games = text
            .strip_prefix("games=")
            .map(|rest| rest.trim_end_matches("/month"));
        let games = games.and_then(|games| games.replace('_', "").parse::<u32>().ok());
        let games = games.filter(|games| *games > 0);
        let games = games.ok_or("what if what? It looks like games=1000000/month")?;
        Ok(Self(games.into()))
    }
}

/// The bill of a month with so many games: each uses what a game of this month has used, and what is there without
/// games is there all month.
pub(crate) fn report(billing: &Billing, Games(games): Games) -> Result<Report, Failure> {
    let month = billing.usage.period.month;
    let measured = billing.games().unwrap_or_default();
    if measured.is_zero() {
        let why = match &billing.usage.games {
            Ok(_) => format!("no game was over in {month}"),
            Err(why) => format!("how many games were over in {month} is not known ({why})"),
        };
        return Err(Failure::new(
            Exit::NoSuchThing,
            format!(
                "{why}, so what a game uses is not measured: let some be played, such as with `rpsctl bots`, and ask a \
                 minute later, or pass --month"
            ),
        ));
    }
    let charges = billing.charges(|used| amount(billing, used, games / measured));
    let rows = billing.usage.lines.iter().zip(charges);
    let rows: Vec<_> = rows
        .map(|(used, charge)| Row {
            used,
            now: charge.clone(),
            month: charge,
        })
        .collect();
    let mut report = Report::of_rows(billing, &rows, Some(games));
    report.what_if_games = Some(games);
    let words = grouped(&games);
    report.head = billing.head(&format!("a month like {month} with {words} games, USD"));
    report.method = format!(
        "each game uses what one of the {measured} games of {month} used; what is there without games is there all month"
    );
    Ok(report)
}

/// How much of a line a month has in which there are so many times as many games.
fn amount(billing: &Billing, used: &Used, more: Decimal) -> Option<Decimal> {
    let period = billing.usage.period;
    match (used.line.grows(), &used.amount) {
        (Grows::WithGames, amount) => Some(amount.used(period)? * more),
        (Grows::WithTime, Amount::UntilNow(amount)) => Some(*amount),
        (Grows::WithTime, Amount::Standing(all_month)) => Some(*all_month),
        (Grows::WithTime, amount) => {
            Some(amount.a_day(period)? * Decimal::from(period.month.days()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn games_are_read() {
        let million = Ok(Games(Decimal::from(1_000_000)));
        for text in [
            "games=1000000/month",
            "games=1000000",
            "games=1_000_000/month",
        ] {
            assert_eq!(text.parse(), million, "{text}");
        }
        let bad = "1000000 games= games=0 games=-1 games=1.5 games=1/day";
        for text in bad.split(' ').chain([""]) {
            assert!(text.parse::<Games>().is_err(), "{text}");
        }
    }
}
