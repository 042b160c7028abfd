//! What invokes the functions: the routes of the socket, and the event source mapping of the queue.

use rps_contract::names::{Function, ROUTES, Route};
use serde_json::json;

use crate::aws::apigateway::{Integration, Route as ApiRoute, RouteResponse};
use crate::aws::lambda::{EventSourceMapping, Permission};
use crate::functions::Functions;
use crate::program::{Handle, Program, Text};
use crate::queues::Queues;
use crate::socket::Socket;

/// Messages handed to `decide` at once; it handles them side by side.
const BATCH_SIZE: u32 = 10;

pub(crate) fn routes(program: &mut Program, socket: &Socket, functions: &Functions) {
    for function in Function::ALL {
        let mut routes = ROUTES.to_vec();
        routes.retain(|route| route.function == function);
        if !routes.is_empty() {
            let integration = Integration {
                api_id: socket.api.id(),
                integration_type: "AWS_PROXY",
                integration_method: "POST",
                integration_uri: functions.get(function).function.invoke_arn(),
            };
            let name = format!("to-{}", function.name());
            let target = program.add(name, integration).id();
            for route in routes {
                add(program, socket, functions, route, &target);
            }
        }
    }
}

fn add(program: &mut Program, socket: &Socket, functions: &Functions, route: Route, target: &Text) {
    let name = format!("route-{}", route.key.trim_start_matches('$'));
    let added = ApiRoute {
        api_id: socket.api.id(),
        route_key: route.key,
        target: format!("integrations/{target}").into(),
        route_response_selection_expression: route.responds.then_some("$default"),
    };
    let added = program.add(&name, added);
    if route.responds {
        let response = RouteResponse {
            api_id: socket.api.id(),
            route_id: added.id(),
            route_response_key: "$default",
        };
        program.add(format!("{name}-response"), response);
    }
    let permission = Permission {
        statement_id: name.clone(),
        action: "lambda:InvokeFunction",
        function: functions.get(route.function).function.name(),
        principal: "apigateway.amazonaws.com",
        source_arn: socket.arn(route.key),
    };
    program.add(format!("{name}-may-invoke"), permission);
}

/// The mapping from the queue to `decide`. There is none for the dead letters: a mapping polls, and that
/// costs requests when nobody plays.
pub(crate) fn mapping(
    program: &mut Program,
    queues: &Queues,
    functions: &Functions,
) -> Handle<EventSourceMapping> {
    let decide = functions.get(Function::Decide);
    let mapping = EventSourceMapping {
        event_source_arn: queues.rounds.arn(),
        function_name: decide.function.name(),
        batch_size: BATCH_SIZE,
        function_response_types: vec!["ReportBatchItemFailures"],
    };
    // Lambda refuses a mapping whose function may not receive yet.
    let after = json!({ "dependsOn": [decide.policy.itself()] });
    program.add_with("rounds-to-decide", mapping, after)
}
