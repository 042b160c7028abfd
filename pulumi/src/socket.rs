//! The players' socket: a WebSocket API and its one stage.

use serde_json::{Value, json};

use crate::aws::apigateway::{Account, Api, Stage};
use crate::aws::cloudwatch::LogGroup;
use crate::aws::iam::{Role, RolePolicyAttachment, assumed_by};
use crate::program::{Handle, Json, Program, STACK, Text};
use crate::settings::Settings;

const STAGE: &str = "live";

/// AWS's policy for the account's role. API Gateway refuses a role that may do less
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html>).
const WRITES_ACCESS_LOGS: &str = "service-role/AmazonAPIGatewayPushToCloudWatchLogs";

pub(crate) struct Socket {
    pub(crate) api: Handle<Api>,
    pub(crate) stage: Handle<Stage>,
}

impl Socket {
    /// Where players connect.
    pub(crate) fn url(&self) -> Text {
        self.stage.invoke_url()
    }

    /// What is called below the stage: a route's key, or a method and `@connections`.
    pub(crate) fn arn(&self, call: &str) -> Text {
        format!("{}/{STAGE}/{call}", self.api.execution_arn()).into()
    }
}

/// The API and its stage. The routes come after the functions, which are told the stage's address; the
/// stage deploys each change of the API by itself.
pub(crate) fn socket(program: &mut Program, settings: &Settings) -> Socket {
    let api = Api {
        name: format!("rps-{STACK}").into(),
        description: "The players' socket",
        protocol_type: "WEBSOCKET",
        route_selection_expression: "$request.body.action",
    };
    let api = program.add("api", api);
    let logs = settings.access_logs.then(|| access_logs(program, settings));
    let after: Vec<Text> = logs.iter().map(|(account, _)| account.itself()).collect();
    let stage = Stage {
        api_id: api.id(),
        name: STAGE,
        auto_deploy: true,
        // Rate and burst are always set together: if one setting is given without them API Gateway takes both
        // as 0, and refuses everything.
        default_route_settings: json!({
            "throttlingRateLimit": settings.rate_limit,
            "throttlingBurstLimit": settings.burst_limit,
            "detailedMetricsEnabled": false,
        }),
        access_log_settings: logs.map(|(_, settings)| settings),
    };
    let stage = program.add_with("stage", stage, json!({ "dependsOn": after }));
    Socket { api, stage }
}

/// Where access logs go. API Gateway writes them in the name of one role for the whole account and region.
fn access_logs(program: &mut Program, settings: &Settings) -> (Handle<Account>, Value) {
    let group = LogGroup {
        name: format!("/aws/apigateway/rps-{STACK}").into(),
        retention_in_days: settings.log_retention_days,
    };
    let group = program.add("access-logs", group);
    let role = Role {
        name: format!("rps-{STACK}-access-logs").into(),
        description: "What API Gateway may do to write access logs".to_owned(),
        assume_role_policy: assumed_by("apigateway.amazonaws.com"),
    };
    let role = program.add("access-logs-role", role);
    // arn:PARTITION:logs:REGION:ACCOUNT:log-group:NAME
    let parts = json!({ "fn::split": [":", group.arn()] });
    let partition = program.variable("partition", json!({ "fn::select": [1, parts] }));
    let policy = RolePolicyAttachment {
        role: role.name(),
        policy_arn: format!("arn:{partition}:iam::aws:policy/{WRITES_ACCESS_LOGS}").into(),
    };
    let policy = program.add("access-logs-policy", policy);
    let account = Account {
        cloudwatch_role_arn: role.arn(),
    };
    let after = json!({ "dependsOn": [policy.itself()] });
    let account = program.add_with("api-gateway-account", account, after);
    // Neither address nor content: who plays what is nobody's business.
    let line = Json::from(json!({
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
