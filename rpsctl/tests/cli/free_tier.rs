//! Which free tier the account has.

use serde_json::Value;

use crate::aws::Table;
use crate::proxy::{Changing, changed};
use crate::rpsctl::{Ended, Game, run_with};

fn ask(endpoint: &str, line: &str) -> Ended {
    let line = format!("{line} --stack dev --region us-east-1");
    run_with(&[("AWS_ENDPOINT_URL", endpoint)], line.split(' ')).ends(0)
}

/// The plan is the account's, where AWS tells it.
#[test]
fn the_plan_of_the_account() {
    let game = Game::start();
    Table::create(game.endpoint(), "rps-dev").describe("wss://a.example/live");
    for (account, plan, said) in [
        (
            r#""FREE","accountPlanStatus":"ACTIVE","accountPlanRemainingCredits":{"amount":119.5,"unit":"USD"}"#,
            "credits",
            "the account has credits of 119.50 USD left",
        ),
        (r#""PAID","accountPlanStatus":"ACTIVE""#, "always-free", ""),
    ] {
        let endpoint = changed(game.endpoint(), ".getaccountplanstate", move |answer| {
            let account = format!(r#""accountId":"000000000000","accountPlanType":{account}"#);
            answer.say(&format!("{{{account}}}"));
        });
        let ended = ask(&endpoint, "cost --output json");
        let report: Value = serde_json::from_str(&ended.stdout).expect("JSON");
        assert_eq!(report["plan"], plan);
        ended.notes(said);
    }
    // The local AWS has no such API.
    let said = "the account's free tier is not known, so only what is always free counts";
    ask(game.endpoint(), "free-tier").notes(said);
}
