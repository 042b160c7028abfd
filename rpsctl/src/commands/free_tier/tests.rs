//! The free tier of a stack in the middle of a month.

use rust_decimal::dec;

use super::row::{over, paid_from_the_first, rows};
use super::text;
use crate::billing::prices::Plan;
use crate::commands::billing::tests::stack;

#[test]
fn the_most_endangered_first() {
    let rows = rows(&stack());
    let shown: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                &*row.allowance,
                row.percent,
                row.month_percent,
                row.used_up_on.as_deref(),
            )
        })
        .collect();
    let expected = [
        // 4.2 of 10 now, 12 at the end: 10 are reached after 10/12 of the month, 25 days.
        (
            "alarm-metrics",
            Some(dec!(42)),
            Some(dec!(120)),
            Some("2026-11-26"),
        ),
        // Idle polling and games together: 302,400 now, 864,000 at the end.
        ("sqs-requests", Some(dec!(30.24)), Some(dec!(86.4)), None),
        ("lambda-requests", Some(dec!(22.68)), Some(dec!(64.8)), None),
    ];
    assert_eq!(shown, expected);
    let paid = [
        "websocket-messages",
        "connection-minutes",
        "write-units",
        "read-units",
    ];
    assert_eq!(paid_from_the_first(&stack()), paid);
    insta::assert_snapshot!("wide", text(&stack(), &rows, 80));
    insta::assert_snapshot!("narrow", text(&stack(), &rows, 40));
}

#[test]
fn a_cron_job_hears_of_what_is_over_its_limit() {
    let rows = rows(&stack());
    for (limit, expected) in [(dec!(30), 2), (dec!(30.24), 1), (dec!(42), 0)] {
        assert_eq!(over(&rows, limit).len(), expected, "{limit}");
    }
}

#[test]
fn what_is_not_known_may_be_in_danger() {
    let mut billing = stack();
    let line = &mut billing.usage.lines[6];
    line.amount = crate::billing::usage::Amount::Unknown("AWS does not allow it".to_owned());
    let rows = rows(&billing);
    let first = (
        &*rows[0].allowance,
        rows[0].percent,
        rows[0].unknown.as_deref(),
    );
    assert_eq!(first, ("sqs-requests", None, Some("AWS does not allow it")));
    assert_eq!(over(&rows, dec!(100)).len(), 1);
}

#[test]
fn messages_are_free_in_the_first_twelve_months_of_old_accounts_and_for_nobody_since() {
    let mut billing = stack();
    billing.plan = Plan::Legacy;
    let has_messages = |billing: &crate::commands::billing::Billing| {
        rows(billing)
            .iter()
            .any(|row| row.allowance == "websocket-messages")
    };
    assert!(!has_messages(&billing));
    let then = time::macros::datetime!(2026-06-11 12:00 UTC);
    let june = crate::billing::prices::Month::of(then.date());
    billing.period = crate::billing::usage::Period::new(june, then, 7);
    assert!(has_messages(&billing));
    billing.plan = Plan::Credits;
    assert!(!has_messages(&billing));
}
