//! The program that is printed, held to what it must be whatever the settings are.

mod reading;
mod support;

use std::collections::BTreeMap;

use reading::{of_type, resources};
use rps_contract::names::{Function, ROUTES};
use rps_contract::stack::Stack;
use rps_infra::{AWS_PROVIDER_VERSION, Settings};
use serde_json::{Value, json};
use support::{everything, printed};

/// The statements of a policy, one line each.
fn statements(policy: &Value) -> Vec<String> {
    let document = &policy["policy"]["fn::toJSON"];
    let statements = document["Statement"].as_array().expect("statements");
    let line = |statement: &Value| {
        let list = |key: &str| {
            let values = statement[key].as_array().expect("a list");
            let values: Vec<_> = values.iter().filter_map(Value::as_str).collect();
            values.join(" ")
        };
        assert_eq!(statement["Effect"], "Allow");
        format!("{} on {}", list("Action"), list("Resource"))
    };
    statements.iter().map(line).collect()
}

#[test]
fn each_function_may_do_what_its_ports_call_and_no_more() {
    const LOGS: &str = "logs:CreateLogStream logs:PutLogEvents on ${NAME-logs.arn}:*";
    const ITEMS: &str =
        "dynamodb:DeleteItem dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem on ${table.arn}";
    const TELL: &str = "${api.executionArn}/live/POST/@connections/*";
    const CLOSE: &str = "${api.executionArn}/live/DELETE/@connections/*";
    let expected = [
        (
            "connection",
            vec![
                LOGS.to_owned(),
                ITEMS.to_owned(),
                format!("execute-api:ManageConnections on {CLOSE} {TELL}"),
            ],
        ),
        (
            "join-game",
            vec![
                LOGS.to_owned(),
                ITEMS.to_owned(),
                "sqs:SendMessage on ${rounds.arn}".to_owned(),
                format!("execute-api:ManageConnections on {TELL}"),
            ],
        ),
        (
            "receive-play",
            vec![
                LOGS.to_owned(),
                "dynamodb:GetItem dynamodb:UpdateItem on ${table.arn}".to_owned(),
            ],
        ),
        (
            "decide",
            vec![
                LOGS.to_owned(),
                ITEMS.to_owned(),
                "sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage sqs:SendMessage on ${rounds.arn}"
                    .to_owned(),
                format!("execute-api:ManageConnections on {CLOSE} {TELL}"),
            ],
        ),
    ];
    let program = printed(&everything());
    for (name, expected) in expected {
        let policy = &program["resources"][format!("{name}-policy")]["properties"];
        let expected: Vec<_> = expected
            .iter()
            .map(|line| line.replace("NAME", name))
            .collect();
        assert_eq!(statements(policy), expected, "{name}");
        assert_eq!(policy["role"], format!("${{{name}-role.name}}"));
        let role = &program["resources"][name]["properties"]["role"];
        assert_eq!(role, &json!(format!("${{{name}-role.arn}}")), "a role each");
    }
}

#[test]
fn no_policy_is_about_everything() {
    let program = printed(&everything());
    let policies = of_type(&program, "aws:iam:RolePolicy").collect::<Vec<_>>();
    assert_eq!(policies.len(), Function::ALL.len());
    for line in policies.into_iter().flat_map(statements) {
        let (actions, resources) = line.split_once(" on ").expect("both");
        assert!(!actions.contains('*'), "{line}");
        assert!(
            resources.split(' ').all(|arn| arn.starts_with("${")),
            "{line}"
        );
    }
}

#[test]
fn the_alarms_stay_within_the_free_ten_metrics() {
    let program = printed(&everything());
    let metrics: usize = of_type(&program, "aws:cloudwatch:MetricAlarm")
        .map(|alarm| match alarm["metricQueries"].as_array() {
            Some(queries) => queries
                .iter()
                .filter(|query| !query["metric"].is_null())
                .count(),
            None => 1,
        })
        .sum();
    assert_eq!(metrics, 10);
    for alarm in of_type(&program, "aws:cloudwatch:MetricAlarm") {
        assert_eq!(alarm["alarmActions"], json!(["${alarm-topic.arn}"]));
    }
    let silent = printed(&Settings::default());
    assert_eq!(of_type(&silent, "aws:sns:Topic").count(), 0);
}

#[test]
fn every_alarm_has_its_place_in_the_runbook() {
    let runbook = include_str!("../../docs/runbook.md");
    let program = printed(&everything());
    for alarm in of_type(&program, "aws:cloudwatch:MetricAlarm") {
        let name = alarm["name"].as_str().expect("a name");
        let name = name.trim_start_matches("rps-${pulumi.stack}-");
        assert!(runbook.contains(&format!("| `{name}` |")), "{name}");
    }
}

#[test]
fn rate_and_burst_are_set_together() {
    let settings = Settings {
        rate_limit: 7,
        burst_limit: 9,
        ..Settings::default()
    };
    let program = printed(&settings);
    let stage = of_type(&program, "aws:apigatewayv2:Stage")
        .next()
        .expect("a stage");
    let limits = json!({
        "throttlingRateLimit": 7, "throttlingBurstLimit": 9, "detailedMetricsEnabled": false,
    });
    assert_eq!(stage["defaultRouteSettings"], limits);
}

#[test]
fn answers_reach_players_on_message_routes_only() {
    let program = printed(&Settings::default());
    for route in ROUTES {
        let name = route.key.trim_start_matches('$');
        let added = &program["resources"][format!("route-{name}")]["properties"];
        assert_eq!(added["routeKey"], route.key);
        assert_eq!(
            added["target"],
            format!("integrations/${{to-{}.id}}", route.function.name())
        );
        let responds = added["routeResponseSelectionExpression"] == "$default";
        assert_eq!(responds, route.responds, "{name}");
        let response = &program["resources"][format!("route-{name}-response")];
        assert_eq!(!response.is_null(), route.responds, "{name}");
        let may = &program["resources"][format!("route-{name}-may-invoke")]["properties"];
        let source = format!("${{api.executionArn}}/live/{}", route.key);
        assert_eq!(may["sourceArn"], source);
        assert_eq!(
            may["function"],
            format!("${{{}.name}}", route.function.name())
        );
    }
    assert_eq!(
        of_type(&program, "aws:apigatewayv2:Route").count(),
        ROUTES.len()
    );
}

#[test]
fn billing_is_by_the_request_or_within_what_is_free() {
    let table = |settings: &Settings| {
        let program = printed(settings);
        of_type(&program, "aws:dynamodb:Table")
            .next()
            .expect("a table")
            .clone()
    };
    let plain = table(&Settings::default());
    assert_eq!(plain["billingMode"], "PAY_PER_REQUEST");
    assert_eq!(
        (&plain["readCapacity"], &plain["writeCapacity"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(plain["deletionProtectionEnabled"], false);
    assert_eq!(
        plain["ttl"],
        json!({ "attributeName": "ttl", "enabled": true })
    );
    let production = table(&everything());
    assert_eq!(production["billingMode"], "PROVISIONED");
    assert_eq!(
        (&production["readCapacity"], &production["writeCapacity"]),
        (&json!(25), &json!(25))
    );
    assert_eq!(production["deletionProtectionEnabled"], true);
    let options =
        |settings: &Settings| printed(settings)["resources"]["table"]["options"]["protect"].clone();
    assert_eq!(options(&Settings::default()), false);
    assert_eq!(options(&everything()), true);
    assert_eq!(
        production["pointInTimeRecovery"],
        json!({ "enabled": true })
    );
}

#[test]
fn recursion_ends_and_only_failed_messages_come_back() {
    let program = printed(&Settings::default());
    let loops: Vec<_> = of_type(&program, "aws:lambda:FunctionRecursionConfig").collect();
    assert_eq!(loops.len(), Function::ALL.len());
    assert!(
        loops
            .iter()
            .all(|config| config["recursiveLoop"] == "Terminate")
    );
    let mappings: Vec<_> = of_type(&program, "aws:lambda:EventSourceMapping").collect();
    assert_eq!(mappings.len(), 1, "each mapping polls, and polling costs");
    assert_eq!(
        mappings[0]["functionResponseTypes"],
        json!(["ReportBatchItemFailures"])
    );
}

#[test]
fn rpsctl_can_read_what_the_stack_says_of_itself() {
    for settings in [Settings::default(), everything()] {
        let program = printed(&settings);
        let item = of_type(&program, "aws:dynamodb:TableItem")
            .next()
            .expect("an item");
        let item = item["item"]["fn::toJSON"].as_object().expect("attributes");
        assert_eq!(item["pk"], json!({ "S": "STACK" }));
        assert_eq!(item["v"], json!({ "N": "1" }));
        let strings: BTreeMap<_, _> = item
            .iter()
            .filter(|(key, _)| *key != "v" && *key != "pk")
            .map(|(key, value)| (key, &value["S"]))
            .collect();
        let stack: Stack = serde_json::from_value(json!(strings)).expect("a stack");
        assert_eq!(stack.socket, "${stage.invokeUrl}");
        assert_eq!(stack.page.is_some(), settings.site);
    }
}

#[test]
fn the_provider_is_pinned_once() {
    let program = printed(&everything());
    for (name, resource) in resources(&program) {
        assert_eq!(
            resource["options"]["version"], AWS_PROVIDER_VERSION,
            "{name}"
        );
    }
    let requirements = include_str!("aws/requirements.txt");
    let sdk = format!("pulumi-aws=={AWS_PROVIDER_VERSION}");
    assert!(requirements.lines().any(|line| line == sdk), "{sdk}");
}

#[test]
fn pulumi_yaml_offers_these_settings_with_these_defaults() {
    let project: Value =
        serde_saphyr::from_str(include_str!("../../Pulumi.yaml")).expect("a project");
    let offered = project["config"].as_object().expect("settings");
    let names: Vec<_> = offered.keys().map(String::as_str).collect();
    let unknown = BTreeMap::from([("rps:nothing".to_owned(), String::new())]);
    let refused = Settings::from_config(&unknown).expect_err("no setting");
    let known = format!(
        "rps:nothing is no setting; the settings are {}",
        names.join(", ")
    );
    assert_eq!(refused[0].to_string(), known);
    let mut defaults = BTreeMap::new();
    for (name, setting) in offered {
        let default = &setting["default"];
        let kind = match default {
            Value::Bool(_) => "boolean",
            Value::Number(_) => "integer",
            _ => "string",
        };
        assert_eq!(setting["type"], kind, "{name}");
        assert!(
            setting["description"]
                .as_str()
                .is_some_and(|text| text.len() > 20),
            "{name}"
        );
        let written = default
            .as_str()
            .map_or_else(|| default.to_string(), str::to_owned);
        defaults.insert(format!("rps:{name}"), written);
    }
    assert_eq!(Settings::from_config(&defaults), Ok(Settings::default()));
}
