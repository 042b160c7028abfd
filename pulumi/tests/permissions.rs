//! Tests the functions' permissions: what their roles allow, and who may use the roles.

mod program_reader;
mod support;

use std::collections::BTreeSet;

use rps_contract::names::{Function, KEY_PREFIXES};
use rps_contract::stack::ITEM_KEY;
use rps_handlers::ports::actions;
use rps_infra::Settings;
use serde_json::{Value, json};

use self::program_reader::of_type;
use self::support::{full_settings, program_json};

/// The actions with which Lambda polls the queue, in the role of `decide`.
const POLLING: [&str; 3] = [
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
];

/// The pairs of action and resource that a policy allows.
fn allowed_actions(policy: &Value) -> Vec<(String, String)> {
    let document = &policy["policy"]["fn::toJSON"];
    let mut allowed = Vec::new();
    for statement in document["Statement"].as_array().expect("statements") {
        assert_eq!(statement["Effect"], "Allow");
        let list = |key: &str| statement[key].as_array().expect("a list").clone();
        for action in list("Action") {
            for resource in list("Resource") {
                let text = |value: &Value| value.as_str().expect("text").to_owned();
                allowed.push((text(&action), text(&resource)));
            }
        }
    }
    allowed
}

/// The resource on which a function may use the action.
fn resource(name: &str, action: &str) -> String {
    match action.split_once(':').expect("a service") {
        ("logs", _) => format!("${{{name}-logs.arn}}:*"),
        ("dynamodb", _) => "${table.arn}".to_owned(),
        ("sqs", _) => "${rounds.arn}".to_owned(),
        ("execute-api", call) => {
            let method = call.trim_start_matches("ManageConnections/");
            format!("${{api.executionArn}}/live/{method}/@connections/*")
        }
        _ => panic!("{action}"),
    }
}

#[test]
fn each_function_has_exactly_the_permissions_that_its_ports_need() {
    let program = program_json(&full_settings());
    for function in Function::ALL {
        let name = function.name();
        let mut expected = vec!["logs:CreateLogStream", "logs:PutLogEvents"];
        expected.extend(actions(function));
        if function == Function::Decide {
            expected.extend(POLLING);
        }
        let expected = expected.into_iter().map(|action| {
            let plain = action.split('/').next().expect("an action");
            (plain.to_owned(), resource(name, action))
        });
        let policy = &program["resources"][format!("{name}-policy")]["properties"];
        let allowed = allowed_actions(policy);
        assert_eq!(allowed.len(), expected.len(), "{name}");
        assert_eq!(BTreeSet::from_iter(allowed), expected.collect(), "{name}");
        assert_eq!(policy["role"], format!("${{{name}-role.name}}"));
        let role = &program["resources"][name]["properties"]["role"];
        assert_eq!(role, &json!(format!("${{{name}-role.arn}}")), "own role");
    }
    let policies = of_type(&program, "aws:iam:RolePolicy");
    assert_eq!(policies.count(), Function::ALL.len());
}

/// Otherwise a function could send rpsctl, which signs its requests, to another address.
#[test]
fn no_function_may_write_the_stack_description() {
    let program = program_json(&full_settings());
    let keys = KEY_PREFIXES.map(|prefix| {
        assert!(!ITEM_KEY.starts_with(prefix));
        format!("{prefix}*")
    });
    let only_items_of_games =
        json!({ "ForAllValues:StringLike": { "dynamodb:LeadingKeys": keys } });
    for policy in of_type(&program, "aws:iam:RolePolicy") {
        let statements = policy["policy"]["fn::toJSON"]["Statement"].as_array();
        for statement in statements.expect("statements") {
            let is_table = statement["Resource"] == json!(["${table.arn}"]);
            let expected = if is_table {
                &only_items_of_games
            } else {
                &Value::Null
            };
            assert_eq!(&statement["Condition"], expected, "{statement}");
        }
    }
}

#[test]
fn only_lambda_in_the_stacks_account_may_use_the_functions_roles() {
    let program = program_json(&Settings::default());
    let own_account = json!({ "StringEquals": { "aws:SourceAccount": "${account}" } });
    for role in of_type(&program, "aws:iam:Role") {
        let statement = &role["assumeRolePolicy"]["fn::toJSON"]["Statement"][0];
        assert_eq!(statement["Principal"]["Service"], "lambda.amazonaws.com");
        assert_eq!(statement["Condition"], own_account);
    }
}
