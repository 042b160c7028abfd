//! What `rpsctl cost` and `free-tier` say when something is wrong.

use serde_json::{Value, json};

use crate::aws::Table;
use crate::cost::{line_of, lines, local, play, report};
use crate::prices::{File, built_in};
use crate::proxy::{Changing, changed};
use crate::rpsctl::{Game, run};

/// An AWS that allows everything but one call, by what its request has.
fn without(game: &Game, call: &'static str) -> String {
    changed(game.endpoint(), call, |answer| {
        answer.refuse(400, "AccessDeniedException");
    })
}

/// The lines that are not known, separated by spaces.
fn unknown(report: &Value) -> String {
    let unknown = lines(report).iter().filter(|it| !it["unknown"].is_null());
    let names: Vec<_> = unknown
        .map(|line| line["line"].as_str().expect("a name"))
        .collect();
    names.join(" ")
}

/// One thing that may not be looked at is a line that is not known; the others answer.
#[test]
fn one_thing_is_refused() {
    let game = Game::start();
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
            "messages connection-minutes lambda-requests lambda-gb-seconds write-units read-units idle-polling \
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
            let refused = format!("AWS does not allow {action} on ");
            assert!(why.starts_with(&refused), "{why}");
        }
    }
}

/// Of what is not known nobody can say that it is within its limit; nor is it said to be over.
#[test]
fn what_is_not_known_may_be_over() {
    let game = Game::start();
    let url = without(&game, ".describeloggroups");
    let ended = local(&url, "free-tier --fail-over 80").ends(4);
    assert_eq!(ended.stderr, "logs-gb may be over 80 %\n");
}

/// What a stack is made of is not known: what is counted by it is not, and the rest is.
#[test]
fn the_description_of_the_stack_is_refused() {
    let game = Game::start();
    Table::create(game.endpoint(), "rps-dev").describe("wss://a.example/live");
    let endpoint = without(&game, ".getitem");
    let report = report(&endpoint, "cost --stack dev --plan always-free");
    assert_eq!(report["complete"], false);
    // The local AWS has no functions of that stack.
    let expected = "messages lambda-gb-seconds transfer-out page-requests page-transfer";
    assert_eq!(unknown(&report), expected);
}

/// Before AWS is asked anything: none is there.
#[test]
fn the_command_line_is_wrong() {
    for (line, said) in [
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
            "no prices of ap-south-2 are built in, only of ",
        ),
        (
            "--month 2026-11 prices",
            "prices are of no month: leave out --month, --plan",
        ),
        (
            "--what-if cake=1",
            "invalid value 'cake=1' for '--what-if <games=N/month>': what if what?",
        ),
    ] {
        let line = format!("cost --endpoint-url http://127.0.0.1:1 {line}");
        let ended = run(line.split(' ')).ends(2);
        ended.notes(&format!("rpsctl: {said}"));
        assert_eq!(
            (ended.stdout.lines().count(), ended.stderr.lines().count()),
            (0, 1)
        );
    }
}

#[test]
fn other_prices() {
    let game = Game::start();
    play(&game, 1);
    let mut prices = built_in("us-east-1");
    prices["region"] = json!("mars-1");
    prices["items"][0]["tiers"] = json!([{ "price": "1000000" }]);
    let file = File::of(&prices.to_string());
    let line = format!("cost --output json --prices {}", file.path());
    let ended = local(game.endpoint(), &line);
    let report: Value = serde_json::from_str(&ended.stdout).expect("JSON");
    let messages = line_of(&report, "messages");
    // A dollar each.
    assert_eq!(messages["cost"], json!(messages["used"].to_string()));
    ended.notes("these are prices of mars-1, not of us-east-1: ");
}
