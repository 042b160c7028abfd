//! Three bills, calculated by hand from the built-in prices. After a change of those, calculate them again.

mod attacks;
mod properties;
mod scaling;

use time::Date;
use time::macros::date;

use super::*;

fn number(text: &str) -> Decimal {
    text.parse().expect("a number")
}

fn bill_of(
    region: &str,
    plan: FreeTierPlan,
    day: Date,
    lines: &[(BilledItem, &str)],
) -> Vec<Charge> {
    let prices = Prices::of_region(region).expect("built in");
    let lines = lines.iter().map(|&(item, used)| (item, number(used)));
    bill(&prices, plan, Month::of(day), &lines.collect::<Vec<_>>())
}

/// Checks the free units and the cost of each line, and the total to the cent.
fn check(
    region: &str,
    plan: FreeTierPlan,
    day: Date,
    lines: &[(BilledItem, &str, &str, &str)],
    total: &str,
) -> Vec<Charge> {
    let used: Vec<_> = lines
        .iter()
        .map(|(item, used, ..)| (*item, *used))
        .collect();
    let charges = bill_of(region, plan, day, &used);
    for (charge, (item, _, free, cost)) in charges.iter().zip(lines) {
        let expected = (*item, number(free), number(cost));
        assert_eq!((charge.item, charge.free, charge.cost), expected);
    }
    let sum: Decimal = charges.iter().map(|charge| charge.cost).sum();
    assert_eq!(sum.round_dp(2), number(total));
    charges
}

/// Two stacks without games. A mapping polls its queue 15 times a minute: 15 x 60 x 24 x 30 = 648,000 in November.
#[test]
fn an_idle_month_of_two_stacks() {
    let lines = [
        // The first million is free, which covers all of this.
        (BilledItem::SqsRequests, "648000", "648000", "0"),
        // 1,000,000 - 648,000 = 352,000 are left; 648,000 - 352,000 = 296,000 at 0.40 a million.
        (BilledItem::SqsRequests, "648000", "352000", "0.1184"),
        // 10 are free; 10 at 0.10.
        (BilledItem::AlarmMetrics, "20", "10", "1"),
        // 3 dashboards, 10 metrics, 25 GB and 5 GB are free.
        (BilledItem::Dashboards, "2", "2", "0"),
        (BilledItem::CustomMetrics, "4", "4", "0"),
        (BilledItem::TableGbMonths, "0.02", "0.02", "0"),
        (BilledItem::LogsIngestedGb, "0.3", "0.3", "0"),
    ];
    // 0.1184 + 1.00 = 1.1184.
    let day = date!(2026 - 11 - 24);
    check("us-east-1", FreeTierPlan::AlwaysFree, day, &lines, "1.12");
}

/// A million games with the maximum of each: 15 write units, 8 read units, 9 invocations of 20 ms with 128 MB, 11
/// messages, 3 SQS requests, two players for a minute each. Idle polling takes 15 x 60 x 24 x 31 = 669,600 in 31 days.
#[test]
fn a_million_games() {
    let lines = [
        // 11 x 1.14; only accounts opened before 2025-07-15 had a free million.
        (BilledItem::WebsocketMessages, "11000000", "0", "12.54"),
        // 2 x 0.285.
        (BilledItem::ConnectionMinutes, "2000000", "0", "0.57"),
        // A million is free; 8 x 0.20.
        (BilledItem::LambdaRequests, "9000000", "1000000", "1.60"),
        // 9,000,000 x 0.020 s x 0.125 GB; 400,000 are free.
        (BilledItem::LambdaGbSecondsArm64, "22500", "22500", "0"),
        // 15 x 0.7625, and 8 x 0.1525: no on-demand unit is free.
        (BilledItem::WriteUnits, "15000000", "0", "11.4375"),
        (BilledItem::ReadUnits, "8000000", "0", "1.22"),
        // Idle polling, and the requests of games.
        (BilledItem::SqsRequests, "669600", "669600", "0"),
        // 1,000,000 - 669,600 = 330,400 are left; 2,669,600 at 0.40 a million.
        (BilledItem::SqsRequests, "3000000", "330400", "1.06784"),
        // The free 5 GB of logs cover ingested logs first; 3 x 0.0324.
        (BilledItem::LogsStoredGbMonths, "3", "0", "0.0972"),
        // 6 - 5 = 1 at 0.63.
        (BilledItem::LogsIngestedGb, "6", "5", "0.63"),
        // 100 GB are free.
        (BilledItem::InternetGb, "12", "12", "0"),
    ];
    // 12.54 + 0.57 + 1.60 + 11.4375 + 1.22 + 1.06784 + 0.0972 + 0.63 = 29.16254.
    let day = date!(2026 - 12 - 01);
    check("eu-central-1", FreeTierPlan::Credits, day, &lines, "29.16");
}

/// Two billion messages, through all tiers, of an account in its first 12 months and of other accounts.
#[test]
fn two_billion_messages() {
    let lines = [
        // A million is free; of 1,999,000,000 a billion at 1.00 a million, 999,000,000 at 0.80: 1000 + 799.20.
        (
            BilledItem::WebsocketMessages,
            "2000000000",
            "1000000",
            "1799.20",
        ),
        // 750,000 are free; 179,250,000 at 0.25 a million.
        (
            BilledItem::ConnectionMinutes,
            "180000000",
            "750000",
            "44.8125",
        ),
        // x86, which costs more, takes 300,000 of the free 400,000; 250,000 - 100,000 = 150,000 at 0.0000133334.
        (
            BilledItem::LambdaGbSecondsArm64,
            "250000",
            "100000",
            "2.00001",
        ),
        (BilledItem::LambdaGbSecondsX86_64, "300000", "300000", "0"),
        // 100 GB are free; of 10,340 the first 10,240 at 0.09, 100 at 0.085: 921.60 + 8.50.
        (BilledItem::InternetGb, "10440", "100", "930.10"),
    ];
    // 1799.20 + 44.8125 + 2.00001 + 930.10 = 2776.11251.
    let june = date!(2026 - 06 - 30);
    let charges = check("us-east-1", FreeTierPlan::Legacy, june, &lines, "2776.11");
    assert_eq!(charges[0].price, number("0.80"));
    assert_eq!(charges[0].covered[0].allowance, "websocket-messages");

    // Without the free tier of the first 12 months: 1000 + 800 for messages, 180 x 0.25 = 45 for minutes.
    let july = date!(2026 - 07 - 31);
    for (plan, day, costs) in [
        (FreeTierPlan::Legacy, july, ["1799.20", "44.8125"]),
        (FreeTierPlan::Legacy, date!(2026 - 08 - 01), ["1800", "45"]),
        (FreeTierPlan::Credits, june, ["1800", "45"]),
        (FreeTierPlan::AlwaysFree, june, ["1800", "45"]),
    ] {
        let used = lines.map(|(item, used, ..)| (item, used));
        let charges = bill_of("us-east-1", plan, day, &used);
        let computed = [&charges[0], &charges[1]].map(|charge| charge.cost);
        assert_eq!(computed, costs.map(number), "{plan:?} {day}");
    }
}
