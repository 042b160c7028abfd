//! `rpsctl cost`.

use aws_sdk_dynamodb::types::{
    AttributeDefinition, KeySchemaElement, KeyType, ProvisionedThroughput, ScalarAttributeType,
};
use serde_json::{Value, json};

use crate::aws::Table;
use crate::rpsctl::{Ended, LocalSystem, run};

pub(crate) fn local(endpoint: &str, line: &str) -> Ended {
    let args = line.split(' ').chain(["--endpoint-url", endpoint]);
    run(args)
}

/// Plays games, and waits until their metrics no longer change.
pub(crate) fn play(game: &LocalSystem, games: u32) {
    let line = format!("bots --games {games} --concurrency 4 --url {}", game.url());
    assert_eq!(run(line.split(' ')).code, Some(0));
    let usage = || {
        let report = report(game.endpoint(), "cost");
        [
            "connection-minutes",
            "lambda-requests",
            "write-units",
            "queue-requests",
        ]
        .map(|name| line_of(&report, name)["used"].as_u64().unwrap_or_default())
    };
    let mut before = usage();
    for _ in 0..100 {
        let now = usage();
        // All players have reported their minutes, and nothing changed since then.
        if now == before && now[0] >= u64::from(2 * games) {
            return;
        }
        before = now;
    }
    panic!("the metrics never become final: {before:?}");
}

pub(crate) fn report(endpoint: &str, line: &str) -> Value {
    let ended = local(endpoint, &format!("{line} --output json")).ends(0);
    serde_json::from_str(&ended.stdout).expect("one JSON value")
}

pub(crate) fn lines(report: &Value) -> &[Value] {
    report["lines"].as_array().expect("lines")
}

pub(crate) fn line_of<'a>(report: &'a Value, name: &str) -> &'a Value {
    let line = lines(report).iter().find(|it| it["line"] == name);
    line.unwrap_or_else(|| panic!("no {name}"))
}

/// The report, and that of a million games. The last `$disconnect` may come between the two: then they are made again.
fn reports_of_the_same_usage(endpoint: &str) -> [Value; 2] {
    let invocations = |report: &Value| line_of(report, "lambda-requests")["used"].clone();
    loop {
        let four = report(endpoint, "cost");
        let million = report(endpoint, "cost --what-if games=1000000/month");
        if invocations(&report(endpoint, "cost")) == invocations(&four) {
            return [four, million];
        }
    }
}

/// The report shows the local AWS's metrics. A million games use 250,000 times as much as four.
#[test]
fn the_report_shows_the_usage_of_games() {
    let game = LocalSystem::start();
    play(&game, 4);
    // So many other reads that the estimate of the games' reads is at its maximum.
    (0..10).for_each(|_| drop(local(game.endpoint(), "games list").ends(0)));
    let [four, million] = reports_of_the_same_usage(game.endpoint());
    assert_eq!(four["games"], 4);
    assert_eq!(million["what_if_games"], 1_000_000);
    for (name, least) in [
        ("messages", 44),
        ("connection-minutes", 8),
        ("lambda-requests", 36),
        ("write-units", 48),
        ("read-units", 20),
        ("queue-requests", 12),
    ] {
        let line = line_of(&four, name);
        let used = line["used"].as_f64().expect("known");
        assert!(used >= f64::from(least), "{line}");
        assert_eq!(line["unknown"], Value::Null);
        assert_eq!(line["grows_with_games"], true);
        let of_million = line_of(&million, name)["used"].as_f64().expect("known");
        let difference = used * 250_000.0 - of_million;
        assert!(difference.abs() < 0.01, "{name}: {used}, {of_million}");
    }
    for line in lines(&four) {
        let number = |name: &str| line[name].as_f64().expect("known");
        let rest = number("used") - number("free") - number("billable");
        assert!(rest.abs() < 1e-9, "{line}");
    }
    scans_do_not_raise_the_cost_of_a_game(&game, &four);
    verbose_reports_the_requests(&game);
    fail_over_reports_the_allowance(&game);
}

/// `cost` scans the table too.
fn scans_do_not_raise_the_cost_of_a_game(game: &LocalSystem, before: &Value) {
    local(game.endpoint(), "games list").ends(0);
    let after = report(game.endpoint(), "cost");
    assert_eq!(after["list_cost_per_game"], before["list_cost_per_game"]);
    let reads = |report| {
        let line = line_of(report, "operator-reads");
        assert_eq!(line["grows_with_games"], false);
        let estimates = [line, line_of(report, "read-units")].map(|line| &line["estimate"]);
        assert_eq!(estimates, [true, true]);
        line["used"].as_f64().expect("known")
    };
    assert!(reads(&after) > reads(before), "{after}");
}

fn verbose_reports_the_requests(game: &LocalSystem) {
    let ended = local(game.endpoint(), "cost --verbose");
    let said =
        "this command made 26 CloudWatch requests (GetMetricStatistics and DescribeAlarms): ";
    assert!(ended.stderr.starts_with(said), "{}", ended.stderr);
}

fn fail_over_reports_the_allowance(game: &LocalSystem) {
    local(game.endpoint(), "free-tier --fail-over 50%").ends(0);
    let over = local(game.endpoint(), "free-tier --fail-over 0.00001").ends(4);
    let mut said = over.stderr.lines();
    let is_said = said.any(|it| it == "lambda-requests is over the limit of 0.00001 %");
    assert!(is_said, "{}", over.stderr);
    let over = local(game.endpoint(), "free-tier --fail-over 0.00001 --forecast").ends(4);
    over.notes("lambda-requests is forecast to be over the limit of 0.00001 %\n");
    local(game.endpoint(), "free-tier --forecast").ends(2);
}

#[test]
fn without_games_there_is_no_estimate() {
    let game = LocalSystem::start();
    let ended = local(game.endpoint(), "cost --what-if games=1000000/month");
    assert_eq!((ended.code, &*ended.stdout), (Some(5), ""));
    ended.notes("play some, such as with `rpsctl bots`");
    let report = report(game.endpoint(), "cost");
    assert_eq!(
        (&report["games"], &report["cost_per_game"]),
        (&json!(0), &Value::Null)
    );
    // A line without data says so.
    let messages = line_of(&report, "messages");
    assert_eq!(messages["note"], "CloudWatch has no data");
}

fn provisioned_table(endpoint: &str) -> Table {
    let table = Table::at(endpoint, "rps-dev");
    table.ask(async |sdk| {
        let key = KeySchemaElement::builder()
            .attribute_name("pk")
            .key_type(KeyType::Hash);
        let attribute = AttributeDefinition::builder()
            .attribute_name("pk")
            .attribute_type(ScalarAttributeType::S);
        let capacity = ProvisionedThroughput::builder()
            .read_capacity_units(25)
            .write_capacity_units(20);
        let create = aws_sdk_dynamodb::Client::new(sdk)
            .create_table()
            .table_name("rps-dev")
            .key_schema(key.build().expect("complete"))
            .attribute_definitions(attribute.build().expect("complete"))
            .provisioned_throughput(capacity.build().expect("complete"));
        create.send().await.expect("a table");
    });
    table
}

/// Here a provisioned table and a page.
#[test]
fn the_resources_of_a_stack_have_their_own_lines() {
    let game = LocalSystem::start();
    let table = provisioned_table(game.endpoint());
    table.describe_with(&[("distribution", "E1")], "wss://a.example/live");
    let this_month = time::OffsetDateTime::now_utc()
        .date()
        .replace_day(1)
        .expect("a day");
    let last = this_month.previous_day().expect("a day");
    let month = format!("{}-{:02}", last.year(), u8::from(last.month()));
    let report = report(
        game.endpoint(),
        &format!("cost --stack dev --plan always-free --month {month}"),
    );
    let used = |name: &str| line_of(&report, name)["used"].clone();
    let hours = 24 * u64::from(last.day());
    assert_eq!(
        (used("write-capacity"), used("read-capacity")),
        (json!(20 * hours), json!(25 * hours))
    );
    assert_eq!(line_of(&report, "read-capacity")["cost"], "0");
    assert_eq!(
        (used("page-requests"), used("page-transfer")),
        (json!(0), json!(0))
    );
    // AWS does not report past numbers of dashboards.
    let dashboards = line_of(&report, "dashboards");
    assert_eq!(dashboards["used"], 1);
    assert_eq!(dashboards["note"], "estimate: the current value");
    assert_eq!(report["method"], "the month is over");
    let has = |name: &str| lines(&report).iter().any(|it| it["line"] == name);
    assert!(!has("write-units") && !has("open-connections"));
}

/// A new system's usage begins in the minute of its first poll, not at the full hour.
#[test]
fn the_forecast_names_the_first_usage() {
    let minute = |time: time::OffsetDateTime| {
        let (date, hour, minute) = (time.date(), time.hour(), time.minute());
        format!("{date} {hour:02}:{minute:02} UTC on")
    };
    let before = minute(time::OffsetDateTime::now_utc());
    let game = LocalSystem::start();
    let polled = || {
        let report = report(game.endpoint(), "cost");
        let polls = line_of(&report, "idle-polling")["used"].as_u64();
        polls.is_some_and(|polls| polls > 0).then_some(report)
    };
    let report = (0..1000)
        .find_map(|_| polled())
        .expect("the queue is polled");
    let method = report["method"].as_str().expect("a method");
    let (_, since) = method.split_once(" from ").expect("a time");
    let now = minute(time::OffsetDateTime::now_utc());
    assert!(
        (before.as_str()..=now.as_str()).contains(&since),
        "{method}"
    );
}
