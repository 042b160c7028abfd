//! A stack in the middle of a month, for the tests of what is computed from it, and what has to be said of its prices.

use rust_decimal::dec;
use time::macros::{date, datetime};
use time::{Duration, OffsetDateTime};

use super::*;
use crate::billing::usage::{Amount, Hours, Line, Period};

const NOW: OffsetDateTime = datetime!(2026-11-11 12:00 UTC);

/// So much in each hour of the last ten days, and of this one.
fn each_hour(amount: Decimal) -> Hours {
    let hours = (0..252).map(|back| (NOW - Duration::hours(back + 1), amount));
    hours.collect()
}

/// 100 games an hour for ten days and a half: 25,200.
pub(crate) fn stack() -> Billing {
    let counted = |line, amount| Used::new(line, Amount::Counted(each_hour(amount)));
    let open = Used::new(Line::OpenConnections, Amount::UntilNow(dec!(12)));
    let refused = "AWS does not allow it: ask".to_owned();
    let lines = vec![
        counted(Line::Messages, dec!(1_100)),
        Used::new(Line::ConnectionMinutes, Amount::Counted(Hours::new())),
        open.estimate("estimate: 3 connections in the table, until now"),
        counted(Line::LambdaRequests, dec!(900)),
        counted(Line::WriteUnits, dec!(1_400)),
        Used::new(Line::ReadUnits, Amount::Unknown(refused)),
        counted(Line::IdlePolling, dec!(900)),
        counted(Line::QueueRequests, dec!(300)),
        Used::new(Line::AlarmMetrics, Amount::Standing(dec!(12))),
    ];
    Billing {
        name: "dev".to_owned(),
        plan: Plan::AlwaysFree,
        prices: Prices::of_region("us-east-1").expect("built in"),
        usage: Usage {
            lines,
            games: Ok(each_hour(dec!(100))),
            period: Period::new(None, NOW, 7).expect("this month"),
            requests: 25,
        },
    }
}

#[test]
fn what_may_not_be_right_is_named() {
    let mut billing = stack();
    let old = "the prices of sqs-requests were last checked more than 180 days ago: see `rpsctl cost prices`";
    assert_eq!(billing.doubts(), [old]);
    billing.prices = Prices::of_region("eu-central-1").expect("built in");
    billing.prices.dated = date!(2026 - 01 - 01);
    billing.plan = Plan::Legacy;
    let mut expected = vec![
        "nobody has confirmed the prices of websocket-messages, connection-minutes: see `rpsctl cost prices`, and make \
         them anew with --refresh",
        "the prices are 314 days old and may have changed: make them anew with `rpsctl cost prices --refresh`",
        "the offers of the first 12 months are over for everybody in 2026-11",
    ];
    assert_eq!(billing.doubts(), expected);
    billing.prices.allowances[0].until = None;
    expected.pop();
    assert_eq!(billing.doubts(), expected);
}
