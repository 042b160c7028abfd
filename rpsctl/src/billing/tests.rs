//! A stack in the middle of a month, for the tests of cost reports; and tests of the warnings about prices.

use rust_decimal::dec;
use time::macros::{date, datetime};
use time::{Duration, OffsetDateTime};

use super::*;
use crate::billing::usage::{Amount, BillLine, Hours, Period};

const NOW: OffsetDateTime = datetime!(2026-11-11 12:00 UTC);

/// The same amount in each hour of today and of the last ten days.
fn each_hour(amount: Decimal) -> Hours {
    let hours = (0..252).map(|back| (NOW - Duration::hours(back + 1), amount));
    hours.collect()
}

/// 100 games an hour for ten days and a half: 25,200.
pub(crate) fn stack() -> Billing {
    let measured = |line, amount| LineUsage::new(line, Amount::Measured(each_hour(amount)));
    let open = LineUsage::new(BillLine::OpenConnections, Amount::UntilNow(dec!(12)));
    let mut prices = Prices::of_region("us-east-1").expect("built in");
    prices.dated = date!(2026 - 11 - 01);
    let refused = "AWS does not allow it: ask".to_owned();
    let lines = vec![
        measured(BillLine::Messages, dec!(1_100)),
        LineUsage::new(BillLine::ConnectionMinutes, Amount::Measured(Hours::new())),
        open.estimate("estimate: 3 connections in the table, until now"),
        measured(BillLine::LambdaRequests, dec!(900)),
        measured(BillLine::WriteUnits, dec!(1_400)),
        LineUsage::new(BillLine::ReadUnits, Amount::Unknown(refused)),
        measured(BillLine::IdlePolling, dec!(900)),
        measured(BillLine::QueueRequests, dec!(300)),
        LineUsage::new(BillLine::AlarmMetrics, Amount::Standing(dec!(12))),
    ];
    Billing {
        name: "dev".to_owned(),
        region: "us-east-1".to_owned(),
        plan: FreeTierPlan::AlwaysFree,
        prices,
        usage: Usage {
            lines,
            games: Ok(each_hour(dec!(100))),
            bot_games: Ok([].into()),
            period: Period::new(None, NOW, 7).expect("this month"),
            requests: 25,
        },
    }
}

#[test]
fn doubtful_prices_are_reported() {
    let mut billing = stack();
    let old = "the prices of sqs-requests were last checked more than 180 days ago: refresh them with `rpsctl cost prices --refresh`";
    assert_eq!(billing.doubts(), [old]);
    billing.prices.dated = date!(2026 - 11 - 12);
    billing.region = "mars-1".to_owned();
    let region = "the prices are for us-east-1, not for mars-1: pass another --prices FILE, or --region us-east-1";
    let future = "the prices are dated 2026-11-12, which is in the future: correct the date in the price file, or this machine's clock";
    assert_eq!(billing.doubts(), [old, region, future]);
    billing.prices = Prices::of_region("eu-central-1").expect("built in");
    billing.region = "eu-central-1".to_owned();
    billing.prices.dated = date!(2026 - 01 - 01);
    billing.plan = FreeTierPlan::Legacy;
    let mut expected = vec![
        "the prices of websocket-messages, connection-minutes are not confirmed: see `rpsctl cost prices`, and refresh \
         them with --refresh",
        "the prices are 314 days old and may have changed: refresh them with `rpsctl cost prices --refresh`",
        "no account has the free tier of the first 12 months any more in 2026-11",
    ];
    assert_eq!(billing.doubts(), expected);
    billing.prices.allowances[0].until = None;
    expected.pop();
    assert_eq!(billing.doubts(), expected);
}
