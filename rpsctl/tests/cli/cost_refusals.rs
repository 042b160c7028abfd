//! What `rpsctl cost` says when something is wrong.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::aws::Table;
use crate::between::{Answer, between};
use crate::cost::{line, local, play, report};
use crate::rpsctl::Game;

/// One thing that may not be looked at is a line that is not known; the others answer.
#[test]
fn one_thing_is_refused() {
    let game = Game::start();
    play(&game, 1);
    for (call, lines, action) in [
        (
            "/operation/describealarms",
            vec!["alarm-metrics"],
            "cloudwatch:DescribeAlarms",
        ),
        (
            ".describeloggroups",
            vec!["logs-stored"],
            "logs:DescribeLogGroups",
        ),
        (
            "/configuration ",
            vec!["lambda-gb-seconds"],
            "lambda:GetFunctionConfiguration",
        ),
        (
            ".describetable\r\n",
            vec!["storage"],
            "dynamodb:DescribeTable",
        ),
        (".scan", vec!["open-connections"], "dynamodb:Scan"),
        (
            "/operation/getmetricstatistics",
            vec![
                "messages",
                "connection-minutes",
                "lambda-requests",
                "lambda-gb-seconds",
                "write-units",
                "read-units",
                "idle-polling",
                "queue-requests",
                "logs-ingested",
                "custom-metrics",
                "transfer-out",
            ],
            "cloudwatch:GetMetricStatistics",
        ),
    ] {
        let endpoint = between(game.endpoint(), move |head, answer: &mut Answer| {
            if head.contains(call) {
                answer.refuse(400, "AccessDeniedException");
            }
        });
        let report = report(&endpoint, "cost");
        let all = report["lines"].as_array().expect("lines");
        let unknown = all.iter().filter(|line| !line["unknown"].is_null());
        let unknown: Vec<_> = unknown
            .map(|line| {
                assert_eq!(line["cost"], Value::Null);
                let why = line["unknown"].as_str().expect("a reason");
                assert!(
                    why.starts_with(&format!("AWS does not allow {action} on ")),
                    "{why}"
                );
                line["line"].as_str().expect("a name")
            })
            .collect();
        assert_eq!(unknown, lines, "{call}");
    }
}

#[test]
fn the_command_line_is_wrong() {
    let game = Game::start();
    let usage = |line: &str, said: &str| {
        let ended = local(game.endpoint(), line);
        assert_eq!((ended.code, &*ended.stdout), (Some(2), ""), "{ended:?}");
        assert!(
            ended.stderr.starts_with(&format!("rpsctl: {said}")),
            "{}",
            ended.stderr
        );
        assert_eq!(ended.stderr.lines().count(), 1);
    };
    usage(
        "cost --month 2999-01",
        "2999-01 has not begun: pass a month up to ",
    );
    usage(
        "cost --month 2020-01",
        "CloudWatch keeps its numbers for 455 days and does not know all of 2020-01 any more: pass a month from 2",
    );
    usage(
        "cost --month november",
        "invalid value 'november' for '--month <YYYY-MM>': a month looks like 2026-11;",
    );
    usage(
        "cost --what-if cake=1",
        "invalid value 'cake=1' for '--what-if <games=N/month>': what if what?",
    );
    usage(
        "cost --month 2026-11 prices",
        "prices are of no month: leave out --month, --plan",
    );
    usage(
        "cost --days 29",
        "invalid value '29' for '--days <DAYS>': 29 is not in 1..=28;",
    );
    usage(
        "free-tier --fail-over much",
        "invalid value 'much' for '--fail-over <PERCENT>':",
    );
    usage(
        "free-tier --fail-over=-1",
        "invalid value '-1' for '--fail-over <PERCENT>': it takes a number from 0 on, such as 80;",
    );
    usage(
        "cost --prices /no/such/file",
        "cannot read the price file /no/such/file: ",
    );
}

/// A region of which nobody has written the prices down.
#[test]
fn a_region_without_prices() {
    let game = Game::start();
    let ended = local(game.endpoint(), "cost --region ap-south-2");
    assert_eq!(ended.code, Some(2), "{ended:?}");
    let said = "rpsctl: no prices of ap-south-2 are built in, only of ";
    assert!(ended.stderr.starts_with(said), "{}", ended.stderr);
}

pub(crate) fn price_file(name: &str, change: impl FnOnce(&mut Value)) -> PathBuf {
    let mut prices = crate::prices::built_in("us-east-1");
    change(&mut prices);
    let name = format!("{}-{name}", uuid::Uuid::new_v4());
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&file, prices.to_string()).expect("written");
    file
}

#[test]
fn other_prices() {
    let game = Game::start();
    play(&game, 1);
    let file = price_file("old.json", |prices| {
        prices["dated"] = json!("2026-01-01");
        prices["region"] = json!("mars-1");
        prices["items"][0]["tiers"] = json!([{ "price": "1000000" }]);
    });
    let ended = local(
        game.endpoint(),
        &format!("cost --output json --prices {}", file.display()),
    );
    let report: Value = serde_json::from_str(&ended.stdout).expect("JSON");
    let messages = line(&report, "messages");
    // A dollar each.
    assert_eq!(messages["cost"], json!(messages["used"].to_string()));
    let region =
        "these are prices of mars-1, not of us-east-1: pass another --prices, or --region mars-1";
    assert_eq!(ended.stderr, format!("{region}\n"));
    let doubts = report["doubts"].as_array().expect("doubts").iter();
    let old = " days old and may have changed: make them anew with `rpsctl cost prices --refresh`";
    let mut said = doubts.filter_map(Value::as_str);
    assert!(said.any(|it| it.ends_with(old)), "{report}");
    std::fs::remove_file(file).expect("removed");
}

/// What guesses at, nobody has confirmed.
#[test]
fn a_price_that_is_a_guess_is_named() {
    let game = Game::start();
    let ended = local(game.endpoint(), "cost --region eu-central-1 --output json");
    let report: Value = serde_json::from_str(&ended.stdout).expect("JSON");
    let doubt = report["doubts"][0].as_str().expect("a doubt");
    let said = "nobody has confirmed the prices of websocket-messages, connection-minutes: ";
    assert!(doubt.starts_with(said), "{doubt}");
}

/// What a stack is made of is not known: what is counted by it is not, and the rest is.
#[test]
fn the_description_of_the_stack_is_refused() {
    let game = Game::start();
    Table::create(game.endpoint(), "rps-dev").describe("wss://a.example/live");
    let endpoint = between(game.endpoint(), move |head, answer: &mut Answer| {
        if head.contains(".getitem") {
            answer.refuse(400, "AccessDeniedException");
        }
    });
    let report = report(&endpoint, "cost --stack dev --plan always-free");
    assert_eq!(report["complete"], false);
    let all = report["lines"].as_array().expect("lines");
    let unknown = all.iter().filter(|line| !line["unknown"].is_null());
    let unknown: Vec<_> = unknown.map(|line| line["line"].clone()).collect();
    // The local AWS has no functions of that stack.
    let expected = [
        "messages",
        "lambda-gb-seconds",
        "transfer-out",
        "page-requests",
        "page-transfer",
    ];
    assert_eq!(unknown, expected);
}
