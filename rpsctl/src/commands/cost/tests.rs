//! The bill of a stack in the middle of a month: 25,200 games in ten days and a half, 12 alarm metrics, and reads that
//! AWS does not tell. Prices of us-east-1, always-free.

use rust_decimal::{Decimal, dec};

use super::report::{Report, ReportLine};
use super::{show, what_if};
use crate::billing::usage::Line;
use crate::commands::billing::tests::stack;

fn line(report: &Report, line: Line) -> &ReportLine {
    let found = report.lines.iter().find(|it| it.line == line);
    found.expect("a line")
}

/// What is used, free, billable and paid so far, and what the month will have used and cost.
fn sums(line: &ReportLine) -> [Option<Decimal>; 6] {
    let paid = [line.used, line.free, line.billable, line.cost];
    let [used, free, billable, cost] = paid;
    [used, free, billable, cost, line.month_used, line.month_cost]
}

#[test]
fn a_month_to_date_and_to_its_end() {
    let report = Report::of(&stack());
    // 252 hours of 720 are over; each line goes on as before.
    let table = [
        // 252 x 1,100 messages at 1.00 a million, none free; 720 x 1,100 in the month.
        (
            Line::Messages,
            [
                dec!(277_200),
                dec!(0),
                dec!(277_200),
                dec!(0.2772),
                dec!(792_000),
                dec!(0.792),
            ],
        ),
        // Minutes of who is still connected say nothing of the rest of the month.
        (
            Line::OpenConnections,
            [
                dec!(12),
                dec!(0),
                dec!(12),
                dec!(0.000003),
                dec!(12),
                dec!(0.000003),
            ],
        ),
        // Of a million that are free.
        (
            Line::LambdaRequests,
            [
                dec!(226_800),
                dec!(226_800),
                dec!(0),
                dec!(0),
                dec!(648_000),
                dec!(0),
            ],
        ),
        // 0.625 a million.
        (
            Line::WriteUnits,
            [
                dec!(352_800),
                dec!(0),
                dec!(352_800),
                dec!(0.2205),
                dec!(1_008_000),
                dec!(0.63),
            ],
        ),
        // Of SQS's million, which it shares with the games and gets first.
        (
            Line::IdlePolling,
            [
                dec!(226_800),
                dec!(226_800),
                dec!(0),
                dec!(0),
                dec!(648_000),
                dec!(0),
            ],
        ),
        (
            Line::QueueRequests,
            [
                dec!(75_600),
                dec!(75_600),
                dec!(0),
                dec!(0),
                dec!(216_000),
                dec!(0),
            ],
        ),
        // 12 for 35 % of the month are 4.2, of 10 that are free. In the whole month two are paid: 0.20.
        (
            Line::AlarmMetrics,
            [dec!(4.2), dec!(4.2), dec!(0), dec!(0), dec!(12), dec!(0.2)],
        ),
    ];
    for (which, expected) in table {
        assert_eq!(sums(line(&report, which)), expected.map(Some), "{which:?}");
    }
    assert_eq!(
        line(&report, Line::IdlePolling).allowances,
        ["sqs-requests"]
    );
    assert!(line(&report, Line::Messages).allowances.is_empty());
    assert_eq!(sums(line(&report, Line::ReadUnits)), [None; 6]);
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
    let table = [
        (
            Line::Messages,
            [dec!(11_000_000), dec!(0), dec!(11_000_000), dec!(11)],
        ),
        (
            Line::LambdaRequests,
            [dec!(9_000_000), dec!(1_000_000), dec!(8_000_000), dec!(1.6)],
        ),
        (
            Line::WriteUnits,
            [dec!(14_000_000), dec!(0), dec!(14_000_000), dec!(8.75)],
        ),
        // Polled all month, and no more than without games.
        (
            Line::IdlePolling,
            [dec!(648_000), dec!(648_000), dec!(0), dec!(0)],
        ),
        // What idle polling leaves of the million is free.
        (
            Line::QueueRequests,
            [
                dec!(3_000_000),
                dec!(352_000),
                dec!(2_648_000),
                dec!(1.0592),
            ],
        ),
        (Line::AlarmMetrics, [dec!(12), dec!(10), dec!(2), dec!(0.2)]),
    ];
    for (which, expected) in table {
        let all = sums(line(&report, which));
        let rounded = [0, 1, 2, 3].map(|index| all[index].map(|it| it.round_dp(9).normalize()));
        assert_eq!(
            rounded,
            expected.map(|it| Some(it.normalize())),
            "{which:?}"
        );
    }
    assert_eq!(report.what_if_games, Some(dec!(1_000_000)));
    assert!(report.days.is_empty());
}

#[test]
fn without_games_nothing_is_known_of_one() {
    let mut billing = stack();
    billing.usage.games = Ok(crate::billing::usage::Hours::new());
    let games = "games=1000000/month".parse().expect("games");
    let refused = what_if::report(&billing, games).expect_err("nothing measured");
    assert!(
        refused
            .to_string()
            .starts_with("no game was over in 2026-11, so"),
        "{refused}"
    );
    let report = Report::of(&billing);
    assert_eq!(report.cost_per_game, None);
    assert!(show::text(&report, 80).contains("games      none is over"));
}

#[test]
fn a_bill_on_a_terminal() {
    insta::assert_snapshot!("wide", show::text(&Report::of(&stack()), 80));
    insta::assert_snapshot!("narrow", show::text(&Report::of(&stack()), 40));
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
