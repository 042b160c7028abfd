//! A function's answer, and what AWS makes of it.

use std::time::Duration;

use rps_contract::names::Route;
use serde::Deserialize;
use serde_json::json;

use super::{Gateway, connections::Connection, events::Event};

/// Longest wait for a function, its queue included (API Gateway quota: "WebSocket integration timeout").
const INTEGRATION_TIMEOUT: Duration = Duration::from_secs(29);

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

/// A function without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    /// It failed, or its answer was not one.
    Function,
    /// Neither happened in time.
    Timeout,
}

impl Gateway {
    /// Gives the event to the route's function.
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

/// What the client gets for its message: the body where the route has a route response, an error where
/// the function failed, else nothing.
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

/// API Gateway's own words, with which neither the game nor a client can be confused: they have no `type`.
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
    use rps_contract::names::{Function, Route};

    use super::{Answer, Connection, Event, Failure, reply};

    fn replied(responds: bool, answer: Result<&str, Failure>) -> Option<String> {
        let route = Route {
            key: "join-game",
            function: Function::JoinGame,
            responds,
        };
        let (connection, _queue) = Connection::new("127.0.0.1".to_owned(), None);
        let event = Event::message(&connection, "127.0.0.1:1", route.key, String::new());
        let answer = answer.and_then(|text| {
            serde_json::from_str::<Answer>(text).map_err(|_malformed| Failure::Function)
        });
        let reply = reply(&route, answer, &connection, &event)?;
        Some(
            reply
                .replace(&connection.id, "C")
                .replace(event.request_id(), "R"),
        )
    }

    #[test]
    fn a_body_is_sent_only_where_the_route_responds() {
        let answer = r#"{"statusCode":200,"headers":{},"body":"hello","isBase64Encoded":false}"#;
        assert_eq!(replied(true, Ok(answer)).as_deref(), Some("hello"));
        assert_eq!(replied(false, Ok(answer)), None);
    }

    #[test]
    fn without_a_body_the_response_is_an_empty_frame() {
        for answer in [
            r#"{"statusCode":200}"#,
            r#"{"statusCode":200,"body":null}"#,
            r#"{"statusCode":200,"body":""}"#,
        ] {
            assert_eq!(replied(true, Ok(answer)).as_deref(), Some(""));
        }
    }

    #[test]
    fn a_failure_is_told_on_every_route() {
        // serde_json sorts the fields.
        let told = r#"{"connectionId":"C","message":"Internal server error","requestId":"R"}"#;
        for responds in [true, false] {
            for answer in [
                Err(Failure::Function),
                Err(Failure::Timeout),
                Ok(r#"{"statusCode":500,"body":"secret"}"#),
                Ok(r#"{"body":"no status"}"#),
                Ok("null"),
                Ok("oops"),
            ] {
                assert_eq!(
                    replied(responds, answer).as_deref(),
                    Some(told),
                    "{answer:?}"
                );
            }
        }
    }
}
