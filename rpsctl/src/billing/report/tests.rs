//! The bill of a stack in the middle of a month: 25,200 games in ten days and a half, 12 alarm metrics, and an unknown
//! number of read units. Prices of us-east-1, plan always-free.

use super::*;
use crate::billing::tests::stack;
use crate::billing::usage::Hours;
use crate::billing::what_if;

fn line(report: &CostReport, line: BillLine) -> &ReportLine {
    let line = report.lines.iter().find(|it| it.line == line);
    line.expect("a line")
}

/// Parses numbers that are separated by spaces; `?` is none.
fn numbers(text: &str) -> Vec<Option<Decimal>> {
    let parse = |number: &str| (number != "?").then(|| number.parse().expect("a number"));
    text.split_whitespace().map(parse).collect()
}

/// A line's used, free and billable units and its cost so far.
fn so_far(line: &ReportLine) -> [Option<Decimal>; 4] {
    [line.used, line.free, line.billable, line.cost]
}

#[test]
fn a_month_to_date_and_to_its_end() {
    let report = CostReport::of(&stack());
    // 252 hours of 720 are over; each line continues at the same rate. So far: used, free, billable, cost; for the whole
    // month: used, cost.
    for (bill_line, expected) in [
        // 252 x 1,100 messages at 1.00 a million, none free; 720 x 1,100 in the month.
        (BillLine::Messages, "277200 0 277200 0.2772 792000 0.792"),
        // Open connections do not predict the rest of the month.
        (BillLine::OpenConnections, "12 0 12 0.000003 12 0.000003"),
        // A million is free.
        (BillLine::LambdaRequests, "226800 226800 0 0 648000 0"),
        // 0.625 a million.
        (BillLine::WriteUnits, "352800 0 352800 0.2205 1008000 0.63"),
        (BillLine::ReadUnits, "? ? ? ? ? ?"),
        // Idle polling uses SQS's free million before the games do.
        (BillLine::IdlePolling, "226800 226800 0 0 648000 0"),
        (BillLine::QueueRequests, "75600 75600 0 0 216000 0"),
        // 12 for 35 % of the month are 4.2; 10 are free. In the whole month two are billable: 0.20.
        (BillLine::AlarmMetrics, "4.2 4.2 0 0 12 0.2"),
    ] {
        let line = line(&report, bill_line);
        let sums = [&so_far(line)[..], &[line.month_used, line.month_cost]].concat();
        assert_eq!(sums, numbers(expected), "{bill_line:?}");
    }
    let polling = line(&report, BillLine::IdlePolling);
    assert_eq!(polling.allowances, ["sqs-requests"]);
    assert!(line(&report, BillLine::Messages).allowances.is_empty());
    assert_eq!(report.cost, dec!(0.497703));
    assert_eq!(report.month_cost, dec!(1.622003));
}

#[test]
fn the_cost_of_a_game() {
    let report = CostReport::of(&stack());
    assert_eq!(report.games, Some(dec!(25_200)));
    // (0.2772 + 0.000003 + 0.2205) / 25,200; without free allowances also 0.04536 for Lambda and 0.03024 for SQS. Idle
    // polling and alarms do not count, because they do not depend on games.
    let rounded = |cost: Option<Decimal>| cost.map(|cost| cost.round_dp(10));
    assert_eq!(rounded(report.cost_per_game), Some(dec!(0.0000197501)));
    assert_eq!(rounded(report.list_cost_per_game), Some(dec!(0.0000227501)));
    let thousand = report.cost_per_game.map(|cost| cost * dec!(1000));
    assert_eq!(report.cost_per_1000_games, thousand);
}

#[test]
fn a_million_games_cost_a_million_times_the_measured_game() {
    let games = "games=1000000/month".parse().expect("games");
    let report = what_if::report(&stack(), games).expect("games were measured");
    for (bill_line, expected) in [
        (BillLine::Messages, "11000000 0 11000000 11"),
        (BillLine::LambdaRequests, "9000000 1000000 8000000 1.6"),
        (BillLine::WriteUnits, "14000000 0 14000000 8.75"),
        // Polled all month, as without games.
        (BillLine::IdlePolling, "648000 648000 0 0"),
        // Idle polling leaves 352,000 of the free million.
        (BillLine::QueueRequests, "3000000 352000 2648000 1.0592"),
        (BillLine::AlarmMetrics, "12 10 2 0.2"),
    ] {
        let rounded = so_far(line(&report, bill_line)).map(|it| it.map(|it| it.round_dp(9)));
        assert_eq!(rounded[..], numbers(expected), "{bill_line:?}");
    }
    assert_eq!(report.what_if_games, Some(dec!(1_000_000)));
    assert!(report.days.is_empty());
}

#[test]
fn without_games_the_cost_of_a_game_is_unknown() {
    let mut billing = stack();
    billing.usage.games = Ok(Hours::new());
    let games = "games=1000000/month".parse().expect("games");
    let error = what_if::report(&billing, games).expect_err("no games");
    let message = error.to_string();
    assert!(
        message.starts_with("cannot measure the usage of a game: no game ended in 2026-11; "),
        "{message}"
    );
    assert_eq!(CostReport::of(&billing).cost_per_game, None);
}

#[test]
fn the_report_has_each_day() {
    let report = CostReport::of(&stack());
    let games: Vec<_> = report.days.iter().map(|day| day.games).collect();
    let mut expected = vec![Some(dec!(2_400)); 10];
    expected.push(Some(dec!(1_200)));
    assert_eq!(games, expected);
    // A day's 24 hours of messages, invocations, writes and requests, at the first tier's prices.
    let day = dec!(24) * (dec!(0.0011) + dec!(0.00018) + dec!(0.000875) + dec!(0.00048));
    assert_eq!(report.days[0].list_cost, day);
}
