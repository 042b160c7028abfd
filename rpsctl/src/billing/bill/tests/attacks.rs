//! The tables of docs/costs.md that show what attacks cost. `UPDATE_EXPECT=1` rewrites them.

use expect_test::expect_file;
use rps_contract::names::DEFAULT_REQUEST_LIMIT;
use rps_testkit::attack::{Attack, CONNECT, DRAW, HOLD, LEAVE};
use rps_testkit::tables::with_table;
use rust_decimal::dec;

use super::*;

const ATTACKS: [Attack; 4] = [CONNECT, LEAVE, DRAW, HOLD];

/// 20 ms with 128 MB: more than an invocation takes.
const GB_SECONDS_OF_INVOCATION: f64 = 0.0025;

/// What a million counted requests of an attack cost in USD, without allowances.
fn million(region: &str, attack: &Attack) -> Decimal {
    let lines = [
        (BilledItem::WebsocketMessages, attack.messages),
        (BilledItem::ConnectionMinutes, attack.connection_minutes),
        (BilledItem::LambdaRequests, attack.invocations),
        (
            BilledItem::LambdaGbSecondsArm64,
            attack.invocations * GB_SECONDS_OF_INVOCATION,
        ),
        (BilledItem::WriteUnits, attack.write_units),
        (BilledItem::ReadUnits, attack.read_units),
        (BilledItem::SqsRequests, attack.sqs_requests),
        (BilledItem::LogsIngestedGb, attack.log_bytes / 1e9),
    ];
    let prices = Prices::of_region(region).expect("built in");
    let costs = lines.map(|(item, units)| {
        let units = Decimal::try_from(units * 1e6 / attack.requests).expect("a number");
        prices.of_item(item).cost(units)
    });
    costs.iter().sum()
}

/// What a day of the worst attack costs in USD at a rate limit.
fn worst_day(region: &str, rate: u32) -> Decimal {
    let worst = ATTACKS.iter().map(|attack| million(region, attack)).max();
    let requests = Decimal::from(rate) * dec!(86_400);
    worst.unwrap_or_default() * requests / dec!(1_000_000)
}

#[test]
fn the_document_has_the_costs_of_attacks() {
    let region = "us-east-1";
    let attacks = ATTACKS.map(|attack| {
        let Attack { name, .. } = attack;
        let units = [
            attack.requests,
            attack.messages,
            attack.connection_minutes,
            attack.invocations,
            attack.write_units,
            attack.read_units,
            attack.sqs_requests,
        ];
        let units = units.map(|it| it.to_string()).join(" | ");
        let cost = million(region, &attack).round_dp(2);
        format!("| {name} | {units} | {cost} USD |")
    });
    let attacks = format!(
        "| step | requests | messages | connection-minutes | invocations | write units | read units | SQS requests \
         | per million requests |\n|---|---|---|---|---|---|---|---|---|\n{}",
        attacks.join("\n")
    );
    let days = [10, DEFAULT_REQUEST_LIMIT, 100, 200, 500, 1_000].map(|rate| {
        let day = worst_day(region, rate).round();
        let default = if rate == DEFAULT_REQUEST_LIMIT {
            " (default)"
        } else {
            ""
        };
        format!("| {rate}{default} | {day} USD |")
    });
    let days = format!(
        "| `rateLimit` | a day of the worst attack |\n|---|---|\n{}",
        days.join("\n")
    );
    let document = include_str!("../../../../../docs/costs.md");
    let document = with_table(document, "attacks", &attacks);
    let document = with_table(&document, "days", &days);
    expect_file!["../../../../../docs/costs.md"].assert_eq(&document);
}

#[test]
fn a_day_of_the_worst_attack_costs_at_most_40_usd_by_default() {
    for region in ["us-east-1", "eu-west-1", "eu-central-1"] {
        let day = worst_day(region, DEFAULT_REQUEST_LIMIT);
        assert!(day <= dec!(40), "{region}: {day} USD");
    }
}
