//! The WebSocket API that players connect to, and its only stage.

use serde_json::{Value, json};

use crate::aws::apigateway::{Account, Api, Stage};
use crate::aws::cloudwatch::LogGroup;
use crate::aws::iam::{Role, RolePolicyAttachment, assumed_by};
use crate::program::{Handle, JsonText, Program, STACK, Text};
use crate::settings::Settings;

const STAGE: &str = "live";

/// AWS's managed policy for the account's logging role. API Gateway rejects a role with fewer permissions
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html>).
const LOGGING_POLICY: &str = "service-role/AmazonAPIGatewayPushToCloudWatchLogs";

pub(crate) struct WebSocketApi {
    pub(crate) api: Handle<Api>,
    pub(crate) stage: Handle<Stage>,
}

impl WebSocketApi {
    pub(crate) fn url(&self) -> Text {
        self.stage.invoke_url()
    }

    /// The ARN of a path below the stage: a route key, or a method and `@connections/*`.
    pub(crate) fn arn(&self, path: &str) -> Text {
        format!("{}/{STAGE}/{path}", self.api.execution_arn()).into()
    }
}

/// Adds the API and its stage, without the routes: those need the functions, and the functions need the stage's
/// URL. The stage deploys later changes automatically.
pub(crate) fn websocket(program: &mut Program, settings: &Settings) -> WebSocketApi {
    let api = Api {
        name: format!("rps-{STACK}").into(),
        description: "WebSocket API for the players",
        protocol_type: "WEBSOCKET",
        route_selection_expression: "$request.body.action",
    };
    let api = program.add("api", api);
    let logs = settings.access_logs.then(|| access_logs(program, settings));
    let accounts: Vec<Text> = logs.iter().map(|(account, _)| account.itself()).collect();
    let stage = Stage {
        api_id: api.id(),
        name: STAGE,
        auto_deploy: true,
        // Always set both limits. If any route setting is present, API Gateway reads a missing limit as 0 and
        // rejects every request.
        default_route_settings: json!({
            "throttlingRateLimit": settings.rate_limit,
            "throttlingBurstLimit": settings.burst_limit,
            "detailedMetricsEnabled": false,
        }),
        access_log_settings: logs.map(|(_, settings)| settings),
    };
    let stage = program.add_with("stage", stage, json!({ "dependsOn": accounts }));
    WebSocketApi { api, stage }
}

/// Adds the access logs' log group and role. API Gateway has one logging role per account and region.
fn access_logs(program: &mut Program, settings: &Settings) -> (Handle<Account>, Value) {
    let group = LogGroup {
        name: format!("/aws/apigateway/rps-{STACK}").into(),
        retention_in_days: settings.log_retention_days,
    };
    let group = program.add("access-logs", group);
    let role = Role {
        name: format!("rps-{STACK}-access-logs").into(),
        description: "Lets API Gateway write access logs".to_owned(),
        assume_role_policy: assumed_by("apigateway.amazonaws.com"),
    };
    let role = program.add("access-logs-role", role);
    // arn:PARTITION:logs:REGION:ACCOUNT:log-group:NAME
    let parts = json!({ "fn::split": [":", group.arn()] });
    let partition = program.variable("partition", json!({ "fn::select": [1, parts] }));
    let policy = RolePolicyAttachment {
        role: role.name(),
        policy_arn: format!("arn:{partition}:iam::aws:policy/{LOGGING_POLICY}").into(),
    };
    let policy = program.add("access-logs-policy", policy);
    let account = Account {
        cloudwatch_role_arn: role.arn(),
    };
    let after_policy = json!({ "dependsOn": [policy.itself()] });
    let account = program.add_with("api-gateway-account", account, after_policy);
    // For privacy, the lines contain neither IP addresses nor plays.
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
