//! The free tier plan of the account.

use serde_json::Value;

use crate::aws::Table;
use crate::proxy::{ChangeAnswer, changed};
use crate::rpsctl::{Ended, LocalSystem, run_with};

fn run_for_dev(endpoint: &str, line: &str) -> Ended {
    let line = format!("{line} --stack dev --region us-east-1");
    run_with(&[("AWS_ENDPOINT_URL", endpoint)], line.split(' ')).ends(0)
}

#[test]
fn the_plan_is_read_from_the_account() {
    let game = LocalSystem::start();
    Table::create(game.endpoint(), "rps-dev").describe("wss://a.example/live");
    for (account, plan, note) in [
        (
            r#""FREE","accountPlanStatus":"ACTIVE","accountPlanRemainingCredits":{"amount":119.5,"unit":"USD"}"#,
            "credits",
            "the account has 119.50 USD of credits left",
        ),
        (r#""PAID","accountPlanStatus":"ACTIVE""#, "always-free", ""),
    ] {
        let endpoint = changed(game.endpoint(), ".getaccountplanstate", move |answer| {
            let account = format!(r#""accountId":"000000000000","accountPlanType":{account}"#);
            answer.say(&format!("{{{account}}}"));
        });
        let ended = run_for_dev(&endpoint, "cost --output json");
        let report: Value = serde_json::from_str(&ended.stdout).expect("JSON");
        assert_eq!(report["plan"], plan);
        ended.notes(note);
    }
    // The local AWS has no such API.
    let note = "cannot read the account's free tier, so the always-free plan is assumed: ";
    run_for_dev(game.endpoint(), "free-tier").notes(note);
}
