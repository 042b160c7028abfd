//! The program that is printed, held to what it must be whatever the settings are.

mod reading;
mod support;

use std::collections::{BTreeMap, BTreeSet};

use rps_contract::names::{ALARMS, Function, ROUTES};
use rps_contract::stack::Stack;
use rps_handlers::ports::actions;
use rps_infra::{AWS_PROVIDER_VERSION, Settings};
use serde_json::{Value, json};

use self::reading::{of_type, resources};
use self::support::{everything, printed};

/// What Lambda polls the queue with, in the name of `decide`.
const POLLING: [&str; 3] = [
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
];

/// What a policy allows: each action, and on what.
fn allowed(policy: &Value) -> Vec<(String, String)> {
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

/// On what a function may do what it does.
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
fn each_function_may_do_what_its_ports_call_and_no_more() {
    let program = printed(&everything());
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
        let allowed = allowed(policy);
        assert_eq!(allowed.len(), expected.len(), "{name}");
        let allowed = BTreeSet::from_iter(allowed);
        assert_eq!(allowed, expected.collect(), "{name}");
        assert_eq!(policy["role"], format!("${{{name}-role.name}}"));
        let role = &program["resources"][name]["properties"]["role"];
        assert_eq!(role, &json!(format!("${{{name}-role.arn}}")), "a role each");
    }
    let policies = of_type(&program, "aws:iam:RolePolicy");
    assert_eq!(policies.count(), Function::ALL.len());
}

#[test]
fn the_alarms_are_those_that_others_know_within_the_free_ten_metrics() {
    let runbook = include_str!("../../docs/runbook.md");
    let program = printed(&everything());
    let (mut names, mut metrics) = (BTreeSet::new(), 0);
    for alarm in of_type(&program, "aws:cloudwatch:MetricAlarm") {
        let name = alarm["name"].as_str().expect("a name");
        let name = name.trim_start_matches("rps-${pulumi.stack}-");
        assert!(runbook.contains(&format!("| `{name}` |")), "{name}");
        names.insert(name);
        assert_eq!(alarm["alarmActions"], json!(["${alarm-topic.arn}"]));
        let queries = alarm["metricQueries"].as_array();
        let measured = |queries: &Vec<Value>| {
            let measured = queries.iter().filter(|query| !query["metric"].is_null());
            measured.count()
        };
        metrics += queries.map_or(1, measured);
    }
    assert_eq!(names, ALARMS.into());
    assert_eq!(metrics, 10);
    let silent = printed(&Settings::default());
    assert_eq!(of_type(&silent, "aws:sns:Topic").count(), 0);
}

/// Group, line, name and value of each metric filter.
#[test]
fn games_and_minutes_are_taken_out_of_the_lines_of_those_who_log_them() {
    let program = printed(&everything());
    let filters = of_type(&program, "aws:cloudwatch:LogMetricFilter").map(|filter| {
        let metric = &filter["metricTransformation"];
        assert_eq!(metric["namespace"], "rps-${pulumi.stack}");
        assert_eq!(metric["name"], filter["name"]);
        let parts = [
            &filter["logGroupName"],
            &filter["pattern"],
            &metric["name"],
            &metric["value"],
        ];
        parts.map(|part| part.as_str().expect("text"))
    });
    let closed = r#"{ $.fields.message = "connection closed" }"#;
    let over = r#"{ $.fields.message = "game over" }"#;
    let (connection, decide) = ("${connection-logs.name}", "${decide-logs.name}");
    let minutes = [connection, closed, "ConnectionMinutes", "$.fields.minutes"];
    let games = |group| [group, over, "Games", "1"];
    let expected = BTreeSet::from([minutes, games(connection), games(decide)]);
    assert_eq!(filters.collect::<BTreeSet<_>>(), expected);
}

#[test]
fn rate_and_burst_are_set_together() {
    let settings = Settings {
        rate_limit: 7,
        burst_limit: 9,
        ..Settings::default()
    };
    let program = printed(&settings);
    let stage = &program["resources"]["stage"]["properties"];
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
    let ttl = json!({ "attributeName": "ttl", "enabled": true });
    for (settings, mode, units, production) in [
        (Settings::default(), "PAY_PER_REQUEST", Value::Null, false),
        (everything(), "PROVISIONED", json!(25), true),
    ] {
        let program = printed(&settings);
        let table = &program["resources"]["table"];
        assert_eq!(table["options"]["protect"], production);
        let table = &table["properties"];
        assert_eq!(table["billingMode"], mode);
        assert_eq!(table["readCapacity"], units);
        assert_eq!(table["writeCapacity"], units);
        assert_eq!(table["deletionProtectionEnabled"], production);
        let recovery = json!({ "enabled": production });
        assert_eq!(table["pointInTimeRecovery"], recovery);
        assert_eq!(table["ttl"], ttl);
    }
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
        let item = &program["resources"]["description"]["properties"];
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
