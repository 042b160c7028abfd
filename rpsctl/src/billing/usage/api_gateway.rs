//! The players' socket: messages, and minutes of connections.

use futures_util::TryStreamExt;
use rps_contract::log_metrics::connection_minutes;
use rps_contract::names::CONNECTION_LIFETIME_S;
use rps_handlers::time::now_ms;
use rust_decimal::Decimal;

use super::ask::Ask;
use super::cloudwatch::Own;
use super::period::{Hours, Period};
use super::{Amount, Line, Used};
use crate::aws::{Entry, Metric};
use crate::billing::prices::Item;
use crate::exit::Failure;
use crate::words::count;

/// What API Gateway counts.
pub(super) struct Counted {
    pub(super) messages: Result<Hours, Failure>,
    connects: Result<Hours, Failure>,
}

impl Counted {
    pub(super) async fn ask(ask: &Ask<'_>) -> Self {
        let sums = async |name| {
            let parts = ask.parts.as_ref();
            let parts = parts.map_err(|why| Failure::new(why.exit(), why.to_string()))?;
            let of = [("ApiId", parts.api.clone()), ("Stage", parts.stage.clone())];
            ask.sums(&Metric::new("AWS/ApiGateway", name, of)).await
        };
        let (messages, connects) = tokio::join!(sums("MessageCount"), sums("ConnectCount"));
        Self { messages, connects }
    }

    pub(super) async fn lines(&self, ask: &Ask<'_>, own: &Own) -> Vec<Used> {
        let messages = Used::counted(
            Line::Messages,
            Item::WebsocketMessages,
            self.messages.as_ref().cloned(),
        );
        let mut lines = vec![messages, closed(ask.period, &self.connects, &own.minutes)];
        if ask.period.is_current() {
            lines.push(open(ask).await);
        }
        lines
    }
}

/// The minutes that connections told when they closed.
fn closed(
    period: Period,
    connects: &Result<Hours, Failure>,
    told: &Result<(Hours, Hours), Failure>,
) -> Used {
    let (line, item) = (Line::ConnectionMinutes, Item::ConnectionMinutes);
    let (minutes, told) = match told {
        Ok((minutes, told)) => (minutes, period.used(told)),
        Err(why) => return Used::unknown(line, item, why.to_string()),
    };
    let Ok(connected) = connects.as_ref().map(|hours| period.used(hours)) else {
        let why =
            "whether all connections told theirs is not known, because how many there were is not";
        return Used::counted(line, item, Ok(minutes.clone())).with_note(why);
    };
    let silent = connected - told;
    if silent <= Decimal::ZERO {
        return Used::counted(line, item, Ok(minutes.clone()));
    }
    if minutes.is_empty() {
        let why = format!(
            "{connected} connected, and none has told how long it was open: if one has closed, `pulumi up` makes the \
             metric"
        );
        return Used::unknown(line, item, why);
    }
    Used::counted(line, item, Ok(minutes.clone())).with_note(format!(
        "{silent} of {connected} connections have not told theirs: they are open, they were refused, or API Gateway \
         has not said that they closed"
    ))
}

/// The minutes of those that are open, which tell theirs when they close.
async fn open(ask: &Ask<'_>) -> Used {
    let (line, item) = (Line::OpenConnections, Item::ConnectionMinutes);
    let (month_ms, now_ms) = (ask.period.month_start_ms(), now_ms());
    let (mut open, mut minutes) = (0_u64, 0);
    let mut found = std::pin::pin!(ask.deployment.connections());
    loop {
        match found.try_next().await {
            Ok(Some(Entry::Readable(connection))) => {
                open += 1;
                let opened_ms = connection.connected_at_ms;
                // None is open any longer; its item is left over.
                let end_ms = now_ms.min(opened_ms.saturating_add(CONNECTION_LIFETIME_S * 1000));
                if end_ms > month_ms {
                    minutes += connection_minutes(opened_ms.max(month_ms), end_ms);
                }
            }
            Ok(Some(Entry::Unreadable(_))) => {}
            Ok(None) => break,
            Err(why) => return Used::unknown(line, item, why.to_string()),
        }
    }
    let amount = Amount::UntilNow(Decimal::from(minutes));
    let how = format!(
        "estimate: {} in the table, until now",
        count(open, "connection")
    );
    Used::new(line, item, amount).estimate(how)
}

#[cfg(test)]
mod tests {
    use rust_decimal::{Decimal, dec};
    use time::macros::datetime;

    use super::{Hours, closed};
    use crate::billing::prices::Month;
    use crate::billing::usage::{Amount, NOTHING, Period, Used};
    use crate::exit::{Exit, Failure};

    fn hours(count: u32) -> Hours {
        let hour = datetime!(2026-11-02 05:00 UTC);
        Hours::from_iter((count > 0).then(|| (hour, Decimal::from(count))))
    }

    /// So many connected, and so many told so many minutes.
    fn line(connected: u32, told: u32, minutes: u32) -> Used {
        let now = datetime!(2026-11-11 12:00 UTC);
        let period = Period::new(Month::of(now.date()), now, 7);
        closed(
            period,
            &Ok(hours(connected)),
            &Ok((hours(minutes), hours(told))),
        )
    }

    #[test]
    fn connections_tell_their_minutes_when_they_close() {
        let all = line(10, 10, 12);
        assert_eq!(
            (&all.amount, &all.note),
            (&Amount::Counted(hours(12)), &None)
        );
        let most = line(10, 8, 12);
        let said = most.note.expect("a note");
        assert!(
            said.starts_with("2 of 10 connections have not told theirs"),
            "{said}"
        );
        assert_eq!(most.amount, Amount::Counted(hours(12)));
    }

    #[test]
    fn if_none_has_told_that_is_no_zero() {
        let Amount::Unknown(why) = line(10, 0, 0).amount else {
            panic!("not known");
        };
        assert!(why.starts_with("10 connected, and none has told"), "{why}");
        // Nobody was there: nothing to tell.
        let nobody = line(0, 0, 0);
        assert_eq!(nobody.note.as_deref(), Some(NOTHING));
        assert_eq!(nobody.amount, Amount::Counted(Hours::new()));
    }

    #[test]
    fn a_refusal_is_of_the_one_line_that_needs_it() {
        let now = datetime!(2026-11-11 12:00 UTC);
        let period = Period::new(Month::of(now.date()), now, 7);
        let refused = || Failure::new(Exit::Refused, "no");
        let told = Ok((hours(12), hours(8)));
        let used = closed(period, &Err(refused()), &told);
        assert_eq!(used.amount, Amount::Counted(hours(12)));
        let said = used.note.expect("a note");
        assert!(
            said.starts_with("whether all connections told theirs is not known"),
            "{said}"
        );
        let used = closed(period, &Ok(hours(10)), &Err(refused()));
        assert_eq!(used.amount, Amount::Unknown("no".to_owned()));
        assert_eq!(dec!(0), used.amount.used(period, None).unwrap_or_default());
    }
}
