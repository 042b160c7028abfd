//! Usage of the WebSocket API: messages and connection minutes.

use futures_util::TryStreamExt;
use rps_contract::log_metrics::connection_minutes;
use rps_contract::names::CONNECTION_LIFETIME_S;
use rps_handlers::time::now_ms;
use rust_decimal::Decimal;

use crate::aws::{Entry, Metric};
use crate::billing::usage::cloudwatch::StackMetrics;
use crate::billing::usage::query::UsageQuery;
use crate::billing::usage::{Amount, BillLine, Hours, LineUsage, Period, UsageResult};
use crate::words::count;

pub(super) struct ApiMetrics {
    pub(super) messages: UsageResult<Hours>,
    connects: UsageResult<Hours>,
}

impl ApiMetrics {
    pub(super) async fn read(query: &UsageQuery<'_>) -> Self {
        let sums = async |name| {
            let parts = query.parts.clone()?;
            let dimensions = [("ApiId", parts.api.clone()), ("Stage", parts.stage.clone())];
            let metric = Metric::new("AWS/ApiGateway", name, dimensions);
            query.sums(&metric).await
        };
        let (messages, connects) = tokio::join!(sums("MessageCount"), sums("ConnectCount"));
        Self { messages, connects }
    }

    pub(super) async fn lines(
        &self,
        query: &UsageQuery<'_>,
        metrics: &StackMetrics,
    ) -> Vec<LineUsage> {
        let mut lines = vec![
            LineUsage::measured(BillLine::Messages, self.messages.clone()),
            closed(query.period, &self.connects, &metrics.minutes),
        ];
        if query.period.is_current() {
            lines.push(open(query).await);
        }
        lines
    }
}

/// The minutes of closed connections. `reported` has the minutes, and the number of connections that reported theirs.
fn closed(
    period: Period,
    connects: &UsageResult<Hours>,
    reported: &UsageResult<(Hours, Hours)>,
) -> LineUsage {
    let line = BillLine::ConnectionMinutes;
    let (minutes, closed) = match reported {
        Ok((minutes, closed)) => (minutes, period.used(closed)),
        Err(why) => return LineUsage::unknown(line, why),
    };
    let used = LineUsage::measured(line, Ok(minutes.clone()));
    let Ok(connected) = connects.as_ref().map(|hours| period.used(hours)) else {
        return used.with_note(
            "may be incomplete: the number of connections is unknown, so some may have reported no minutes",
        );
    };
    let missing = connected - closed;
    if missing <= Decimal::ZERO {
        return used;
    }
    if minutes.is_empty() {
        let why = format!(
            "none of {connected} connections reported its minutes; if one has closed, run `pulumi up` to create the \
             metric"
        );
        return LineUsage::unknown(line, why);
    }
    used.with_note(format!(
        "{missing} of {connected} connections reported no minutes: they are open, they were refused, or API Gateway \
         did not report their end"
    ))
}

/// The minutes so far of open connections. A connection reports its minutes when it closes.
async fn open(query: &UsageQuery<'_>) -> LineUsage {
    let line = BillLine::OpenConnections;
    let start_s = query.period.month.start().unix_timestamp();
    let (month_ms, now_ms) = (start_s.unsigned_abs() * 1000, now_ms());
    let (mut open, mut minutes) = (0_u64, 0);
    let mut connections = std::pin::pin!(query.deployment.connections());
    loop {
        match connections.try_next().await {
            Ok(Some(Entry::Readable(connection))) => {
                open += 1;
                let opened_ms = connection.connected_at_ms;
                // API Gateway closes every connection by then; a later item is a leftover.
                let end_ms = now_ms.min(opened_ms.saturating_add(CONNECTION_LIFETIME_S * 1000));
                if end_ms > month_ms {
                    minutes += connection_minutes(opened_ms.max(month_ms), end_ms);
                }
            }
            Ok(Some(Entry::Unreadable(_))) => {}
            Ok(None) => break,
            Err(why) => return LineUsage::unknown(line, why.to_string()),
        }
    }
    let amount = Amount::UntilNow(Decimal::from(minutes));
    let open = count(open, "connection");
    LineUsage::new(line, amount).estimate(format!("estimate: {open} in the table, until now"))
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
    fn closed_connections_report_their_minutes() {
        let period = Period::new(None, datetime!(2026-11-11 12:00 UTC), 7).expect("this month");
        for (connects, reported, expected, note) in [
            (Some(10), Some((12, 10)), Ok(12), ""),
            (
                Some(10),
                Some((12, 8)),
                Ok(12),
                "2 of 10 connections reported no",
            ),
            // Without any report the minutes are unknown, not zero, unless no player connected.
            (Some(10), Some((0, 0)), Err("none of 10 connections"), ""),
            (Some(0), Some((0, 0)), Ok(0), NOTHING),
            // An unknown number of connections keeps the minutes.
            (None, Some((12, 8)), Ok(12), "may be incomplete"),
            (Some(10), None, Err("no"), ""),
        ] {
            let connects = connects.map(hours).ok_or_else(|| "no".to_owned());
            let reported = reported.map(|(minutes, count)| (hours(minutes), hours(count)));
            let used = closed(period, &connects, &reported.ok_or_else(|| "no".to_owned()));
            match expected {
                Ok(minutes) => assert_eq!(used.amount, Amount::Measured(hours(minutes))),
                Err(why) => assert!(used.amount.unknown().expect("unknown").starts_with(why)),
            }
            let actual = used.note.unwrap_or_default();
            assert!(actual.starts_with(note), "{actual}");
            assert_eq!(actual.is_empty(), note.is_empty(), "{actual}");
        }
    }
}
