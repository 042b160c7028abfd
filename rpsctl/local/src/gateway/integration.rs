//! Selects a message's route (`$request.body.action`), invokes its function, and makes the reply.

use std::time::Duration;

use rps_contract::names::{ROUTES, Route};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::gateway::ApiGateway;
use crate::gateway::connections::ClientConnection;
use crate::gateway::events::ProxyEvent;

/// The longest wait for a function, including its queue (API Gateway quota: "WebSocket integration timeout").
const INTEGRATION_TIMEOUT: Duration = Duration::from_secs(29);

pub(super) fn route(key: &str) -> Option<&'static Route> {
    ROUTES.iter().find(|route| route.key == key)
}

/// The route with the message's `action`, or `$default`.
pub(super) fn route_of(body: &str) -> Option<&'static Route> {
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    body.get("action")
        .and_then(Value::as_str)
        // A message cannot select AWS's predefined routes.
        .filter(|action| !action.starts_with('$'))
        .and_then(route)
        .or_else(|| route("$default"))
}

/// A function's response (Lambda proxy integration). A WebSocket API ignores the other fields.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ProxyResponse {
    pub(super) status_code: u16,
    #[serde(default)]
    body: Option<String>,
}

impl ProxyResponse {
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status_code)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IntegrationError {
    /// The function failed, or its response is malformed.
    Function,
    Timeout,
    /// The throttle or the limit of open connections refused the request.
    Throttled,
}

impl ApiGateway {
    pub(super) async fn integrate(
        &self,
        route: &Route,
        event: &ProxyEvent,
    ) -> Result<ProxyResponse, IntegrationError> {
        if !self.throttle.take(route) {
            return Err(IntegrationError::Throttled);
        }
        let invocation = self.lambda.invoke(route.function, event.json());
        let result = tokio::time::timeout(INTEGRATION_TIMEOUT, invocation)
            .await
            .map_err(|_elapsed| IntegrationError::Timeout)?;
        let body = result.map_err(|error| {
            tracing::warn!(route = route.key, %error, "the function failed");
            IntegrationError::Function
        })?;
        serde_json::from_slice(&body).map_err(|error| {
            tracing::warn!(route = route.key, %error, "the function's response is malformed");
            IntegrationError::Function
        })
    }
}

/// The reply to the client: an error if the function failed, the body if the route has a route response, or `None`.
pub(super) fn reply(
    route: &Route,
    result: Result<ProxyResponse, IntegrationError>,
    connection: &ClientConnection,
    event: &ProxyEvent,
) -> Option<String> {
    match result {
        // Without a body, the route response is an empty frame.
        Ok(response) if response.is_success() => {
            route.responds.then(|| response.body.unwrap_or_default())
        }
        Err(IntegrationError::Throttled) => Some(too_many_requests(connection, event)),
        _ => Some(error("Internal server error", connection, event)),
    }
}

pub(super) fn too_many_requests(connection: &ClientConnection, event: &ProxyEvent) -> String {
    error("Too Many Requests", connection, event)
}

/// An error message of API Gateway. It has no `type`, so clients can tell it from the game's messages.
pub(super) fn error(message: &str, connection: &ClientConnection, event: &ProxyEvent) -> String {
    let error = json!({
        "message": message,
        "connectionId": connection.id,
        "requestId": event.request_id(),
    });
    error.to_string()
}

#[cfg(test)]
mod tests {
    use rps_contract::names::Function;

    use super::*;

    #[test]
    fn a_known_action_selects_its_route_and_everything_else_the_default_route() {
        for (body, key) in [
            (r#"{"action":"join-game"}"#, "join-game"),
            (r#"{"play":"rock","action":"receive-play"}"#, "receive-play"),
            ("", "$default"),
            ("null", "$default"),
            ("[1]", "$default"),
            (r#""join-game""#, "$default"),
            ("{}", "$default"),
            (r#"{"action":5}"#, "$default"),
            (r#"{"action":null}"#, "$default"),
            (r#"{"action":"fly"}"#, "$default"),
            (r#"{"action":"Join-Game"}"#, "$default"),
            (r#"{"action":"join-game""#, "$default"),
            (r#"{"request":{"action":"join-game"}}"#, "$default"),
            (r#"{"action":"$connect"}"#, "$default"),
            (r#"{"action":"$disconnect"}"#, "$default"),
            (r#"{"action":"$default"}"#, "$default"),
        ] {
            assert_eq!(route_of(body).unwrap().key, key, "{body}");
        }
    }

    #[test]
    fn a_client_gets_the_body_after_success_and_an_error_after_failure() {
        let failure = r#"{"connectionId":"C","message":"Internal server error","requestId":"R"}"#;
        let (connection, _queue) = ClientConnection::new("127.0.0.1".to_owned(), None);
        for (response, body) in [
            (r#"{"statusCode":200,"headers":{},"body":"hello"}"#, "hello"),
            (r#"{"statusCode":200}"#, ""),
            (r#"{"statusCode":200,"body":null}"#, ""),
            (r#"{"statusCode":500,"body":"secret"}"#, failure),
            (r#"{"body":"no status"}"#, failure),
            ("null", failure),
        ] {
            for responds in [true, false] {
                let route = Route {
                    key: "join-game",
                    function: Function::JoinGame,
                    responds,
                };
                let event = ProxyEvent::message(&connection, "127.0.0.1:1", route.key, "");
                let result =
                    serde_json::from_str(response).map_err(|_malformed| IntegrationError::Function);
                let reply = reply(&route, result, &connection, &event).map(|text| {
                    let request_id = event.request_id().as_str().unwrap();
                    text.replace(&connection.id, "C").replace(request_id, "R")
                });
                let expected = (responds || body == failure).then_some(body);
                assert_eq!(reply.as_deref(), expected);
            }
        }
    }
}
