//! A stack in the middle of a month, for the tests of what is computed from it.

use rust_decimal::{Decimal, dec};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use super::Billing;
use crate::billing::prices::{Item, Month, Plan, Prices};
use crate::billing::usage::{Amount, Hours, Line, NOTHING, Period, Usage, Used};

/// Ten days and a half of November are over.
const NOW: OffsetDateTime = datetime!(2026-11-11 12:00 UTC);

/// So much in each hour of the last ten days, and of this one.
fn each_hour(amount: Decimal) -> Amount {
    let hours = (0..252).map(|back| (NOW - Duration::hours(back + 1), amount));
    Amount::Counted(hours.collect::<Hours>())
}

fn used(line: Line, item: Item, amount: Amount) -> Used {
    Used {
        line,
        item,
        amount,
        note: None,
        is_estimate: false,
    }
}

/// 100 games an hour for ten days and a half: 25,200.
pub(in crate::commands) fn stack() -> Billing {
    let lines = vec![
        used(
            Line::Messages,
            Item::WebsocketMessages,
            each_hour(dec!(1_100)),
        ),
        Used {
            note: Some(NOTHING.to_owned()),
            ..used(
                Line::ConnectionMinutes,
                Item::ConnectionMinutes,
                Amount::Counted(Hours::new()),
            )
        },
        Used {
            note: Some("estimate: 3 connections in the table, until now".to_owned()),
            is_estimate: true,
            ..used(
                Line::OpenConnections,
                Item::ConnectionMinutes,
                Amount::UntilNow(dec!(12)),
            )
        },
        used(
            Line::LambdaRequests,
            Item::LambdaRequests,
            each_hour(dec!(900)),
        ),
        used(Line::WriteUnits, Item::WriteUnits, each_hour(dec!(1_400))),
        used(
            Line::ReadUnits,
            Item::ReadUnits,
            Amount::Unknown("AWS does not allow it: ask".to_owned()),
        ),
        used(Line::IdlePolling, Item::SqsRequests, each_hour(dec!(900))),
        used(Line::QueueRequests, Item::SqsRequests, each_hour(dec!(300))),
        used(
            Line::AlarmMetrics,
            Item::AlarmMetrics,
            Amount::Standing(dec!(12)),
        ),
    ];
    let Amount::Counted(games) = each_hour(dec!(100)) else {
        unreachable!("counted");
    };
    Billing {
        name: "dev".to_owned(),
        period: Period::new(Month::of(NOW.date()), NOW, 7),
        plan: Plan::AlwaysFree,
        prices: Prices::of_region("us-east-1").expect("built in"),
        usage: Usage {
            lines,
            games: Ok(games),
            since: None,
            requests: 25,
        },
    }
}
