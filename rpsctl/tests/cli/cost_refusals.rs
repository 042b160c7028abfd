//! Errors and unknown lines of `rpsctl cost` and `free-tier`.

use serde_json::{Value, json};

use crate::aws::Table;
use crate::cost::{line_of, lines, local, play, report};
use crate::prices::{PriceFile, built_in};
use crate::proxy::{ChangeAnswer, changed};
use crate::rpsctl::{LocalSystem, run};

/// An AWS that denies the call whose request contains this text.
fn without(game: &LocalSystem, call: &'static str) -> String {
    changed(game.endpoint(), call, |answer| {
        answer.refuse(400, "AccessDeniedException");
    })
}

/// The names of unknown lines, separated by spaces.
fn unknown(report: &Value) -> String {
    let unknown = lines(report).iter().filter(|it| !it["unknown"].is_null());
    let names: Vec<_> = unknown
        .map(|line| line["line"].as_str().expect("a name"))
        .collect();
    names.join(" ")
}

#[test]
fn a_denied_call_makes_only_its_lines_unknown() {
    let game = LocalSystem::start();
    play(&game, 1);
    for (call, expected, action) in [
        (
            "/operation/describealarms",
            "alarm-metrics",
            "cloudwatch:DescribeAlarms",
        ),
        (
            ".describeloggroups",
            "logs-stored",
            "logs:DescribeLogGroups",
        ),
        (
            "/configuration ",
            "lambda-gb-seconds",
            "lambda:GetFunctionConfiguration",
        ),
        (".describetable\r\n", "storage", "dynamodb:DescribeTable"),
        (".scan", "open-connections", "dynamodb:Scan"),
        (
            "/operation/getmetricstatistics",
            "messages connection-minutes lambda-requests lambda-gb-seconds write-units read-units operator-reads idle-polling \
             queue-requests logs-ingested custom-metrics transfer-out",
            "cloudwatch:GetMetricStatistics",
        ),
    ] {
        let report = report(&without(&game, call), "cost");
        assert_eq!(unknown(&report), expected, "{call}");
        for name in expected.split(' ') {
            let line = line_of(&report, name);
            assert_eq!(line["cost"], Value::Null);
            let why = line["unknown"].as_str().expect("a reason");
            let expected = format!("AWS does not allow {action} on ");
            assert!(why.starts_with(&expected), "{why}");
        }
    }
}

#[test]
fn an_unknown_usage_may_be_over_its_limit() {
    let game = LocalSystem::start();
    let url = without(&game, ".describeloggroups");
    let ended = local(&url, "free-tier --fail-over 80").ends(4);
    assert_eq!(ended.stderr, "logs-gb may be over the limit of 80 %\n");
}

/// Only the lines that need generated ids are unknown.
#[test]
fn a_denied_stack_description_makes_its_lines_unknown() {
    let game = LocalSystem::start();
    Table::create(game.endpoint(), "rps-dev").describe("wss://a.example/live");
    let endpoint = without(&game, ".getitem");
    let report = report(&endpoint, "cost --stack dev --plan always-free");
    assert_eq!(report["complete"], false);
    // The local AWS has no functions of that stack.
    let expected = "messages lambda-gb-seconds transfer-out page-requests page-transfer";
    assert_eq!(unknown(&report), expected);
}

/// These fail before any call to AWS: nothing listens at the endpoint.
#[test]
fn an_invalid_command_line_fails_before_any_call() {
    for (line, message) in [
        (
            "--month 2999-01",
            "2999-01 has not begun: pass a month up to ",
        ),
        (
            "--prices /no/such/file",
            "cannot read the price file /no/such/file: ",
        ),
        (
            "--region ap-south-2",
            "no built-in prices for ap-south-2, only for ",
        ),
        (
            "--month 2026-11 prices",
            "prices do not depend on a month: leave out --month, --plan",
        ),
        (
            "--what-if cake=1",
            "invalid value 'cake=1' for '--what-if <games=N/month>': use games=N/month or games=N with a whole number",
        ),
    ] {
        let line = format!("cost --endpoint-url http://127.0.0.1:1 {line}");
        let ended = run(line.split(' ')).ends(2);
        ended.notes(&format!("rpsctl: {message}"));
        assert_eq!(
            (ended.stdout.lines().count(), ended.stderr.lines().count()),
            (0, 1)
        );
    }
}

#[test]
fn a_doubtful_price_file_is_used_with_notes() {
    let game = LocalSystem::start();
    play(&game, 1);
    let mut prices = built_in("us-east-1");
    prices["region"] = json!("mars-1");
    prices["dated"] = json!("9999-01-01");
    prices["items"][0]["tiers"] = json!([{ "price": "1000000" }]);
    let file = PriceFile::of(&prices.to_string());
    let line = format!("cost --output json --prices {}", file.path());
    let ended = local(game.endpoint(), &line);
    let report: Value = serde_json::from_str(&ended.stdout).expect("JSON");
    let messages = line_of(&report, "messages");
    // A dollar each.
    assert_eq!(messages["cost"], json!(messages["used"].to_string()));
    for doubt in [
        "the prices are for mars-1, not for us-east-1: ",
        "the prices are dated 9999-01-01, which is in the future: ",
    ] {
        ended.notes(doubt);
        let mut doubts = report["doubts"].as_array().expect("doubts").iter();
        let is_reported = doubts.any(|it| it.as_str().is_some_and(|it| it.starts_with(doubt)));
        assert!(is_reported, "{report}");
    }
}
