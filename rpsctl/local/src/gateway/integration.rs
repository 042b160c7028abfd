//! The route of a message (`$request.body.action`), and the answer of its function.

use std::time::Duration;

use rps_contract::names::{ROUTES, Route};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::gateway::Gateway;
use crate::gateway::connections::Connection;
use crate::gateway::events::Event;

/// Longest wait for a function, its queue included (API Gateway quota: "WebSocket integration timeout").
const INTEGRATION_TIMEOUT: Duration = Duration::from_secs(29);

pub(super) fn route(key: &str) -> Option<&'static Route> {
    ROUTES.iter().find(|route| route.key == key)
}

/// The route that the message's `action` names, else `$default`.
pub(super) fn route_of(body: &str) -> Option<&'static Route> {
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    body.get("action")
        .and_then(Value::as_str)
        // The three routes of AWS's own are not for a message to choose.
        .filter(|action| !action.starts_with('$'))
        .and_then(route)
        .or_else(|| route("$default"))
}

/// What a function answers (Lambda proxy integration); the other fields mean nothing to a WebSocket API.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Answer {
    pub(super) status_code: u16,
    #[serde(default)]
    body: Option<String>,
}

impl Answer {
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status_code)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    /// The function failed, or its answer was malformed.
    Function,
    Timeout,
}

impl Gateway {
    pub(super) async fn integrate(&self, route: &Route, event: &Event) -> Result<Answer, Failure> {
        let invoked = self.lambda.invoke(route.function, event.json());
        let result = tokio::time::timeout(INTEGRATION_TIMEOUT, invoked)
            .await
            .map_err(|_elapsed| Failure::Timeout)?;
        let body = result.map_err(|error| {
            tracing::warn!(route = route.key, %error, "integration error");
            Failure::Function
        })?;
        serde_json::from_slice(&body).map_err(|error| {
            tracing::warn!(route = route.key, %error, "malformed proxy response");
            Failure::Function
        })
    }
}

/// The client's reply: the body where the route has a route response, an error where the function failed, else nothing.
pub(super) fn reply(
    route: &Route,
    answer: Result<Answer, Failure>,
    connection: &Connection,
    event: &Event,
) -> Option<String> {
    match answer {
        // Without a body the route response is an empty frame.
        Ok(answer) if answer.is_success() => {
            route.responds.then(|| answer.body.unwrap_or_default())
        }
        _ => Some(error("Internal server error", connection, event)),
    }
}

/// An error of API Gateway's own. Neither the game nor a client can take it for one of the game's messages, because it
/// has no `type`.
pub(super) fn error(message: &str, connection: &Connection, event: &Event) -> String {
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
    fn the_action_names_the_route_and_everything_else_takes_the_default_route() {
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
    fn a_client_is_told_the_body_of_a_success_and_every_failure() {
        let failed = r#"{"connectionId":"C","message":"Internal server error","requestId":"R"}"#;
        let (connection, _queue) = Connection::new("127.0.0.1".to_owned(), None);
        for (answer, body) in [
            (r#"{"statusCode":200,"headers":{},"body":"hello"}"#, "hello"),
            (r#"{"statusCode":200}"#, ""),
            (r#"{"statusCode":200,"body":null}"#, ""),
            (r#"{"statusCode":500,"body":"secret"}"#, failed),
            (r#"{"body":"no status"}"#, failed),
            ("null", failed),
        ] {
            for responds in [true, false] {
                let route = Route {
                    key: "join-game",
                    function: Function::JoinGame,
                    responds,
                };
                let event = Event::message(&connection, "127.0.0.1:1", route.key, "");
                let answer = serde_json::from_str(answer).map_err(|_malformed| Failure::Function);
                let reply = reply(&route, answer, &connection, &event).map(|text| {
                    let request_id = event.request_id().as_str().unwrap();
                    text.replace(&connection.id, "C").replace(request_id, "R")
                });
                let expected = (responds || body == failed).then_some(body);
                assert_eq!(reply.as_deref(), expected);
            }
        }
    }
}
