//! The bill of a stack in the middle of a month: 25,200 games in ten days and a half, 12 alarm metrics, and reads that
//! AWS does not tell. Prices of us-east-1, always-free.

use super::*;
use crate::billing::tests::stack;
use crate::billing::usage::Hours;
use crate::billing::what_if;

fn line(report: &Report, line: Line) -> &ReportLine {
    let found = report.lines.iter().find(|it| it.line == line);
    found.expect("a line")
}

/// Numbers, separated by spaces; `?` is none.
fn numbers(text: &str) -> Vec<Option<Decimal>> {
    let parse = |number: &str| (number != "?").then(|| number.parse().expect("a number"));
    text.split_whitespace().map(parse).collect()
}

/// What is used, free, billable and paid so far.
fn so_far(line: &ReportLine) -> [Option<Decimal>; 4] {
    [line.used, line.free, line.billable, line.cost]
}

#[test]
fn a_month_to_date_and_to_its_end() {
    let report = Report::of(&stack());
    // 252 hours of 720 are over; each line goes on as before. What is used, free, billable and paid so far; what the
    // month will have used and cost.
    for (which, expected) in [
        // 252 x 1,100 messages at 1.00 a million, none free; 720 x 1,100 in the month.
        (Line::Messages, "277200 0 277200 0.2772 792000 0.792"),
        // Minutes of who is still connected say nothing of the rest of the month.
        (Line::OpenConnections, "12 0 12 0.000003 12 0.000003"),
        // Of a million that are free.
        (Line::LambdaRequests, "226800 226800 0 0 648000 0"),
        // 0.625 a million.
        (Line::WriteUnits, "352800 0 352800 0.2205 1008000 0.63"),
        (Line::ReadUnits, "? ? ? ? ? ?"),
        // Of SQS's million, which it shares with the games and gets first.
        (Line::IdlePolling, "226800 226800 0 0 648000 0"),
        (Line::QueueRequests, "75600 75600 0 0 216000 0"),
        // 12 for 35 % of the month are 4.2, of 10 that are free. In the whole month two are paid: 0.20.
        (Line::AlarmMetrics, "4.2 4.2 0 0 12 0.2"),
    ] {
        let line = line(&report, which);
        let sums = [&so_far(line)[..], &[line.month_used, line.month_cost]].concat();
        assert_eq!(sums, numbers(expected), "{which:?}");
    }
    let polling = line(&report, Line::IdlePolling);
    assert_eq!(polling.allowances, ["sqs-requests"]);
    assert!(line(&report, Line::Messages).allowances.is_empty());
    assert_eq!(report.cost, dec!(0.497703));
    assert_eq!(report.month_cost, dec!(1.622003));
}

#[test]
fn what_a_game_costs() {
    let report = Report::of(&stack());
    assert_eq!(report.games, Some(dec!(25_200)));
    // (0.2772 + 0.000003 + 0.2205) / 25,200; if nothing is free also 0.04536 for Lambda and 0.03024 for SQS. What is there
    // without games, idle polling and alarms, is no part of it.
    let rounded = |cost: Option<Decimal>| cost.map(|cost| cost.round_dp(10));
    assert_eq!(rounded(report.cost_per_game), Some(dec!(0.0000197501)));
    assert_eq!(rounded(report.list_cost_per_game), Some(dec!(0.0000227501)));
    let thousand = report.cost_per_game.map(|cost| cost * dec!(1000));
    assert_eq!(report.cost_per_1000_games, thousand);
}

#[test]
fn a_million_games_by_what_a_game_has_used() {
    let games = "games=1000000/month".parse().expect("games");
    let report = what_if::report(&stack(), games).expect("games were measured");
    for (which, expected) in [
        (Line::Messages, "11000000 0 11000000 11"),
        (Line::LambdaRequests, "9000000 1000000 8000000 1.6"),
        (Line::WriteUnits, "14000000 0 14000000 8.75"),
        // Polled all month, and no more than without games.
        (Line::IdlePolling, "648000 648000 0 0"),
        // What idle polling leaves of the million is free.
        (Line::QueueRequests, "3000000 352000 2648000 1.0592"),
        (Line::AlarmMetrics, "12 10 2 0.2"),
    ] {
        let rounded = so_far(line(&report, which)).map(|it| it.map(|it| it.round_dp(9)));
        assert_eq!(rounded[..], numbers(expected), "{which:?}");
    }
    assert_eq!(report.what_if_games, Some(dec!(1_000_000)));
    assert!(report.days.is_empty());
}

#[test]
fn without_games_nothing_is_known_of_one() {
    let mut billing = stack();
    billing.usage.games = Ok(Hours::new());
    let games = "games=1000000/month".parse().expect("games");
    let refused = what_if::report(&billing, games).expect_err("nothing measured");
    let refused = refused.to_string();
    assert!(
        refused.starts_with("no game was over in 2026-11, so"),
        "{refused}"
    );
    assert_eq!(Report::of(&billing).cost_per_game, None);
}

#[test]
fn each_day_is_there() {
    let report = Report::of(&stack());
    let games: Vec<_> = report.days.iter().map(|day| day.games).collect();
    let mut expected = vec![Some(dec!(2_400)); 10];
    expected.push(Some(dec!(1_200)));
    assert_eq!(games, expected);
    // A day's 24 hours of messages, invocations, writes and requests, at the first tier's prices.
    let day = dec!(24) * (dec!(0.0011) + dec!(0.00018) + dec!(0.000875) + dec!(0.00048));
    assert_eq!(report.days[0].list_cost, day);
}
