//! The players' socket: messages, and minutes of connections.

use futures_util::TryStreamExt;
use rps_contract::log_metrics::connection_minutes;
use rps_contract::names::CONNECTION_LIFETIME_S;
use rps_handlers::time::now_ms;
use rust_decimal::Decimal;

use crate::aws::{Entry, Metric};
use crate::billing::usage::ask::Ask;
use crate::billing::usage::cloudwatch::Own;
use crate::billing::usage::{Amount, Hours, Known, Line, Period, Used};
use crate::words::count;

pub(super) struct Counted {
    pub(super) messages: Known<Hours>,
    connects: Known<Hours>,
}

impl Counted {
    pub(super) async fn ask(ask: &Ask<'_>) -> Self {
        let sums = async |name| {
            let parts = ask.parts.clone()?;
            let of = [("ApiId", parts.api.clone()), ("Stage", parts.stage.clone())];
            ask.sums(&Metric::new("AWS/ApiGateway", name, of)).await
        };
        let (messages, connects) = tokio::join!(sums("MessageCount"), sums("ConnectCount"));
        Self { messages, connects }
    }

    pub(super) async fn lines(&self, ask: &Ask<'_>, own: &Own) -> Vec<Used> {
        let mut lines = vec![
            Used::counted(Line::Messages, self.messages.clone()),
            closed(ask.period, &self.connects, &own.minutes),
        ];
        if ask.period.is_current() {
            lines.push(open(ask).await);
        }
        lines
    }
}

/// The minutes that connections told when they closed.
fn closed(period: Period, connects: &Known<Hours>, told: &Known<(Hours, Hours)>) -> Used {
    let line = Line::ConnectionMinutes;
    let (minutes, told) = match told {
        Ok((minutes, told)) => (minutes, period.used(told)),
        Err(why) => return Used::unknown(line, why),
    };
    let used = Used::counted(line, Ok(minutes.clone()));
    let Ok(connected) = connects.as_ref().map(|hours| period.used(hours)) else {
        return used.with_note(
            "whether all connections told theirs is not known, because how many there were is not",
        );
    };
    let silent = connected - told;
    if silent <= Decimal::ZERO {
        return used;
    }
    if minutes.is_empty() {
        let why = format!(
            "{connected} connected, and none has told how long it was open: if one has closed, `pulumi up` makes the \
             metric"
        );
        return Used::unknown(line, why);
    }
    used.with_note(format!(
        "{silent} of {connected} connections have not told theirs: they are open, they were refused, or API Gateway \
         has not said that they closed"
    ))
}

/// The minutes of those that are open, which tell theirs when they close.
async fn open(ask: &Ask<'_>) -> Used {
    let line = Line::OpenConnections;
    let start_s = ask.period.month.start().unix_timestamp();
    let (month_ms, now_ms) = (start_s.unsigned_abs() * 1000, now_ms());
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
            Err(why) => return Used::unknown(line, why.to_string()),
        }
    }
    let amount = Amount::UntilNow(Decimal::from(minutes));
    let open = count(open, "connection");
    Used::new(line, amount).estimate(format!("estimate: {open} in the table, until now"))
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::billing::usage::NOTHING;

    fn hours(count: u32) -> Hours {
        let hour = datetime!(2026-11-02 05:00 UTC);
        Hours::from_iter((count > 0).then(|| (hour, Decimal::from(count))))
    }

    #[test]
    fn connections_tell_their_minutes_when_they_close() {
        let period = Period::new(None, datetime!(2026-11-11 12:00 UTC), 7).expect("this month");
        for (connects, told, expected, note) in [
            (Some(10), Some((12, 10)), Ok(12), ""),
            (
                Some(10),
                Some((12, 8)),
                Ok(12),
                "2 of 10 connections have not",
            ),
            // If none has told, that is no zero; unless nobody was there.
            (
                Some(10),
                Some((0, 0)),
                Err("10 connected, and none has"),
                "",
            ),
            (Some(0), Some((0, 0)), Ok(0), NOTHING),
            // A refusal is of the one line that needs it.
            (None, Some((12, 8)), Ok(12), "whether all connections told"),
            (Some(10), None, Err("no"), ""),
        ] {
            let connects = connects.map(hours).ok_or_else(|| "no".to_owned());
            let told = told.map(|(minutes, count)| (hours(minutes), hours(count)));
            let used = closed(period, &connects, &told.ok_or_else(|| "no".to_owned()));
            match expected {
                Ok(minutes) => assert_eq!(used.amount, Amount::Counted(hours(minutes))),
                Err(why) => assert!(used.amount.unknown().expect("not known").starts_with(why)),
            }
            let said = used.note.unwrap_or_default();
            assert!(said.starts_with(note), "{said}");
            assert_eq!(said.is_empty(), note.is_empty(), "{said}");
        }
    }
}
