//! The bill of a month with so many games.

use std::str::FromStr;

use rust_decimal::Decimal;

use super::report::Report;
use crate::billing::usage::{Amount, Grows, Used};
use crate::commands::billing::{Billing, Row};
use crate::exit::{Exit, Failure};
use crate::words::grouped;

/// Games in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Games(Decimal);

impl FromStr for Games {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let games = text
            .strip_prefix("games=")
            .map(|rest| rest.trim_end_matches("/month"));
        let games = games.and_then(|games| games.replace('_', "").parse::<u32>().ok());
        let games = games.filter(|games| *games > 0);
        let games = games.ok_or("what if what? It looks like games=1000000/month")?;
        Ok(Self(Decimal::from(games)))
    }
}

/// The bill of a month with so many games: each uses what a game of this month has used, and what is there without
/// games is there all month.
pub(super) fn report(billing: &Billing, Games(games): Games) -> Result<Report, Failure> {
    let measured = billing.games().unwrap_or_default();
    if measured.is_zero() {
        let month = billing.period.month();
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
    let method = format!(
        "each game uses what one of the {measured} games of {} used; what is there without games is there all month",
        billing.period.month()
    );
    let month = billing.period.month();
    Ok(Report {
        head: billing.head(&format!(
            "a month like {month} with {} games, USD",
            grouped(&games)
        )),
        what_if_games: Some(games),
        method,
        ..Report::of_rows(billing, &rows, Some(games))
    })
}

/// How much of a line a month has in which there are so many times as many games.
fn amount(billing: &Billing, used: &Used, more: Decimal) -> Option<Decimal> {
    let period = billing.period;
    match (used.line.grows(), &used.amount) {
        (Grows::WithGames, amount) => Some(amount.used(period, billing.usage.since)? * more),
        (Grows::WithTime, Amount::Counted(_)) => {
            let a_day = used.amount.a_day(period, billing.usage.since)?;
            Some(a_day * Decimal::from(period.month().days()))
        }
        (Grows::WithTime, Amount::Standing(all_month)) => Some(*all_month),
        (Grows::WithTime, Amount::UntilNow(amount)) => Some(*amount),
        (Grows::WithTime, Amount::Unknown(_)) => None,
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::Games;

    #[test]
    fn games_are_read() {
        for text in [
            "games=1000000/month",
            "games=1000000",
            "games=1_000_000/month",
        ] {
            assert_eq!(text.parse(), Ok(Games(Decimal::from(1_000_000))), "{text}");
        }
        for text in [
            "",
            "1000000",
            "games=",
            "games=0",
            "games=-1",
            "games=1.5",
            "games=1/day",
        ] {
            assert!(text.parse::<Games>().is_err(), "{text}");
        }
    }
}
