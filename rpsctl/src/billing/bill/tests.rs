//! Three bills, worked out by hand from the prices that are built in. Who changes those works them out anew.

use rust_decimal::Decimal;
use time::Date;
use time::macros::date;

use super::{Bill, Use, bill};
use crate::billing::prices::{Item, Month, Plan, Prices};

fn number(text: &str) -> Decimal {
    text.parse().expect("a number")
}

/// The bill of these lines: what each is called, what it uses, how much of it.
fn bill_of(region: &str, plan: Plan, day: Date, lines: &[(&'static str, Item, &str)]) -> Bill {
    let prices = Prices::of_region(region).expect("built in");
    let lines = lines.iter().map(|&(line, item, used)| {
        let used = number(used);
        Use { line, item, used }
    });
    let lines: Vec<_> = lines.collect();
    bill(&prices, plan, Month::of(day), &lines)
}

/// Its lines are free and cost as much as worked out, and its total to the cent.
fn is(bill: &Bill, worked: &[(&str, &str, &str)], total: &str) {
    let computed: Vec<_> = bill
        .charges
        .iter()
        .map(|charge| (charge.line, charge.free, charge.cost))
        .collect();
    let worked: Vec<_> = worked
        .iter()
        .map(|(line, free, cost)| (*line, number(free), number(cost)))
        .collect();
    assert_eq!(computed, worked);
    assert_eq!(bill.total().round_dp(2), number(total));
}

/// Two stacks, and nobody plays. A mapping asks its queue 15 times a minute: 15 x 60 x 24 x 30 = 648,000 in November.
#[test]
fn an_idle_month_of_two_stacks() {
    let bill = bill_of(
        "us-east-1",
        Plan::AlwaysFree,
        date!(2026 - 11 - 24),
        &[
            ("idle polling of prod", Item::SqsRequests, "648000"),
            ("idle polling of dev", Item::SqsRequests, "648000"),
            ("alarms", Item::AlarmMetrics, "20"),
            ("dashboards", Item::Dashboards, "2"),
            ("custom metrics", Item::CustomMetrics, "4"),
            ("table", Item::TableGbMonths, "0.02"),
            ("logs", Item::LogsIngestedGb, "0.3"),
        ],
    );
    let worked = [
        // The first million is free: all of this.
        ("idle polling of prod", "648000", "0"),
        // 1,000,000 - 648,000 = 352,000 are left; 648,000 - 352,000 = 296,000 at 0.40 a million.
        ("idle polling of dev", "352000", "0.1184"),
        // 10 are free; 10 at 0.10.
        ("alarms", "10", "1"),
        // 3 dashboards, 10 metrics, 25 GB and 5 GB are free.
        ("dashboards", "2", "0"),
        ("custom metrics", "4", "0"),
        ("table", "0.02", "0"),
        ("logs", "0.3", "0"),
    ];
    // 0.1184 + 1.00 = 1.1184.
    is(&bill, &worked, "1.12");
}

/// A million games at the most that a game may need: 15 write units, 8 read units, 9 invocations of 20 ms with 128 MB,
/// 11 messages, 3 requests of SQS; two players, a minute each. Idle polling of 31 days is 15 x 60 x 24 x 31 = 669,600.
#[test]
fn a_million_games() {
    let bill = bill_of(
        "eu-central-1",
        Plan::Credits,
        date!(2026 - 12 - 01),
        &[
            ("messages", Item::WebsocketMessages, "11000000"),
            ("minutes", Item::ConnectionMinutes, "2000000"),
            ("invocations", Item::LambdaRequests, "9000000"),
            // 9,000,000 x 0.020 s x 0.125 GB.
            ("compute", Item::LambdaGbSecondsArm64, "22500"),
            ("writes", Item::WriteUnits, "15000000"),
            ("reads", Item::ReadUnits, "8000000"),
            ("idle polling", Item::SqsRequests, "669600"),
            ("ticks", Item::SqsRequests, "3000000"),
            ("logs kept", Item::LogsStoredGbMonths, "3"),
            ("logs written", Item::LogsIngestedGb, "6"),
            ("transfer", Item::InternetGb, "12"),
        ],
    );
    let worked = [
        // 11 x 1.14; the free million was for accounts of before 2025-07-15.
        ("messages", "0", "12.54"),
        // 2 x 0.285.
        ("minutes", "0", "0.57"),
        // A million is free; 8 x 0.20.
        ("invocations", "1000000", "1.60"),
        // 400,000 are free.
        ("compute", "22500", "0"),
        // 15 x 0.7625, and 8 x 0.1525: of units on demand none is free.
        ("writes", "0", "11.4375"),
        ("reads", "0", "1.22"),
        ("idle polling", "669600", "0"),
        // 1,000,000 - 669,600 = 330,400 are left; 2,669,600 at 0.40 a million.
        ("ticks", "330400", "1.06784"),
        // The 5 GB of logs go to what is written first; 3 x 0.0324.
        ("logs kept", "0", "0.0972"),
        // 6 - 5 = 1 at 0.63.
        ("logs written", "5", "0.63"),
        // 100 GB are free.
        ("transfer", "12", "0"),
    ];
    // 12.54 + 0.57 + 1.60 + 11.4375 + 1.22 + 1.06784 + 0.0972 + 0.63 = 29.16254.
    is(&bill, &worked, "29.16");
}

const TWO_BILLION: [(&str, Item, &str); 5] = [
    ("messages", Item::WebsocketMessages, "2000000000"),
    ("minutes", Item::ConnectionMinutes, "180000000"),
    ("compute on arm", Item::LambdaGbSecondsArm64, "250000"),
    ("compute on x86", Item::LambdaGbSecondsX86_64, "300000"),
    ("transfer", Item::InternetGb, "10440"),
];

/// Two billion messages, through all tiers, by an account in its first 12 months.
#[test]
fn two_billion_messages() {
    let june = bill_of(
        "us-east-1",
        Plan::Legacy,
        date!(2026 - 06 - 30),
        &TWO_BILLION,
    );
    let worked = [
        // A million is free; of 1,999,000,000 a billion at 1.00 a million, 999,000,000 at 0.80: 1000 + 799.20.
        ("messages", "1000000", "1799.20"),
        // 750,000 are free; 179,250,000 at 0.25 a million.
        ("minutes", "750000", "44.8125"),
        // Of the 400,000 that are free x86, which is dearer, takes 300,000; 250,000 - 100,000 = 150,000 at 0.0000133334.
        ("compute on arm", "100000", "2.00001"),
        ("compute on x86", "300000", "0"),
        // 100 GB are free; of 10,340 the first 10,240 at 0.09, 100 at 0.085: 921.60 + 8.50.
        ("transfer", "100", "930.10"),
    ];
    // 1799.20 + 44.8125 + 2.00001 + 930.10 = 2776.11251.
    is(&june, &worked, "2776.11");
    let messages = &june.charges[0];
    assert_eq!(
        (messages.price, messages.per),
        (number("0.80"), number("1000000"))
    );
    assert_eq!(messages.covered[0].allowance, "websocket-messages");
}

/// The same without the offer of the first 12 months: 1000 + 800 for messages, 180 x 0.25 = 45 for minutes.
#[test]
fn two_billion_messages_after_the_first_year() {
    for (plan, day, has_offer) in [
        (Plan::Legacy, date!(2026 - 07 - 31), true),
        (Plan::Legacy, date!(2026 - 08 - 01), false),
        (Plan::Credits, date!(2026 - 06 - 30), false),
        (Plan::AlwaysFree, date!(2026 - 06 - 30), false),
    ] {
        let bill = bill_of("us-east-1", plan, day, &TWO_BILLION);
        let worked = if has_offer {
            ["1799.20", "44.8125"]
        } else {
            ["1800", "45"]
        };
        let costs = [bill.charges[0].cost, bill.charges[1].cost];
        assert_eq!(costs, worked.map(number), "{plan:?} {day}");
    }
}
