//! Invokes the functions: the WebSocket API's routes, and the queue's event source mapping.

use rps_contract::names::{Function, ROUTES, Route};
use serde_json::json;

use crate::aws::apigateway::{Integration, Route as ApiRoute, RouteResponse};
use crate::aws::lambda::{EventSourceMapping, Permission};
use crate::functions::Functions;
use crate::program::{Handle, Program, Text};
use crate::queues::Queues;
use crate::settings::Settings;
use crate::websocket::WebSocketApi;

/// The most messages per invocation of `decide`, which handles them concurrently.
const BATCH_SIZE: u32 = 10;

/// Adds the routes, and returns references to them.
pub(crate) fn routes(
    program: &mut Program,
    websocket: &WebSocketApi,
    functions: &Functions,
) -> Vec<Text> {
    let mut added = Vec::new();
    for function in Function::ALL {
        let mut routes = ROUTES.to_vec();
        routes.retain(|route| route.function == function);
        if !routes.is_empty() {
            let integration = Integration {
                api_id: websocket.api.id(),
                integration_type: "AWS_PROXY",
                integration_method: "POST",
                integration_uri: functions.get(function).function.invoke_arn(),
            };
            let name = format!("to-{}", function.name());
            let target = program.add(name, integration).id();
            for route in routes {
                added.push(add_route(program, websocket, functions, route, &target));
            }
        }
    }
    added
}

fn add_route(
    program: &mut Program,
    websocket: &WebSocketApi,
    functions: &Functions,
    route: Route,
    target: &Text,
) -> Text {
    let name = format!("route-{}", route.key.trim_start_matches('$'));
    let api_route = ApiRoute {
        api_id: websocket.api.id(),
        route_key: route.key,
        target: format!("integrations/{target}").into(),
        route_response_selection_expression: route.responds.then_some("$default"),
    };
    let api_route = program.add(&name, api_route);
    if route.responds {
        let response = RouteResponse {
            api_id: websocket.api.id(),
            route_id: api_route.id(),
            route_response_key: "$default",
        };
        program.add(format!("{name}-response"), response);
    }
    let permission = Permission {
        statement_id: name.clone(),
        action: "lambda:InvokeFunction",
        function: functions.get(route.function).function.name(),
        principal: "apigateway.amazonaws.com",
        source_arn: websocket.arn(route.key),
    };
    program.add(format!("{name}-may-invoke"), permission);
    api_route.itself()
}

/// Adds the mapping from the queue to `decide`. The dead-letter queue has no mapping, because a mapping polls and
/// its requests cost money even when nobody plays.
pub(crate) fn mapping(
    program: &mut Program,
    settings: &Settings,
    queues: &Queues,
    functions: &Functions,
) -> Handle<EventSourceMapping> {
    let decide = functions.get(Function::Decide);
    let scaling_config = |executions| json!({ "maximumConcurrency": executions });
    let mapping = EventSourceMapping {
        event_source_arn: queues.rounds.arn(),
        function_name: decide.function.name(),
        batch_size: BATCH_SIZE,
        scaling_config: settings.mapping_concurrency.map(scaling_config),
        function_response_types: vec!["ReportBatchItemFailures"],
    };
    // Lambda rejects the mapping if the function's role cannot receive messages yet.
    let after_policy = json!({ "dependsOn": [decide.policy.itself()] });
    program.add_with("rounds-to-decide", mapping, after_policy)
}
