//! The players' socket: a WebSocket API, its one stage, and the routes to the functions.

use rps_contract::names::{Function, ROUTES, Route};
use serde_json::json;

use crate::aws::apigateway::{
    AccessLogSettings, Account, Api, Integration, Route as ApiRoute, RouteResponse, RouteSettings,
    Stage,
};
use crate::aws::cloudwatch::LogGroup;
use crate::aws::iam::{Role, RolePolicyAttachment};
use crate::aws::lambda::Permission;
use crate::functions::Functions;
use crate::permissions::assumed_by;
use crate::program::{Handle, Json, Program, Text};
use crate::{STACK, Settings};

/// The name of the stage.
const STAGE: &str = "live";

/// AWS's policy for the account's role. API Gateway refuses a role that may do less
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html>).
const WRITES_ACCESS_LOGS: &str = "service-role/AmazonAPIGatewayPushToCloudWatchLogs";

/// The players' socket.
pub(crate) struct Socket {
    /// The API.
    pub(crate) api: Handle<Api>,
    /// Its stage.
    pub(crate) stage: Handle<Stage>,
}

impl Socket {
    /// Where players connect.
    pub(crate) fn url(&self) -> Text {
        self.stage.invoke_url()
    }

    /// The same without the path, which is the stage's.
    pub(crate) fn origin(&self) -> Text {
        self.api.endpoint()
    }

    /// All connections, for calls of `@connections` with that method.
    pub(crate) fn connections(&self, method: &str) -> Text {
        let api = self.api.execution_arn();
        format!("{api}/{STAGE}/{method}/@connections/*").into()
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
        default_route_settings: RouteSettings {
            throttling_rate_limit: settings.rate_limit,
            throttling_burst_limit: settings.burst_limit,
            detailed_metrics_enabled: false,
        },
        access_log_settings: logs.map(|(_, settings)| settings),
    };
    let stage = program.add_after("stage", stage, &after);
    Socket { api, stage }
}

/// Where access logs go. API Gateway writes them in the name of one role for the whole account and region.
fn access_logs(program: &mut Program, settings: &Settings) -> (Handle<Account>, AccessLogSettings) {
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
    let account = program.add_after("api-gateway-account", account, &[policy.itself()]);
    let settings = AccessLogSettings {
        destination_arn: group.arn(),
        format: access_log_line(),
    };
    (account, settings)
}

/// Neither address nor content: who plays what is nobody's business.
fn access_log_line() -> Json {
    let line = json!({
        "requestId": "$context.requestId",
        "requestTime": "$context.requestTime",
        "eventType": "$context.eventType",
        "routeKey": "$context.routeKey",
        "status": "$context.status",
        "connectionId": "$context.connectionId",
        "error": "$context.error.message",
        "integrationLatencyMs": "$context.integrationLatency",
    });
    line.into()
}

/// The routes, and the functions behind them.
pub(crate) fn routes(program: &mut Program, socket: &Socket, functions: &Functions) {
    let targets = integrations(program, socket, functions);
    for route in ROUTES {
        let name = route.key.trim_start_matches('$');
        let target = targets
            .iter()
            .find(|(function, _)| *function == route.function);
        let Some((_, target)) = target else { continue };
        let added = ApiRoute {
            api_id: socket.api.id(),
            route_key: route.key,
            target: format!("integrations/{target}").into(),
            route_response_selection_expression: route.responds.then_some("$default"),
        };
        let added = program.add(format!("route-{name}"), added);
        if route.responds {
            let response = RouteResponse {
                api_id: socket.api.id(),
                route_id: added.id(),
                route_response_key: "$default",
            };
            program.add(format!("route-{name}-response"), response);
        }
        permit(program, socket, functions, name, route);
    }
}

/// One integration for each function that players reach.
fn integrations(
    program: &mut Program,
    socket: &Socket,
    functions: &Functions,
) -> Vec<(Function, Text)> {
    let reached = Function::ALL
        .into_iter()
        .filter(|function| ROUTES.iter().any(|route| route.function == *function));
    reached
        .map(|function| {
            let integration = Integration {
                api_id: socket.api.id(),
                integration_type: "AWS_PROXY",
                integration_method: "POST",
                integration_uri: functions.get(function).function.invoke_arn(),
            };
            let name = format!("to-{}", function.name());
            (function, program.add(name, integration).id())
        })
        .collect()
}

/// Lets that route, and nothing else, invoke its function.
fn permit(program: &mut Program, socket: &Socket, functions: &Functions, name: &str, route: Route) {
    let api = socket.api.execution_arn();
    let permission = Permission {
        statement_id: format!("route-{name}"),
        action: "lambda:InvokeFunction",
        function: functions.get(route.function).function.name(),
        principal: "apigateway.amazonaws.com",
        source_arn: format!("{api}/{STAGE}/{}", route.key).into(),
    };
    program.add(format!("route-{name}-may-invoke"), permission);
}
