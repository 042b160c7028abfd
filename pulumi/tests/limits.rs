//! Tests the limits against abuse in the generated Pulumi program.

mod program_reader;
mod support;

use rps_contract::names::{Function, ROUTES, route_limit};
use rps_infra::Settings;
use serde_json::{Value, json};

use self::program_reader::of_type;
use self::support::{full_settings, program_json};

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
    let of_all_routes = stage["routeSettings"].as_array().expect("a list").iter();
    let limits = of_all_routes.map(|route| {
        let number = |name: &str| route[name].as_u64().expect("a number");
        let key = route["routeKey"].as_str().expect("a key");
        (
            key,
            number("throttlingRateLimit"),
            number("throttlingBurstLimit"),
        )
    });
    let expected = [
        ("$connect", 1, 2),
        ("$default", 1, 1),
        ("$disconnect", 7, 9),
        ("join-game", 1, 2),
        ("receive-play", 1, 2),
        ("resume-game", 1, 1),
    ];
    assert!(limits.eq(expected), "{stage}");
    // API Gateway refuses the limits of a route that does not exist.
    let before = program["resources"]["stage"]["options"]["dependsOn"].to_string();
    for route in ROUTES {
        let name = route.key.trim_start_matches('$');
        assert!(before.contains(&format!("${{route-{name}}}")), "{before}");
    }
}

/// `$disconnect` costs nothing more than its connect.
#[test]
fn the_shares_of_the_routes_do_not_exceed_the_limit() {
    for limit in (5..100).chain([10_000]) {
        let others = ROUTES.iter().filter(|route| route.key != "$disconnect");
        let shares: u32 = others.map(|route| route_limit(route.key, limit)).sum();
        assert!(shares <= limit, "{shares} of {limit}");
    }
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
