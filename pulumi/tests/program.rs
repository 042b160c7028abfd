//! Tests the generated Pulumi program for minimal and full settings.

mod program_reader;
mod support;

use std::collections::{BTreeMap, BTreeSet};

use rps_contract::AllowedOrigins;
use rps_contract::names::{ALARMS, ROUTES};
use rps_contract::stack::{MAX_NAME_CHARS, Stack};
use rps_infra::{AWS_PROVIDER_VERSION, Settings};
use serde_json::{Value, json};

use self::program_reader::{of_type, resources};
use self::support::{full_settings, program_json};

/// Stacks with one name can exist in several regions of an account, although some names belong to the whole account.
#[test]
fn names_that_all_regions_share_contain_the_region_or_are_generated() {
    let program = program_json(&full_settings());
    for (kind, name, max_chars) in [
        ("aws:iam:Role", "name", 64),
        ("aws:cloudfront:OriginAccessControl", "name", 64),
        ("aws:cloudfront:ResponseHeadersPolicy", "name", 128),
        ("aws:cloudwatch:Dashboard", "dashboardName", 255),
    ] {
        for resource in of_type(&program, kind) {
            if let Some(name) = resource[name].as_str() {
                assert!(name.contains("${region}"), "{kind} {name}");
                let stack = "a".repeat(MAX_NAME_CHARS);
                let name = name.replace("${pulumi.stack}", &stack);
                let name = name.replace("${region}", "ap-northeast-1");
                assert!(
                    name.len() <= max_chars && !name.contains('$'),
                    "{kind} {name}"
                );
            }
        }
    }
    let parts = json!({ "fn::split": [":", "${table.arn}"] });
    assert_eq!(
        program["variables"]["region"],
        json!({ "fn::select": [3, parts] })
    );
}

#[test]
fn by_default_only_the_stacks_own_page_may_connect() {
    let page = "https://${page-distribution.domainName}/";
    for (allowed_origins, site, expected) in [
        (None, false, "*"),
        (None, true, page),
        (Some("*"), false, "*"),
        (Some("*"), true, "*"),
        (Some("https://a.example"), false, "https://a.example"),
        (
            Some("https://a.example"),
            true,
            &format!("https://a.example,{page}"),
        ),
    ] {
        let settings = Settings {
            allowed_origins: allowed_origins.map(str::to_owned),
            site,
            ..Settings::default()
        };
        let program = program_json(&settings);
        let variables = &program["resources"]["connection"]["properties"]["environment"];
        let origins = variables["variables"]["RPS_ALLOWED_ORIGINS"].as_str();
        assert_eq!(origins, Some(expected));
        assert!(expected.parse::<AllowedOrigins>().is_ok(), "{expected}");
    }
}

/// AWS ignores the provider's request to remove access logs from a stage.
#[test]
fn a_change_of_the_access_logs_replaces_the_stage() {
    let program = program_json(&Settings::default());
    let replace = &program["resources"]["stage"]["options"]["replaceOnChanges"];
    assert_eq!(replace, &json!(["accessLogSettings"]));
}

/// API Gateway has one logging role for all APIs of an account and region.
#[test]
fn a_stack_keeps_the_accounts_logging_role_and_never_deletes_it() {
    let program = program_json(&full_settings());
    let accounts = of_type(&program, "aws:apigateway:Account");
    let role = accounts.map(|account| &account["cloudwatchRoleArn"]);
    let role: Vec<_> = role.filter(|role| !role.is_null()).collect();
    assert_eq!(role, ["arn:${logging-role}"]);
    let arns = "${api-gateway-account-before.cloudwatchRoleArn}${access-logs-role.arn}";
    let first = json!({ "fn::select": [1, { "fn::split": ["arn:", arns] }] });
    assert_eq!(program["variables"]["logging-role"], first);
    for name in [
        "access-logs-role",
        "access-logs-policy",
        "api-gateway-account",
    ] {
        let options = &program["resources"][name]["options"];
        assert_eq!(options["retainOnDelete"], true, "{name}");
    }
}

/// API Gateway logs `-` for a variable without a value. Only `messageString` has quotes of its own.
#[test]
fn each_line_of_the_access_log_is_json() {
    let program = program_json(&full_settings());
    let stage = &program["resources"]["stage"]["properties"];
    let format = &stage["accessLogSettings"]["format"]["fn::toJSON"];
    for message in ["-", r#""Forbidden""#] {
        let line = format.to_string();
        let line = line.replace("$context.error.messageString", message);
        let line: Result<BTreeMap<String, String>, _> = serde_json::from_str(&line);
        assert!(line.is_ok_and(|line| line.len() > 5), "{format}");
    }
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
    let house = r#"{ $.fields.message = "game against the house over" }"#;
    let bot_games = |group| [group, house, "BotGames", "1"];
    let expected = BTreeSet::from([
        minutes,
        games(connection),
        games(decide),
        bot_games(connection),
        bot_games(decide),
    ]);
    assert_eq!(filters.collect::<BTreeSet<_>>(), expected);
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
fn lambda_retries_only_failed_messages() {
    let program = program_json(&Settings::default());
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
        assert_eq!(stack.socket, "${api.apiEndpoint}/live");
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
        // Its API does not exist in every region, and `Terminate` is the default.
        assert_ne!(resource["type"], "aws:lambda:FunctionRecursionConfig");
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
