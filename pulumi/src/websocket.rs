//! The WebSocket API that players connect to, and its only stage.

use rps_contract::names::{ROUTES, Route, route_limit};
use serde_json::{Value, json};

use crate::aws::apigateway::{Account, Api, Stage};
use crate::aws::cloudwatch::LogGroup;
use crate::aws::iam::{Role, RolePolicyAttachment, assumed_by};
use crate::program::{Handle, JsonText, Program, STACK, Text};
use crate::settings::Settings;

pub(crate) const STAGE: &str = "live";

/// AWS's managed policy for the account's logging role. API Gateway rejects a role with fewer permissions
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html>).
const LOGGING_POLICY: &str = "service-role/AmazonAPIGatewayPushToCloudWatchLogs";

/// The fixed id of the account's settings. Each region has its own settings.
const ACCOUNT: &str = "api-gateway-account";

pub(crate) struct WebSocketApi {
    pub(crate) api: Handle<Api>,
}

impl WebSocketApi {
    /// The players' WebSocket URL. It does not refer to the stage, because the stage needs the routes, and the routes
    /// need the functions, which need the URL.
    pub(crate) fn url(&self) -> Text {
        format!("{}/{STAGE}", self.api.endpoint()).into()
    }

    /// The ARN of a path below the stage: a route key, or a method and `@connections/*`.
    pub(crate) fn arn(&self, path: &str) -> Text {
        format!("{}/{STAGE}/{path}", self.api.execution_arn()).into()
    }
}

/// Adds the API, without its routes and its stage.
pub(crate) fn websocket(program: &mut Program) -> WebSocketApi {
    let api = Api {
        name: format!("rps-{STACK}").into(),
        description: "WebSocket API for the players",
        protocol_type: "WEBSOCKET",
        route_selection_expression: "$request.body.action",
    };
    WebSocketApi {
        api: program.add("api", api),
    }
}

/// Adds the stage, which deploys the routes and all later changes automatically. API Gateway refuses limits of a route
/// that does not exist.
pub(crate) fn stage(
    program: &mut Program,
    settings: &Settings,
    websocket: &WebSocketApi,
    routes: Vec<Text>,
) {
    let logs = settings.access_logs.then(|| access_logs(program, settings));
    let mut before = routes;
    before.extend(logs.iter().map(|(account, _)| account.itself()));
    let stage = Stage {
        api_id: websocket.api.id(),
        name: STAGE,
        auto_deploy: true,
        // Always set both limits. If any route setting is present, API Gateway reads a missing limit as 0 and
        // rejects every request.
        default_route_settings: json!({
            "throttlingRateLimit": settings.rate_limit,
            "throttlingBurstLimit": settings.burst_limit,
            "detailedMetricsEnabled": false,
        }),
        route_settings: ROUTES.map(|route| route_settings(settings, route)).into(),
        access_log_settings: logs.map(|(_, settings)| settings),
    };
    // The provider cannot remove access logs from a stage: it sends `{}`, which AWS ignores. A new stage has the same
    // URL, but all connections to the old one close.
    let options = json!({ "dependsOn": before, "replaceOnChanges": ["accessLogSettings"] });
    program.add_with("stage", stage, options);
}

fn route_settings(settings: &Settings, route: Route) -> Value {
    json!({
        "routeKey": route.key,
        "throttlingRateLimit": route_limit(route.key, settings.rate_limit),
        "throttlingBurstLimit": route_limit(route.key, settings.burst_limit),
    })
}

/// Adds the access logs' log group and role.
fn access_logs(program: &mut Program, settings: &Settings) -> (Handle<Account>, Value) {
    let group = LogGroup {
        name: format!("/aws/apigateway/rps-{STACK}").into(),
        retention_in_days: settings.log_retention_days,
    };
    let group = program.add("access-logs", group);
    let account = logging_role(program, &group);
    // For privacy, the lines contain neither IP addresses nor plays. `$context.error.messageString` would break them: it
    // has quotes of its own, but only if there is an error.
    let line = JsonText::from(json!({
        "requestId": "$context.requestId",
        "requestTime": "$context.requestTime",
        "eventType": "$context.eventType",
        "routeKey": "$context.routeKey",
        "status": "$context.status",
        "connectionId": "$context.connectionId",
        "error": "$context.error.message",
        "integrationLatencyMs": "$context.integrationLatency",
    }));
    let settings = json!({ "destinationArn": group.arn(), "format": line });
    (account, settings)
}

/// Gives the account a logging role if it has none: API Gateway has one role per account and region, for all APIs.
/// Pulumi keeps the role when it deletes the stack, because other APIs may use it by then.
fn logging_role(program: &mut Program, group: &Handle<LogGroup>) -> Handle<Account> {
    let role = Role {
        description: "Lets API Gateway write the logs of all APIs".into(),
        assume_role_policy: assumed_by("apigateway.amazonaws.com", &Value::Null),
    };
    let keep = json!({ "retainOnDelete": true });
    let role = program.add_with("access-logs-role", role, keep.clone());
    let partition = program.part_of_arn("partition", &group.arn(), 1);
    let policy = RolePolicyAttachment {
        role: role.name(),
        policy_arn: format!("arn:{partition}:iam::aws:policy/{LOGGING_POLICY}").into(),
    };
    let policy = program.add_with("access-logs-policy", policy, keep);
    // Pulumi has no conditions. So take the first of the account's ARN, which may be empty, and the new role's ARN.
    let before: Handle<Account> = program.read("api-gateway-account-before", ACCOUNT);
    let arns = format!("{}{}", before.cloudwatch_role_arn(), role.arn());
    let first = json!({ "fn::select": [1, { "fn::split": ["arn:", arns] }] });
    let first = program.variable("logging-role", first);
    let account = Account {
        cloudwatch_role_arn: format!("arn:{first}").into(),
    };
    let options = json!({ "dependsOn": [policy.itself()], "retainOnDelete": true });
    program.add_with(ACCOUNT, account, options)
}
