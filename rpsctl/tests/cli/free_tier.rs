//! `rpsctl free-tier`, and which free tier that is.

use serde_json::{Value, json};

use crate::aws::Table;
use crate::between::{Answer, between};
use crate::cost::{local, play};
use crate::cost_refusals::price_file;
use crate::rpsctl::{Game, run_with};

/// Whoever is on guard hears of it.
#[test]
fn more_is_used_than_is_allowed() {
    let game = Game::start();
    play(&game, 1);
    assert_eq!(
        local(game.endpoint(), "free-tier --fail-over 50").code,
        Some(0)
    );
    let ended = local(game.endpoint(), "free-tier --fail-over 0.00001");
    assert_eq!(ended.code, Some(4));
    assert!(
        ended
            .stderr
            .contains("\nlambda-requests is over 0.00001 %\n"),
        "{}",
        ended.stderr
    );
}

/// The plan is the account's, where AWS tells it.
#[test]
fn the_plan_of_the_account() {
    let game = Game::start();
    Table::create(game.endpoint(), "rps-dev").describe("wss://a.example/live");
    let told = |answer: &'static str| {
        let endpoint = between(game.endpoint(), move |head, it: &mut Answer| {
            if head.contains(".getaccountplanstate") {
                it.say(answer);
            }
        });
        let env = [("AWS_ENDPOINT_URL", &*endpoint)];
        let ended = run_with(
            &env,
            ["free-tier", "--stack", "dev", "--region", "us-east-1"],
        );
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let ended_json = run_with(
            &env,
            [
                "cost",
                "--stack",
                "dev",
                "--region",
                "us-east-1",
                "--output",
                "json",
            ],
        );
        let report: Value = serde_json::from_str(&ended_json.stdout).expect("JSON");
        (report["plan"].clone(), ended.stderr)
    };
    let (plan, said) = told(
        r#"{"accountId":"000000000000","accountPlanType":"FREE","accountPlanStatus":"ACTIVE","accountPlanRemainingCredits":{"amount":119.5,"unit":"USD"}}"#,
    );
    assert_eq!(plan, "credits");
    assert!(
        said.contains("the account has credits of 119.50 USD left"),
        "{said}"
    );
    let (plan, _) = told(
        r#"{"accountId":"000000000000","accountPlanType":"PAID","accountPlanStatus":"ACTIVE"}"#,
    );
    assert_eq!(plan, "always-free");
    // The local AWS has no such API.
    let env = [("AWS_ENDPOINT_URL", game.endpoint())];
    let ended = run_with(
        &env,
        ["free-tier", "--stack", "dev", "--region", "us-east-1"],
    );
    assert_eq!(ended.code, Some(0));
    let said = "the account's free tier is not known, so only what is always free counts";
    assert!(ended.stderr.contains(said), "{}", ended.stderr);
}

/// Of what is not known nobody can say that it is within its limit; nor is it said to be over.
#[test]
fn what_is_not_known_may_be_over() {
    let game = Game::start();
    let endpoint = between(game.endpoint(), |head, answer: &mut Answer| {
        if head.contains(".describeloggroups") {
            answer.refuse(400, "AccessDeniedException");
        }
    });
    let ended = local(&endpoint, "free-tier --fail-over 80");
    assert_eq!(
        (ended.code, &*ended.stderr),
        (Some(4), "logs-gb may be over 80 %\n")
    );
}

/// An offer that is over for everybody is named.
#[test]
fn the_first_twelve_months_are_over() {
    let game = Game::start();
    let said = "the offers of the first 12 months are over for everybody in ";
    let now = local(game.endpoint(), "free-tier --plan legacy");
    assert!(now.stdout.contains(said), "{}", now.stdout);
    let file = price_file("longer.json", |prices| {
        prices["allowances"][0]["until"] = json!("9999-01-01");
    });
    let line = format!("free-tier --plan legacy --prices {}", file.display());
    let longer = local(game.endpoint(), &line);
    assert!(!longer.stdout.contains(said), "{}", longer.stdout);
    assert!(
        longer.stdout.contains("\nwebsocket-messages "),
        "{}",
        longer.stdout
    );
    std::fs::remove_file(file).expect("removed");
}
