//! Tests the generated Pulumi program for minimal and full settings.

mod program_reader;
mod support;

use std::collections::{BTreeMap, BTreeSet};

use rps_contract::names::{ALARMS, Function, ROUTES};
use rps_contract::stack::Stack;
use rps_handlers::ports::actions;
use rps_infra::{AWS_PROVIDER_VERSION, Settings};
use serde_json::{Value, json};

use self::program_reader::{of_type, resources};
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

#[test]
fn the_alarms_match_the_contract_and_the_runbook_and_use_ten_free_metrics() {
    let runbook = include_str!("../../docs/runbook.md");
    let program = program_json(&full_settings());
    let (mut names, mut metrics) = (BTreeSet::new(), 0);
    for alarm in of_type(&program, "aws:cloudwatch:MetricAlarm") {
        let name = alarm["name"].as_str().expect("a name");
        let name = name.trim_start_matches("rps-${pulumi.stack}-");
        assert!(runbook.contains(&format!("| `{name}` |")), "{name}");
        names.insert(name);
        assert_eq!(alarm["alarmActions"], json!(["${alarm-topic.arn}"]));
        let queries = alarm["metricQueries"].as_array();
        let count_metrics = |queries: &Vec<Value>| {
            let inputs = queries.iter().filter(|query| !query["metric"].is_null());
            inputs.count()
        };
        metrics += queries.map_or(1, count_metrics);
    }
    assert_eq!(names, ALARMS.into());
    assert_eq!(metrics, 10);
    let without_email = program_json(&Settings::default());
    assert_eq!(of_type(&without_email, "aws:sns:Topic").count(), 0);
}

/// Compares log group, pattern, name and value of each metric filter.
#[test]
fn metric_filters_read_games_and_minutes_from_the_functions_that_log_them() {
    let program = program_json(&full_settings());
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
    let program = program_json(&settings);
    let stage = &program["resources"]["stage"]["properties"];
    let limits = json!({
        "throttlingRateLimit": 7, "throttlingBurstLimit": 9, "detailedMetricsEnabled": false,
    });
    assert_eq!(stage["defaultRouteSettings"], limits);
}

#[test]
fn only_decide_has_limits_of_concurrent_executions_and_only_if_they_are_set() {
    for (settings, mapping, reserved) in [
        (Settings::default(), Value::Null, Value::Null),
        (
            full_settings(),
            json!({ "maximumConcurrency": 10 }),
            json!(10),
        ),
    ] {
        let program = program_json(&settings);
        let of = |name: &str| &program["resources"][name]["properties"];
        assert_eq!(of("rounds-to-decide")["scalingConfig"], mapping);
        for function in Function::ALL {
            let executions = &of(function.name())["reservedConcurrentExecutions"];
            let is_decide = function == Function::Decide;
            assert_eq!(executions, if is_decide { &reserved } else { &Value::Null });
        }
    }
}

#[test]
fn the_budget_mails_at_four_thresholds_and_only_if_it_is_set() {
    let program = program_json(&full_settings());
    let budget = &program["resources"]["budget"]["properties"];
    let notification = |(kind, percent)| {
        json!({
            "notificationType": kind, "comparisonOperator": "GREATER_THAN", "threshold": percent,
            "thresholdType": "PERCENTAGE", "subscriberEmailAddresses": ["on-call@example.com"],
        })
    };
    let thresholds = [
        ("ACTUAL", 50),
        ("ACTUAL", 80),
        ("ACTUAL", 100),
        ("FORECASTED", 100),
    ];
    let expected = json!({
        "name": "rps-${pulumi.stack}-${region}", "budgetType": "COST", "timeUnit": "MONTHLY",
        "limitAmount": "30", "limitUnit": "USD", "notifications": thresholds.map(notification),
    });
    assert_eq!(budget, &expected);
    let without_budget = program_json(&Settings::default());
    assert_eq!(of_type(&without_budget, "aws:budgets:Budget").count(), 0);
}

#[test]
fn connection_gets_the_settings_that_decide_who_may_connect() {
    let settings = Settings {
        accept_players: false,
        log_source_addresses: true,
        ..full_settings()
    };
    for (settings, blocked, accepts, logs) in [
        (Settings::default(), Value::Null, "true", "false"),
        (settings, json!("192.0.2.0/24"), "false", "true"),
    ] {
        let program = program_json(&settings);
        let function = &program["resources"]["connection"]["properties"];
        let variables = &function["environment"]["variables"];
        assert_eq!(variables["RPS_BLOCKED_CIDRS"], blocked);
        assert_eq!(variables["RPS_ACCEPT_PLAYERS"], accepts);
        assert_eq!(variables["RPS_LOG_SOURCE_ADDRESSES"], logs);
    }
}

#[test]
fn only_message_routes_return_responses_to_players() {
    let program = program_json(&Settings::default());
    for route in ROUTES {
        let name = route.key.trim_start_matches('$');
        let api_route = &program["resources"][format!("route-{name}")]["properties"];
        assert_eq!(api_route["routeKey"], route.key);
        assert_eq!(
            api_route["target"],
            format!("integrations/${{to-{}.id}}", route.function.name())
        );
        let responds = api_route["routeResponseSelectionExpression"] == "$default";
        assert_eq!(responds, route.responds, "{name}");
        let response = &program["resources"][format!("route-{name}-response")];
        assert_eq!(!response.is_null(), route.responds, "{name}");
        let permission = &program["resources"][format!("route-{name}-may-invoke")]["properties"];
        let source = format!("${{api.executionArn}}/live/{}", route.key);
        assert_eq!(permission["sourceArn"], source);
        assert_eq!(
            permission["function"],
            format!("${{{}.name}}", route.function.name())
        );
    }
    assert_eq!(
        of_type(&program, "aws:apigatewayv2:Route").count(),
        ROUTES.len()
    );
}

#[test]
fn billing_is_per_request_or_limited_to_the_free_capacity() {
    let ttl = json!({ "attributeName": "ttl", "enabled": true });
    for (settings, mode, units, production) in [
        (Settings::default(), "PAY_PER_REQUEST", Value::Null, false),
        (full_settings(), "PROVISIONED", json!(25), true),
    ] {
        let program = program_json(&settings);
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
fn lambda_ends_recursion_and_retries_only_failed_messages() {
    let program = program_json(&Settings::default());
    let loops: Vec<_> = of_type(&program, "aws:lambda:FunctionRecursionConfig").collect();
    assert_eq!(loops.len(), Function::ALL.len());
    assert!(
        loops
            .iter()
            .all(|config| config["recursiveLoop"] == "Terminate")
    );
    let mappings: Vec<_> = of_type(&program, "aws:lambda:EventSourceMapping").collect();
    assert_eq!(mappings.len(), 1, "each mapping polls, which costs money");
    assert_eq!(
        mappings[0]["functionResponseTypes"],
        json!(["ReportBatchItemFailures"])
    );
}

#[test]
fn rpsctl_can_read_the_stack_description() {
    for settings in [Settings::default(), full_settings()] {
        let program = program_json(&settings);
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
fn all_resources_and_the_sdk_use_the_same_provider_version() {
    let program = program_json(&full_settings());
    for (name, resource) in resources(&program) {
        assert_eq!(
            resource["options"]["version"], AWS_PROVIDER_VERSION,
            "{name}"
        );
    }
    let requirements = include_str!("aws/requirements.txt");
    let sdk = format!("pulumi-aws=={AWS_PROVIDER_VERSION}");
    assert!(
        requirements.lines().any(|line| line.starts_with(&sdk)),
        "{sdk}"
    );
}

#[test]
fn pulumi_yaml_declares_the_same_settings_and_defaults() {
    let project: Value =
        serde_saphyr::from_str(include_str!("../../Pulumi.yaml")).expect("a project");
    let declared = project["config"].as_object().expect("settings");
    let names: Vec<_> = declared.keys().map(String::as_str).collect();
    let unknown = BTreeMap::from([("rps:nothing".to_owned(), String::new())]);
    let errors = Settings::from_config(&unknown).expect_err("unknown");
    let expected = format!(
        "unknown setting rps:nothing: use one of {}",
        names.join(", ")
    );
    assert_eq!(errors[0].to_string(), expected);
    let mut defaults = BTreeMap::new();
    for (name, setting) in declared {
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
        let text = default
            .as_str()
            .map_or_else(|| default.to_string(), str::to_owned);
        defaults.insert(format!("rps:{name}"), text);
    }
    assert_eq!(Settings::from_config(&defaults), Ok(Settings::default()));
}
